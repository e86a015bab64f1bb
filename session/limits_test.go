package session_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"parley/hub"
	"parley/session/wire"
)

// TestRefusedWritesFailAlike: of one long frame of messages, the rate lets a beginning pass and nothing after that.
func TestRefusedWritesFailAlike(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(c *settings) { c.Rate = 20 })
	c := s.connect("ann")
	sid := sidOf(t, c.call("conversation.create", `{}`))
	c.call("conversation.join", `{"conversation":"`+sid+`"}`)
	const n = 1000 // 80 pass at once, and not more than 1,000 may be refused
	batch := make([]string, n)
	for i := range batch {
		batch[i] = fmt.Sprintf(`{"jsonrpc":"2.0","id":"m%d","method":"message.send","params":{"conversation":%q}}`, i, sid)
	}
	c.send("[" + strings.Join(batch, ",") + "]")
	stored, refused := map[string]bool{}, 0
	for len(stored)+refused < n {
		r := c.await(func(r reply) bool { return len(r.ID) > 2 && r.ID[1] == 'm' })
		if r.Error == nil {
			stored[string(r.ID)] = true
			continue
		}
		if refused++; r.Error.Code != int(hub.CodeRate) {
			t.Fatalf("refused with %+v", r.Error)
		}
	}
	for i := range stored {
		var at int
		if _, err := fmt.Sscanf(i, `"m%d"`, &at); err != nil || at >= len(stored) {
			t.Fatalf("%s is stored, though only %d are: one before it is not", i, len(stored))
		}
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
	if is := s.sessions.Stats(); is.RefusedSession != 1 || is.RefusedBehind != int64(refused-1) {
		t.Errorf("of %d, %d were refused for the rate, want the first alone, and %d behind it", refused, is.RefusedSession, is.RefusedBehind)
	}
}

// refusedConnect connects as ann, which must be refused: the answer says so and the close says when to come back.
func (s *server) refusedConnect() {
	s.t.Helper()
	c := s.dial()
	r := c.request("connect", `{"token":"`+s.token("ann")+`"}`)
	if r.Error == nil || r.Error.Code != int(hub.CodeRate) {
		s.t.Fatalf("connect was answered with %+v", r)
	}
	_, err := c.read()
	if code := websocket.CloseStatus(err); code != websocket.StatusCode(wire.CloseFull) {
		s.t.Fatalf("closed with %d", code)
	}
	reason := err.Error()
	if wait, ok := wire.ParseWaitReason(strings.Trim(reason[strings.LastIndex(reason, "reason = ")+9:], `"`)); !ok || wait < 1 {
		s.t.Fatalf("the close does not say when to come back: %v", err)
	}
}

// TestUserConnections: a user has so many websockets at a time; one that ends makes room for one, others' do not count.
func TestUserConnections(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(c *settings) { c.UserConnections = 3 })
	var mine []*client
	for range 3 {
		mine = append(mine, s.connect("ann"))
	}
	for range 5 {
		s.refusedConnect()
	}
	s.connect("bob")
	if n := s.sessions.Stats().RefusedConnects; n != 5 {
		t.Errorf("%d refused connects are counted, want 5", n)
	}
	mine[1].conn.CloseNow() //nolint:errcheck // it is over
	poll(t, "the server knows that one ended", func() bool { return s.sessions.Stats().Sessions == 3 })
	s.connect("ann")
	s.refusedConnect()
	mine[0].call("ping", `{}`)
}

// TestUserRate: more sockets do not give a user more requests, nor does coming again.
func TestUserRate(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(c *settings) { c.UserRate = 0.02 }) // one, and the next in 50 s
	first := s.connect("ann")
	s.connect("bob")
	for range 3 {
		s.refusedConnect()
	}
	if r := first.request("ping", `{}`); r.Error == nil || r.Error.Code != int(hub.CodeRate) {
		t.Errorf("ping was answered with %+v", r)
	}
	first.conn.CloseNow() //nolint:errcheck // it is over
	poll(t, "the server knows that it ended", func() bool { return s.sessions.Stats().Sessions == 1 })
	s.refusedConnect()
	if n := s.sessions.Stats().RefusedUser; n != 5 {
		t.Errorf("%d refusals are counted, want 5", n)
	}
}

// TestEndMessage is message.list from the end forward, when there is no message yet.
func TestEndMessage(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := s.connect("ann")
	sid := sidOf(t, c.call("conversation.create", `{}`))
	c.call("conversation.join", `{"conversation":"`+sid+`"}`)
	var page struct {
		Messages []json.RawMessage
		Prev     bool `json:"has_prev"`
		Next     bool `json:"has_next"`
	}
	raw := c.call("message.list", `{"conversation":"`+sid+`","anchor":"end","direction":"forward"}`)
	if err := json.Unmarshal(raw, &page); err != nil || page.Messages == nil || len(page.Messages) > 0 || page.Prev || page.Next {
		t.Errorf("the page of nothing is %s: %v", raw, err)
	}
}
