package session_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/session/token"
)

func (s *server) brief(identity string, ttl time.Duration) string {
	s.t.Helper()
	jwt, err := token.Mint(key, secret, account, identity, "", ttl, time.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return jwt
}

// TestTokenEnds: the client is told before its token ends, a fresh one of the same user keeps the session, another's is
// refused, and at the end the session closes (fault 20).
func TestTokenEnds(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	lapsing, kept := s.dial(), s.dial()
	for who, c := range map[string]*client{"ann": lapsing, "bob": kept} {
		c.call("connect", `{"token":"`+s.brief(who, 4*time.Second)+`"}`)
		c.event("tokenAboutToExpire")
	}
	if r := kept.request("token.update", `{"token":"`+s.token("eve")+`"}`); r.Error == nil || r.Error.Code != 20003 {
		t.Errorf("another's token was taken: %+v", r)
	}
	kept.call("token.update", `{"token":"`+s.token("bob")+`"}`)
	if code := lapsing.closed(); code != 4401 {
		t.Errorf("closed with %d at the end of the token", code)
	}
	kept.call("ping", `{}`)
}

// TestSilentClientIsGivenUp: one that answers no ping is gone after two heartbeats.
func TestSilentClientIsGivenUp(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(c *settings) { c.Heartbeat = time.Second })
	gate, options := slowly()
	silent := s.dialWith(options)
	silent.call("connect", `{"token":"`+s.token("ann")+`"}`)
	lively := s.connect("bob")
	answers := make(chan error, 1)
	go func() { // reading is what makes the library answer pings
		_, err := lively.read()
		answers <- err
	}()
	gate.let(0)
	poll(t, "the silent one is given up", func() bool { return s.sessions.Stats().Sessions == 1 })
	select {
	case err := <-answers:
		t.Errorf("the lively one ended: %v", err)
	default:
	}
	lively.conn.CloseNow() //nolint:errcheck // it ends the read
	if err := <-answers; err == nil {
		t.Error("a closed connection was read from")
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(c *settings) { c.Rate = 1 })
	c := s.connect("ann")
	refused := 0
	for range 10 {
		if r := c.request("ping", `{}`); r.Error != nil {
			if refused++; r.Error.Code != 50074 {
				t.Fatalf("refused with %+v", r.Error)
			}
		}
	}
	if refused < 5 {
		t.Errorf("%d of 10 requests were refused at a rate of 1 a second and a burst of 4", refused)
	}
}

// TestPipelinedWritesKeepTheirOrder: requests of one session to one conversation take effect as sent, batched or not.
func TestPipelinedWritesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := s.connect("ann")
	sid := sidOf(t, c.call("conversation.create", `{}`))
	c.call("conversation.join", `{"conversation":"`+sid+`"}`)
	const n = 300
	var batch []string
	for i := range n {
		request := fmt.Sprintf(`{"jsonrpc":"2.0","id":"m%d","method":"message.send","params":{"conversation":%q,"body":"%d"}}`, i, sid, i)
		if batch = append(batch, request); len(batch) == 7 || i == n-1 {
			c.send("[" + strings.Join(batch, ",") + "]")
			batch = nil
		}
	}
	for i := range n {
		if e := c.event("messageAdded"); !strings.Contains(string(e.Params), fmt.Sprintf(`"index":%d,"author":"ann","body":"%d"`, i, i)) {
			t.Fatalf("message %d is %s", i, e.Params)
		}
	}
}
