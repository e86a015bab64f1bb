package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A transcript is what clients and server say to each other in one scenario. Its lines:
//
//	# text               a comment; the first line is one and names the scenario
//	server --flag ...    flags that the server is started with, before anything else
//	C1: frame            client 1 sends a text frame; one that is not connected opens a websocket first
//	C1 close             client 1 says goodbye
//	S1: message          the server sends client 1 a message, alone or in a batch
//	S1 close 4401        the server closes client 1's websocket
//
// Lines of the server that follow each other may come in any order, except that to one client the events of one
// conversation come in theirs, and that resumed and a close come after all that stands above them. Nothing may come
// that no line stands for.
type transcript struct {
	name   string
	flags  []string
	blocks []block
	lines  []string
}

// A block is what clients do without waiting, and what comes of it.
type block struct{ acts, wants []step }

// A step is one line of a client or of the server.
type step struct {
	line   int // from 0
	client int
	close  bool
	code   int    // of the server's close
	text   string // the client's frame
	want   value  // the server's message
}

var stepForm = regexp.MustCompile(`^([CS])([1-9])(?:: (.*)| close(?: (\d{4}))?)$`)

func parseTranscript(name, text string) (*transcript, error) {
	t := &transcript{name: name, lines: strings.Split(strings.TrimSuffix(text, "\n"), "\n")}
	for i, line := range t.lines {
		var err error
		switch flags, ok := strings.CutPrefix(line, "server "); {
		case line == "", strings.HasPrefix(line, "#"):
		case ok && len(t.blocks) == 0:
			t.flags = strings.Fields(flags)
		default:
			err = t.step(i, line)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
	}
	if !strings.HasPrefix(text, "# ") || len(t.blocks) == 0 {
		return nil, fmt.Errorf("%s: neither names its scenario nor shows one", name)
	}
	return t, nil
}

// step reads one line of a client or of the server.
func (t *transcript) step(i int, line string) (err error) {
	m := stepForm.FindStringSubmatch(line)
	if m == nil {
		return fmt.Errorf("not a line of a transcript: %s", line)
	}
	s := step{line: i, close: m[3] == "", text: m[3]}
	s.client, _ = strconv.Atoi(m[2]) // the form has seen to it
	switch {
	case m[1] == "C" && m[4] != "":
		return errors.New("a client closes without a code")
	case m[1] == "C":
		t.act(s)
		return nil
	case len(t.blocks) == 0:
		return errors.New("the server speaks before a client did")
	case s.close:
		s.code, err = strconv.Atoi(m[4])
	default:
		s.want, err = parsePattern(m[3])
	}
	last := &t.blocks[len(t.blocks)-1]
	last.wants = append(last.wants, s)
	return err
}

// act adds what a client does; a new block begins where the server spoke before.
func (t *transcript) act(s step) {
	if n := len(t.blocks); n == 0 || len(t.blocks[n-1].wants) > 0 {
		t.blocks = append(t.blocks, block{})
	}
	last := &t.blocks[len(t.blocks)-1]
	last.acts = append(last.acts, s)
}

// stream is what a message's place is kept in: answers by their id, events by their conversation, signals by what
// they are. Only within a stream is there an order.
func stream(v value, s *sightings) string {
	if v.has("id") {
		return "answer to " + v.member("id").String()
	}
	method, params := v.member("method").text, v.member("params")
	conversation := params.member("conversation_sid").text
	if known, ok := s.known[conversation]; ok {
		conversation = known
	}
	if params.has("revision") || method == "conversationLeft" {
		return "events of " + conversation
	}
	return method + " " + conversation
}
