package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"parley/session/client"
	"parley/session/wire"
)

// greeting is an answer to connect.
type greeting struct {
	epoch     string // default e1
	heartbeat int    // default an hour, so that none disturbs
	frame     int    // frame_bytes, default 262144
	list      string // of conversations
}

func (g greeting) String() string {
	if g.epoch == "" {
		g.epoch = "e1"
	}
	if g.heartbeat == 0 {
		g.heartbeat = 3600
	}
	if g.frame == 0 {
		g.frame = 256 << 10
	}
	return fmt.Sprintf(`{"session":"7","epoch":%q,"user":{"identity":"alice"},"heartbeat":%d,"limits":{"frame_bytes":%d},`+
		`"conversations":[%s],"next_page_token":null}`, g.epoch, g.heartbeat, g.frame, g.list)
}

// listed is a conversation in a list.
func listed(sid string, revision int) string {
	return fmt.Sprintf(`{"sid":%q,"revision":%d}`, sid, revision)
}

// arrive takes the next connection, up to its request connect.
func (s *script) arrive() (*peer, call) {
	s.t.Helper()
	p := next(s.t, s.peers, "a connection")
	s.peer = p
	return p, p.expect(wire.MethodConnect)
}

// greet takes the next connection and answers connect, whose params it gives.
func (s *script) greet(g greeting) (*peer, wire.ConnectParams) {
	s.t.Helper()
	p, c := s.arrive()
	var params wire.ConnectParams
	if err := json.Unmarshal(c.Params, &params); err != nil {
		s.t.Fatal(err)
	}
	p.reply(c, g.String())
	return p, params
}

// app is a client and what it told.
type app struct {
	*client.Client
	t      *testing.T
	events chan client.Event
	states chan client.Change
}

// dial connects a client to the script, which greets it.
func (s *script) dial(g greeting, with ...func(*client.Config)) (*app, *peer) {
	s.t.Helper()
	a, dialed := s.begin(with...)
	p, _ := s.greet(g)
	if err := next(s.t, dialed, "Dial"); err != nil {
		s.t.Fatal(err)
	}
	a.event(client.EventConnected)
	return a, p
}

// begin lets a client connect; the channel tells how Dial ended.
func (s *script) begin(with ...func(*client.Config)) (*app, <-chan error) {
	a := &app{t: s.t, events: make(chan client.Event, 1<<14), states: make(chan client.Change, 1<<10)}
	config := s.config()
	config.OnEvent = func(e client.Event) { a.events <- e }
	config.OnState = func(c client.Change) { a.states <- c }
	for _, f := range with {
		f(&config)
	}
	dialed := make(chan error, 1)
	go func() {
		var err error
		a.Client, err = client.Dial(context.Background(), config)
		dialed <- err
	}()
	s.t.Cleanup(func() {
		if a.Client != nil {
			a.Close()
		}
	})
	return a, dialed
}

// event takes the next event, which must be of that method.
func (a *app) event(method string) client.Event {
	a.t.Helper()
	e := next(a.t, a.events, "the event "+method)
	if e.Method != method {
		a.t.Fatalf("event %s of %s at %d, expected was %s", e.Method, e.ConversationSID, e.Revision, method)
	}
	return e
}

// told takes as many events as there are words and compares them: "messageAdded CHa 5".
func (a *app) told(words ...string) {
	a.t.Helper()
	for _, want := range words {
		method, _, _ := strings.Cut(want, " ")
		e := a.event(method)
		got := e.Method
		if e.ConversationSID != "" {
			got += fmt.Sprintf(" %s %d", e.ConversationSID, e.Revision)
		}
		if got != want {
			a.t.Fatalf("event %q, expected was %q", got, want)
		}
	}
}

// enters takes changes of state up to one of that state.
func (a *app) enters(state client.State) client.Change {
	a.t.Helper()
	for {
		if ch := next(a.t, a.states, "state "+state.String()); ch.State == state {
			return ch
		}
	}
}

// at is the params of an event of a conversation.
func at(sid string, revision int, more ...string) string {
	return fmt.Sprintf(`{"conversation_sid":%q,"revision":%d%s}`, sid, revision, strings.Join(more, ""))
}

// said is a message in an event's params.
func said(index int) string { return fmt.Sprintf(`,"message":{"index":%d}`, index) }
