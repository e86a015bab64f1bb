package session_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"parley/hub"
	"parley/session"
	"parley/session/token"
	"parley/session/wire"
	"parley/store/sqlite"
	"parley/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	account = "AC00000000000000000000000000000001"
	key     = "SK00000000000000000000000000000001"
	secret  = "0123456789abcdef0123456789abcdef"
)

// server is the whole server on a real store and a real socket.
type server struct {
	t        testing.TB
	hub      *hub.Hub
	sessions *session.Server
	url      string
	service  hub.ServiceSID
}

// settings are what a test may want otherwise.
type settings struct {
	session.Config
	web web.Transport
}

func newServer(tb testing.TB, change ...func(*settings)) *server {
	tb.Helper()
	store, err := sqlite.Open(tb.Context(), sqlite.Config{Path: filepath.Join(tb.TempDir(), "parley.db")})
	if err != nil {
		tb.Fatal(err)
	}
	h := hub.New(hub.Config{Store: store, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits()})
	service, roles := hub.NewService("tests", time.Now().UTC().Truncate(time.Millisecond))
	if _, err := h.Do(tb.Context(), hub.Actor{Service: service.SID}, &hub.PutService{Service: service, Roles: roles}); err != nil {
		tb.Fatal(err)
	}
	verifier, err := token.New(tb.Context(), token.Config{AccountSID: account, APIKeys: map[string]string{key: secret}})
	if err != nil {
		tb.Fatal(err)
	}
	config := settings{Config: session.Config{Hub: h, Verify: verifier.Verify, Service: service.SID, HubName: "hub-1"}}
	for _, f := range change {
		f(&config)
	}
	s := &server{t: tb, hub: h, sessions: session.NewServer(config.Config), service: service.SID}
	w, err := web.New(web.Config{Sessions: s.sessions, Transport: config.web})
	if err != nil {
		tb.Fatal(err)
	}
	if err := w.Listen(tb.Context(), "127.0.0.1:0"); err != nil {
		tb.Fatal(err)
	}
	s.url = "ws://" + w.Addr().(*net.TCPAddr).String() + "/v1/ws"
	served := make(chan error, 1)
	go func() { served <- w.Serve() }()
	tb.Cleanup(func() {
		if err := w.Shutdown(context.Background()); err != nil {
			tb.Error(err)
		}
		if err := <-served; err != nil {
			tb.Error(err)
		}
		if err := h.Check(); err != nil {
			tb.Errorf("consistency: %v", err)
		}
		s.sessions.Close()
		h.Close()
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
		verifier.Close()
	})
	return s
}

func (s *server) token(identity string) string {
	s.t.Helper()
	jwt, err := token.Mint(key, secret, account, identity, "", time.Hour, time.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return jwt
}

// client is a bare websocket that keeps what comes until it is asked for.
type client struct {
	t    testing.TB
	conn *websocket.Conn
	held []json.RawMessage
	next int
}

func (s *server) dial() *client { return s.dialWith(nil) }

func (s *server) dialWith(options *websocket.DialOptions) *client {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, s.url, options) //nolint:bodyclose // the library says not to
	if err != nil {
		s.t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	c := &client{t: s.t, conn: conn}
	s.t.Cleanup(func() { conn.CloseNow() }) //nolint:errcheck // it may have been closed
	return c
}

func (s *server) connect(identity string) *client {
	s.t.Helper()
	c := s.dial()
	c.call("connect", `{"token":"`+s.token(identity)+`"}`)
	return c
}

func (c *client) send(frame string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	if err := c.conn.Write(ctx, websocket.MessageText, []byte(frame)); err != nil {
		c.t.Fatal(err)
	}
}

// read gives the next message; of a batch one after the other.
func (c *client) read() (json.RawMessage, error) {
	if len(c.held) == 0 {
		ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
		defer cancel()
		_, frame, err := c.conn.Read(ctx)
		if err != nil {
			return nil, err
		}
		if frame[0] != '[' {
			return frame, nil
		}
		if err := json.Unmarshal(frame, &c.held); err != nil {
			return nil, err
		}
	}
	msg := c.held[0]
	c.held = c.held[1:]
	return msg, nil
}

type reply struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Result json.RawMessage `json:"result"`
	Params json.RawMessage `json:"params"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// request sends a call and gives its reply; events on the way are passed over.
func (c *client) request(method, params string) reply {
	c.t.Helper()
	c.next++
	c.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, c.next, method, params))
	return c.await(func(r reply) bool { return string(r.ID) == fmt.Sprint(c.next) })
}

func (c *client) await(ok func(reply) bool) reply {
	c.t.Helper()
	for {
		msg, err := c.read()
		if err != nil {
			c.t.Fatal(err)
		}
		var r reply
		if err := json.Unmarshal(msg, &r); err != nil {
			c.t.Fatal(err)
		}
		if ok(r) {
			return r
		}
	}
}

func (c *client) event(method string) reply {
	c.t.Helper()
	return c.await(func(r reply) bool { return r.Method == method })
}

// call is request for one that must succeed.
func (c *client) call(method, params string) json.RawMessage {
	c.t.Helper()
	r := c.request(method, params)
	if r.Error != nil {
		c.t.Fatalf("%s %s: %d %s", method, params, r.Error.Code, r.Error.Message)
	}
	return r.Result
}

// closed waits for the close and gives its code.
func (c *client) closed() websocket.StatusCode {
	c.t.Helper()
	for {
		if _, err := c.read(); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

// sidOf is the sid of an answer.
func sidOf(tb testing.TB, raw json.RawMessage) string {
	tb.Helper()
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		tb.Fatal(err)
	}
	return fmt.Sprint(m["sid"])
}

func TestTwoTalk(t *testing.T) {
	s := newServer(t)
	ann, bob := s.connect("ann"), s.connect("bob")
	sid := sidOf(t, ann.call("conversation.create", `{"friendly_name":"talk"}`))
	ann.call("conversation.join", `{"conversation":"`+sid+`"}`)
	ann.call("participant.add", `{"conversation":"`+sid+`","identity":"bob"}`)
	bob.event("conversationJoined")
	for i := range 50 {
		ann.call("message.send", fmt.Sprintf(`{"conversation":%q,"body":"m%d","nonce":"n%d"}`, sid, i, i))
	}
	for i := range 50 {
		e := bob.event("messageAdded")
		if !strings.Contains(string(e.Params), fmt.Sprintf(`"body":"m%d"`, i)) {
			t.Fatalf("event %d is %s", i, e.Params)
		}
	}
	page := bob.call("message.list", `{"conversation":"`+sid+`","page_size":10}`)
	if !strings.Contains(string(page), `"has_prev":true`) {
		t.Errorf("page is %s", page)
	}
	ann.call("participant.remove", `{"conversation":"`+sid+`","participant":"bob"}`)
	bob.event("conversationLeft")
	if r := bob.request("message.list", `{"conversation":"`+sid+`"}`); r.Error == nil || r.Error.Code != 50350 {
		t.Errorf("a removed participant read %+v", r)
	}
}

func TestCloses(t *testing.T) {
	s := newServer(t, func(c *settings) { c.ConnectWithin = time.Second; c.Rate = 5 })
	for name, test := range map[string]struct {
		frames []string
		code   websocket.StatusCode
	}{
		"bad token":      {[]string{`{"jsonrpc":"2.0","id":1,"method":"connect","params":{"token":"x"}}`}, 4401},
		"no connect":     {nil, 4408},
		"malformed":      {strings.Split(strings.Repeat("{|", 10), "|")[:10], 1008},
		"second connect": {[]string{"CONNECT", "CONNECT"}, 4409},
		"not UTF-8":      {[]string{"\xff"}, 1007},
		"too big":        {[]string{strings.Repeat(" ", 65<<10)}, 1009},
	} {
		t.Run(name, func(t *testing.T) {
			c := s.dial()
			for _, f := range test.frames {
				if f == "CONNECT" {
					f = `{"jsonrpc":"2.0","id":1,"method":"connect","params":{"token":"` + s.token("ann") + `"}}`
				}
				c.send(f)
			}
			if got := c.closed(); got != test.code {
				t.Errorf("closed with %d, want %d", got, test.code)
			}
		})
	}
}

func TestDrain(t *testing.T) {
	s := newServer(t)
	ann, bob := s.connect("ann"), s.connect("bob")
	done := make(chan error, 1)
	go func() { done <- s.sessions.Drain(t.Context(), time.Second) }()
	for _, c := range []*client{ann, bob} {
		c.event("serverDraining")
		if got := c.closed(); got != 1012 {
			t.Errorf("closed with %d", got)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := s.sessions.Busy(); err == nil {
		t.Error("a draining server takes connections")
	}
}
