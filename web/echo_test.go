package web_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"go.uber.org/goleak"

	"parley/session"
	"parley/web"
	"parley/web/frametest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echoLimit bounds the messages of an echo.
const echoLimit = 64 << 10

// echo is the least that a session does: it reads text, refuses what is not, and says the same again.
type echo struct {
	limit int64         // 0: echoLimit
	busy  error         // what Busy answers
	retry time.Duration // and when to come back
	took  chan session.Conn
	peers chan session.Peer
	wg    sync.WaitGroup
}

func (e *echo) Busy() (time.Duration, error) { return e.retry, e.busy }

func (e *echo) Serve(c session.Conn, peer session.Peer) {
	if e.peers != nil {
		e.peers <- peer
	}
	if e.took != nil {
		e.took <- c
		return
	}
	e.wg.Go(func() { e.run(c) })
}

func (e *echo) run(c session.Conn) {
	defer c.Abort()
	limit := e.limit
	if limit == 0 {
		limit = echoLimit
	}
	c.Limit(limit)
	for {
		c.Await()
		r, text, err := c.Next()
		if err != nil {
			return
		}
		if !text {
			c.Close(1003, "binary")
			return
		}
		frame, err := readText(r)
		if errors.Is(err, errNotText) {
			c.Close(1007, "not UTF-8")
			return
		}
		if err != nil || say(c, frame) != nil {
			return
		}
	}
}

func say(c session.Conn, frame []byte) error {
	done, err := c.Send(frame)
	if err == nil && !done {
		err = c.Flush()
	}
	return err
}

var errNotText = errors.New("not UTF-8")

// readText reads a message behind the room for its frame, and stops at the first byte that cannot be UTF-8.
func readText(r io.Reader) ([]byte, error) {
	p := make([]byte, session.Headroom, 1024)
	good := len(p)
	for {
		n, err := r.Read(p[len(p):cap(p)])
		p = p[:len(p)+n]
		for good < len(p) && utf8.FullRune(p[good:]) {
			ru, size := utf8.DecodeRune(p[good:])
			if ru == utf8.RuneError && size == 1 {
				return nil, errNotText
			}
			good += size
		}
		if errors.Is(err, io.EOF) && good < len(p) {
			return nil, errNotText
		}
		if errors.Is(err, io.EOF) {
			return p, nil
		}
		if err != nil {
			return nil, err
		}
		if len(p) == cap(p) {
			p = append(p, 0)[:len(p)]
		}
	}
}

// serve starts a server of cfg on a free port, ended with the test, and answers its address.
func serve(tb testing.TB, cfg web.Config) (*web.Server, string) {
	tb.Helper()
	if cfg.Sessions == nil {
		cfg.Sessions = &echo{}
	}
	s, err := web.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.Listen(tb.Context(), "127.0.0.1:0"); err != nil {
		tb.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			tb.Error(err)
		}
		if err := <-served; err != nil {
			tb.Error(err)
		}
		if e, ok := cfg.Sessions.(*echo); ok {
			e.wg.Wait()
		}
	})
	return s, s.Addr().String()
}

// own serves cfg and gives both ends of one websocket: ours as a session has it, and the peer's by hand.
func own(tb testing.TB, cfg web.Config) (session.Conn, *frametest.Client) {
	tb.Helper()
	e := &echo{took: make(chan session.Conn, 1)}
	cfg.Sessions = e
	_, addr := serve(tb, cfg)
	peer := meet(tb, addr, cfg)
	c := <-e.took
	tb.Cleanup(c.Abort)
	return c, peer
}

// meet connects to addr, over TLS where cfg has a certificate.
func meet(tb testing.TB, addr string, cfg web.Config) *frametest.Client {
	tb.Helper()
	if cfg.CertFile == "" {
		return frametest.Connect(tb, addr)
	}
	d := tls.Dialer{Config: trusting(tb, cfg.CertFile)}
	c, err := d.DialContext(tb.Context(), "tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	client, answer := frametest.Over(tb, c)
	if answer.Code != http.StatusSwitchingProtocols {
		tb.Fatal(answer.Code)
	}
	return client
}

// frame is a text with the room that Send wants.
func frame(text string) []byte {
	return append(make([]byte, session.Headroom), text...)
}

// until polls a condition, with a deadline.
func until(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			tb.Fatalf("not in time: %s", what)
		}
	}
}
