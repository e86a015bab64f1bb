package session

import (
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/session/token"
	"parley/session/wire"
	"parley/store/sqlite"
)

// scripted is a connection in memory: what the test puts into in is read, what is written comes out of out.
type scripted struct {
	in, out chan string
	closed  chan int // the code of Close
	ended   chan struct{}
	end     func()
}

func newScripted() *scripted {
	c := &scripted{
		in: make(chan string, 10), out: make(chan string, 10), closed: make(chan int, 1), ended: make(chan struct{}),
	}
	c.end = sync.OnceFunc(func() { close(c.ended) })
	return c
}

func (c *scripted) Next() (io.Reader, bool, error) {
	select {
	case text := <-c.in:
		return strings.NewReader(text), true, nil
	case <-c.ended:
		return nil, false, io.EOF
	}
}

func (c *scripted) Send(frame []byte) (bool, error) {
	c.out <- string(frame[Headroom:])
	return true, nil
}

func (c *scripted) Close(code int, _ string) {
	c.closed <- code
	c.end()
}

func (c *scripted) Await()           {}
func (c *scripted) Abort()           { c.end() }
func (c *scripted) Flush() error     { return nil }
func (c *scripted) Limit(int64)      {}
func (c *scripted) Ping()            {}
func (c *scripted) Heard() time.Time { return time.Now() }
func (c *scripted) Wrote() time.Time { return time.Now() }

// within gives what comes out of a channel, which must be soon.
func within[T any](t *testing.T, what string, ch <-chan T) T {
	t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	select {
	case v := <-ch:
		return v
	case <-deadline.C:
		t.Fatalf("not in time: %s", what)
		panic("unreachable")
	}
}

// inMemory is a server on a real hub, whose tokens are identities. verified is called in the middle of each connect.
func inMemory(t *testing.T, verified func(*Server)) *Server {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "parley.db")})
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(hub.Config{Store: store, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits()})
	service, roles := hub.NewService("tests", time.Now().UTC().Truncate(time.Millisecond))
	if _, err := h.Do(t.Context(), hub.Actor{Service: service.SID}, &hub.PutService{Service: service, Roles: roles}); err != nil {
		t.Fatal(err)
	}
	var s *Server
	s = NewServer(Config{Hub: h, Service: service.SID, Verify: func(raw string) (token.Claims, error) {
		if verified != nil {
			verified(s)
		}
		return token.Claims{Identity: raw, ExpiresAt: time.Now().Add(time.Hour)}, nil
	}})
	t.Cleanup(func() {
		s.Close()
		h.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// only is the one session of a server.
func (s *Server) only() *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ses := range s.sessions {
		return ses
	}
	return nil
}

const connectAnn = `{"jsonrpc":"2.0","id":1,"method":"connect","params":{"token":"ann","conversations":0}}`

// TestRequestBehindAClose: a drain may end a session between the moment its reader looked and the moment a request
// begins. Such a request is neither refused, for the client would give it up, nor done, for the close may have been said
// and its answer would never arrive: it is dropped, and the client asks again on its next connection.
func TestRequestBehindAClose(t *testing.T) {
	create := &wire.Request{ID: []byte("2"), Method: wire.MethodConversationCreate, Params: []byte(`{"unique_name":"late"}`)}
	list := &wire.Request{ID: []byte("3"), Method: wire.MethodConversationList, Params: []byte(`{}`)}
	for name, late := range map[string]func(*Session){
		"looked for before admission": func(s *Session) { s.dispatch(create); s.dispatch(list) },
		"admitted": func(s *Session) {
			s.write(methods[create.Method], create)
			s.read(methods[list.Method], list)
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := inMemory(t, nil)
			conn := newScripted()
			server.Serve(conn, Peer{})
			conn.in <- connectAnn
			within(t, "the answer to connect", conn.out)
			s := server.only()
			s.slow.Store(true) // no writer takes what is owed
			s.finish(int(wire.CloseDraining), "1")
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			for n := 0; s.now() != phaseClosing && n < 60_000; n++ { // the writer may still be at the answer
				s.flushed()
				<-tick.C
			}
			if code := within(t, "the close", conn.closed); code != int(wire.CloseDraining) {
				t.Fatalf("closed with %d", code)
			}
			late(s)
			_, err := server.hub.Conversation(t.Context(), hub.Actor{Service: server.config.Service}, "late")
			if err == nil {
				t.Error("it was done all the same")
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.inFlight != 0 {
				t.Errorf("%d requests are under way", s.inFlight)
			}
		})
	}
}

// TestRequestWhileEnding: the same before the close is said: no answer joins those that are owed.
func TestRequestWhileEnding(t *testing.T) {
	s := &Session{server: &Server{shares: newShares(0, 0)}, phase: phaseEnding}
	for _, method := range []string{wire.MethodMessageSend, wire.MethodMessageList} {
		if m, err := s.admit(&wire.Request{ID: []byte("1"), Method: method}); err != nil || m.write == nil && m.read == nil {
			t.Errorf("%s is refused: %v", method, err)
		}
	}
	if s.begin() {
		t.Error("a request began")
	}
}

// TestCloseDuringConnect: what ends a session while its connect is under way stands. A user who is barred at that moment
// does not get in, and a session that is told to move does not stay behind.
func TestCloseDuringConnect(t *testing.T) {
	for code, want := range map[hub.Code]struct {
		answer string
		close  wire.CloseCode
	}{
		hub.CodeBarred:      {`"code":50250`, wire.CloseBarred},
		hub.CodeUnavailable: {`"code":20503`, wire.CloseDraining},
	} {
		server := inMemory(t, func(s *Server) { s.only().End(code) })
		conn := newScripted()
		server.Serve(conn, Peer{})
		conn.in <- connectAnn
		if got := within(t, "the answer to connect", conn.out); !strings.Contains(got, want.answer) {
			t.Errorf("connect was answered with %s, want %s", got, want.answer)
		}
		if got := within(t, "the close", conn.closed); got != int(want.close) {
			t.Errorf("closed with %d, want %d", got, want.close)
		}
	}
}
