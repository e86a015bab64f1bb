package web_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"parley/session"
	"parley/web"
	"parley/web/frametest"
)

func TestNoSessions(t *testing.T) {
	if _, err := web.New(web.Config{}); err == nil {
		t.Error("started without sessions")
	}
}

func TestListenTaken(t *testing.T) {
	_, addr := serve(t, web.Config{})
	s, err := web.New(web.Config{Sessions: &echo{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(t.Context(), addr); err == nil {
		t.Error("two servers on one port")
	}
}

// TestShutdown: requests in progress end well, new ones find nobody, websockets live on.
func TestShutdown(t *testing.T) {
	inside, leave := make(chan struct{}), make(chan struct{})
	e := &echo{took: make(chan session.Conn, 1)}
	s, err := web.New(web.Config{Sessions: e, Routes: map[string]http.Handler{
		"GET /slow": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(inside)
			<-leave
			_, _ = io.WriteString(w, "done")
		}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	addr := s.Addr().String()
	peer := frametest.Connect(t, addr)
	c := <-e.took
	defer c.Abort()

	slow := make(chan string, 1)
	go func() {
		_, body := get(t, "http://"+addr+"/slow")
		slow <- body
	}()
	<-inside
	stopped := make(chan error, 1)
	go func() { stopped <- s.Shutdown(context.Background()) }()
	until(t, "nobody listens", func() bool {
		late, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			_ = late.Close()
		}
		return err != nil
	})
	close(leave)
	if body := <-slow; body != "done" {
		t.Errorf("the slow request got %q", body)
	}
	if err := errors.Join(<-stopped, <-served); err != nil {
		t.Error(err)
	}
	if err := say(c, frame("still here")); err != nil {
		t.Fatal(err)
	}
	peer.Want(frametest.Text, []byte("still here"))
}

// TestShutdownCutsOff: a request that does not end is cut off when the time is up.
func TestShutdownCutsOff(t *testing.T) {
	inside := make(chan struct{})
	s, err := web.New(web.Config{Sessions: &echo{}, Routes: map[string]http.Handler{
		"GET /stuck": http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(inside)
			<-r.Context().Done()
		}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	c := dial(t, s.Addr().String())
	if _, err := io.WriteString(c, "GET /stuck HTTP/1.1\r\nHost: parley.test\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-inside
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
