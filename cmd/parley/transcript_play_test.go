package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"parley/session/wire"
)

// A player replays a transcript against a server.
type player struct {
	url      string
	patience time.Duration // how long an expected message may take
	seen     *sightings
	peers    map[int]*websocket.Conn // those that are open
	arrivals chan arrival
	readers  sync.WaitGroup
	// matched is told of each message that was as expected, and what was known before; may be nil.
	matched func(want, got value, before *sightings)
	// overheard is told of each frame of a client, and of each message of the server; may be nil.
	overheard func(client int, sent bool, text string)
}

// An arrival is a message or the close of a client's websocket.
type arrival struct {
	client int
	text   string
	code   websocket.StatusCode // of a close
}

func newPlayer(url string) *player {
	return &player{
		url: "ws" + strings.TrimPrefix(url, "http") + "/v1/ws", patience: time.Minute, seen: newSightings(),
		peers: map[int]*websocket.Conn{}, arrivals: make(chan arrival, 64),
	}
}

// play replays all of a transcript; its error names the line that did not come true.
func (p *player) play(ctx context.Context, t *transcript) error {
	for _, b := range t.blocks {
		for _, s := range b.acts {
			if err := p.act(ctx, s); err != nil {
				return fmt.Errorf("%s:%d: %w", t.name, s.line+1, err)
			}
		}
		if err := p.await(ctx, b.wants); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	if err := p.silence(ctx); err != nil {
		return fmt.Errorf("%s: after the last line: %w", t.name, err)
	}
	return nil
}

// end closes what is open and waits for the readers.
func (p *player) end() {
	for _, conn := range p.peers {
		conn.CloseNow() //nolint:errcheck // nothing more is wanted of it
	}
	go func() {
		p.readers.Wait()
		close(p.arrivals)
	}()
	for range p.arrivals { // what nobody waits for any more
	}
}

func (p *player) act(ctx context.Context, s step) error {
	conn := p.peers[s.client]
	if s.close {
		delete(p.peers, s.client)
		return conn.Close(websocket.StatusNormalClosure, "")
	}
	if conn == nil {
		var err error
		if conn, err = p.open(ctx, s.client); err != nil {
			return err
		}
	}
	text, err := p.seen.fill(s.text)
	if err != nil {
		return err
	}
	if p.overheard != nil {
		p.overheard(s.client, true, text)
	}
	return conn.Write(ctx, websocket.MessageText, []byte(text))
}

func (p *player) open(ctx context.Context, client int) (*websocket.Conn, error) {
	options := &websocket.DialOptions{Subprotocols: []string{wire.Subprotocol}}
	conn, _, err := websocket.Dial(ctx, p.url, options) //nolint:bodyclose // the library does it
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(2 << 20)
	p.peers[client] = conn
	p.readers.Go(func() { p.read(ctx, client, conn) })
	return conn, nil
}

// read gives what comes, one message at a time, until the websocket ends.
func (p *player) read(ctx context.Context, client int, conn *websocket.Conn) {
	for {
		_, frame, err := conn.Read(ctx)
		if err != nil {
			if code := websocket.CloseStatus(err); code != -1 && code != websocket.StatusNormalClosure {
				p.arrivals <- arrival{client: client, code: code}
			}
			return
		}
		messages := []json.RawMessage{frame}
		if frame[0] == '[' && json.Unmarshal(frame, &messages) != nil {
			messages = []json.RawMessage{frame} // whoever expects it will say what is wrong
		}
		for _, m := range messages {
			p.arrivals <- arrival{client: client, text: string(m)}
		}
	}
}

// await takes what arrives until every line is matched.
func (p *player) await(ctx context.Context, wants []step) error {
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	wants = slices.Clone(wants)
	for len(wants) > 0 {
		select {
		case a := <-p.arrivals:
			i, err := p.accept(a, wants)
			if err != nil {
				return err
			}
			wants = slices.Delete(wants, i, i+1)
		case <-ctx.Done():
			return fmt.Errorf("line %d did not come: %s", wants[0].line+1, wants[0].want)
		}
	}
	return nil
}

// accept finds the line that an arrival belongs to and holds it to that.
func (p *player) accept(a arrival, wants []step) (int, error) {
	first := slices.IndexFunc(wants, func(s step) bool { return s.client == a.client })
	if a.text == "" {
		if first < 0 || !wants[first].close || wants[first].code != int(a.code) {
			return 0, fmt.Errorf("client %d was closed with %d", a.client, a.code)
		}
		delete(p.peers, a.client)
		return first, nil
	}
	got, err := parseValue(a.text)
	if err != nil {
		return 0, fmt.Errorf("client %d got %s: %w", a.client, a.text, err)
	}
	if p.overheard != nil {
		p.overheard(a.client, false, a.text)
	}
	place := stream(got, p.seen)
	i := slices.IndexFunc(wants, func(s step) bool {
		return s.client == a.client && !s.close && stream(s.want, p.seen) == place
	})
	switch {
	case i < 0:
		return 0, fmt.Errorf("no line stands for what client %d got: %s", a.client, a.text)
	case i > first && got.member("method").text == wire.EventResumed:
		return 0, fmt.Errorf("client %d got resumed ahead of line %d", a.client, wants[first].line+1)
	}
	before := p.seen.clone()
	if err := match(wants[i].want, got, p.seen, "$"); err != nil {
		p.seen = before // half a message names nothing
		return 0, fmt.Errorf("line %d: %w\ngot %s", wants[i].line+1, err, a.text)
	}
	if p.matched != nil {
		p.matched(wants[i].want, got, before)
	}
	return i, nil
}

// silence asks each client that is open for last answers and sees that nothing else comes. The first goes the way of
// all writes, so that whatever was written before is delivered by then; answers overtake events, hence a second.
func (p *player) silence(ctx context.Context) error {
	for _, last := range []string{
		`"id":"end","method":"conversation.leave","params":{"conversation":"nowhere"}}`,
		`"id":"very end","method":"ping"}`,
	} {
		id, _, _ := strings.Cut(last, `,"method"`)
		want, err := parsePattern(`{"jsonrpc":"2.0",` + id + `,...}`)
		if err != nil {
			return err
		}
		var wants []step
		for client, conn := range p.peers {
			if err := conn.Write(ctx, websocket.MessageText, []byte(`{"jsonrpc":"2.0",`+last)); err != nil {
				return fmt.Errorf("client %d: %w", client, err)
			}
			wants = append(wants, step{client: client, want: want})
		}
		if err := p.await(ctx, wants); err != nil {
			return err
		}
	}
	return nil
}
