package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// quiet is how long nothing must come before a block is taken to be over, when transcripts are written: longer than
// the hub coalesces signals, and than it takes to look at a token.
const quiet = 1500 * time.Millisecond

// rewrite replays a transcript and puts in what the server says. A line that came true stays as it is, dots included.
// A new scene is written with `S1: "?"` wherever the server is to be waited for.
func rewrite(t *testing.T, p *player, script *transcript) {
	t.Helper()
	said := map[int][]string{} // by the server after the client's line, from 0
	for _, b := range script.blocks {
		for _, s := range b.acts {
			if err := p.act(t.Context(), s); err != nil {
				t.Fatalf("%s:%d: %v", script.name, s.line+1, err)
			}
		}
		said[b.acts[len(b.acts)-1].line] = p.transcribe(t.Context(), script, b.wants)
	}
	var out []string
	for i, line := range script.lines {
		if !strings.HasPrefix(line, "S") {
			out = append(out, line)
		}
		out = append(out, said[i]...)
	}
	file := filepath.Join(transcriptFolder, script.name+".txt")
	if err := os.WriteFile(file, []byte(strings.Join(out, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// transcribe writes down what comes until it is quiet, client by client.
func (p *player) transcribe(ctx context.Context, script *transcript, wants []step) (lines []string) {
	wants = slices.Clone(wants)
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	for {
		select {
		case a := <-p.arrivals:
			timer.Reset(quiet)
			if i, err := p.accept(a, wants); err == nil {
				lines = append(lines, script.lines[wants[i].line])
				wants = slices.Delete(wants, i, i+1)
			} else {
				lines = append(lines, p.line(a))
			}
			continue
		case <-timer.C:
		case <-ctx.Done():
		}
		slices.SortStableFunc(lines, func(a, b string) int { return strings.Compare(a[:2], b[:2]) })
		return lines
	}
}

// line is what a transcript says of an arrival.
func (p *player) line(a arrival) string {
	if a.text == "" {
		delete(p.peers, a.client)
		return fmt.Sprintf("S%d close %d", a.client, a.code)
	}
	got, err := parseValue(a.text)
	if err != nil {
		return fmt.Sprintf("S%d: %s", a.client, a.text)
	}
	p.name(&got, "")
	return fmt.Sprintf("S%d: %s", a.client, got)
}

// name puts variables in place of what differs from run to run.
func (p *player) name(v *value, member string) {
	for i := range v.items {
		inner := member
		if v.kind == '{' {
			inner = v.names[i]
		}
		p.name(&v.items[i], inner)
	}
	switch {
	case member == "retry_after":
		*v = value{kind: '"', text: rest}
	case v.kind != '"', strings.HasSuffix(v.text, "00000000"): // no sid but one that the transcript made up
	case timeForm.MatchString(v.text):
		v.text = anyTime
	case sidForm.MatchString(v.text):
		v.text = p.call(v.text[:2], v.text)
	case member == "epoch":
		v.text = p.call("EPOCH", v.text)
	case member == "session":
		v.text = p.call("SESSION", v.text)
	case member == "next_page_token":
		v.text = p.call("PAGE", v.text)
	case member == "message":
		v.text = rest // the text of errors is not promised
	}
}

// call finds the variable of a text, or makes the next one of its kind.
func (p *player) call(kind, text string) string {
	for name, known := range p.seen.known {
		if known == text {
			return name
		}
	}
	for n := 1; ; n++ {
		name := fmt.Sprintf("$%s%d", kind, n)
		if _, taken := p.seen.known[name]; !taken {
			p.seen.known[name] = text
			return name
		}
	}
}
