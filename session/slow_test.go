package session_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/hub"
)

// throttle is a connection whose reads can be slowed down or stopped, with a small receive buffer so that the
// kernel does not hide it.
type throttle struct {
	net.Conn
	mu    sync.Mutex
	gate  sync.Cond
	allow int // bytes that may be read, -1 for any
}

// slowly dials through a throttle that is open at first.
func slowly() (*throttle, *websocket.DialOptions) {
	t := &throttle{allow: -1}
	t.gate.L = &t.mu
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		// Before the connection exists: a window that was once advertised cannot be taken back.
		small := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
			var err error
			if failed := c.Control(func(fd uintptr) {
				err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 8<<10)
			}); failed != nil {
				return failed
			}
			return err
		}}
		conn, err := small.DialContext(ctx, network, addr)
		t.Conn = conn
		return t, err
	}
	return t, &websocket.DialOptions{HTTPClient: &http.Client{Transport: &http.Transport{DialContext: dial}}}
}

func (t *throttle) let(bytes int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.allow = bytes
	t.gate.Broadcast()
}

func (t *throttle) Read(p []byte) (int, error) {
	t.mu.Lock()
	for t.allow == 0 {
		t.gate.Wait()
	}
	if t.allow > 0 {
		p = p[:min(len(p), t.allow)]
	}
	t.mu.Unlock()
	n, err := t.Conn.Read(p)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.allow > 0 {
		t.allow = max(0, t.allow-n)
	}
	return n, err
}

// Close also frees a read that waits at the gate.
func (t *throttle) Close() error {
	t.let(-1)
	return t.Conn.Close()
}

// follower reads one conversation to its end and checks what it sees.
type follower struct {
	*client
	next int64
	rev  hub.Revision
}

// follow reads until message last, and answers the error that ended the connection before.
func (f *follower) follow(last int64) error {
	for f.next <= last {
		msg, err := f.read()
		if err != nil {
			return err
		}
		var e struct {
			Method string
			Params struct {
				Revision hub.Revision
				Message  struct{ Index int64 }
			}
		}
		if err := json.Unmarshal(msg, &e); err != nil {
			return err
		}
		if e.Params.Revision > 0 {
			f.rev = e.Params.Revision
		}
		if e.Method != "messageAdded" {
			continue
		}
		if e.Params.Message.Index != f.next {
			return fmt.Errorf("message %d came where %d was due", e.Params.Message.Index, f.next)
		}
		f.next++
	}
	return nil
}

// poll waits for a condition, looking every 10 ms for at most 30 s.
func poll(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); !ok(); <-tick.C {
		if time.Since(began) > 30*time.Second {
			tb.Fatalf("waited in vain: %s", what)
		}
	}
}

// TestSlowClientsHarmNobody: 200 clients follow one conversation while one reads 4 KiB a second, one stops for longer
// than the write timeout and comes back, and one never reads. The others get everything while the load lasts, the
// first two finally do, and memory stays bounded (rules R23, R24).
func TestSlowClientsHarmNobody(t *testing.T) {
	const others, messages = 197, 300
	s := newServer(t, func(c *settings) { c.web.WriteTimeout = 15 * time.Second; c.web.SendBuffer = 16 << 10 })
	ann := s.connect("ann")
	sid := sidOf(t, ann.call("conversation.create", `{}`))
	ann.call("conversation.join", `{"conversation":"`+sid+`"}`)
	var wg sync.WaitGroup
	names := []string{"slow", "sleepy", "never"}
	for i := range others {
		names = append(names, fmt.Sprintf("other%d", i))
	}
	for _, name := range names {
		if _, err := s.hub.Do(t.Context(), hub.Actor{Service: s.service}, &hub.AddParticipant{
			Conversation: hub.ConversationRef(sid), Identity: name,
		}); err != nil {
			t.Fatal(err)
		}
	}
	join := func(name string, options *websocket.DialOptions) *follower {
		c := s.dialWith(options)
		c.call("connect", `{"token":"`+s.token(name)+`"}`)
		return &follower{client: c}
	}
	trickle, options := slowly()
	slow := join("slow", options)
	stopped, options := slowly()
	sleepy := join("sleepy", options)
	never, options := slowly()
	join("never", options)
	ann.call("message.send", fmt.Sprintf(`{"conversation":%q,"body":"first"}`, sid))
	for _, f := range []*follower{slow, sleepy} {
		if err := f.follow(0); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range names[3:] {
		f := join(name, nil)
		f.next = 1
		wg.Go(func() {
			if err := f.follow(messages - 1); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	trickle.let(1 << 10)
	stopped.let(0)
	never.let(0)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	drip := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-ticker.C:
				trickle.let(1 << 10)
			case <-drip:
				trickle.let(-1)
				return
			}
		}
	})
	var slowErr error
	slowDone := make(chan struct{})
	go func() { slowErr = slow.follow(messages - 1); close(slowDone) }()
	body := strings.Repeat("x", 1000)
	for i := range messages - 1 {
		ann.call("message.send", fmt.Sprintf(`{"conversation":%q,"body":%q,"nonce":"%d"}`, sid, body, i))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
	poll(t, "the two that do not read are given up", func() bool { return s.sessions.Stats().Sessions <= others+2 })
	close(drip)
	wg.Wait()
	<-slowDone
	if slowErr != nil {
		t.Errorf("the slow one: %v", slowErr)
	}
	// The one that stopped was given up, comes back and resumes.
	stopped.let(-1)
	if err := sleepy.follow(messages - 1); err == nil {
		t.Error("the one that stopped was not given up: it stopped for too short to show anything")
	}
	back := &follower{client: s.dial(), next: sleepy.next, rev: sleepy.rev}
	back.call("connect", fmt.Sprintf(`{"token":%q,"resume":{%q:%d}}`, s.token("sleepy"), sid, sleepy.rev))
	if err := back.follow(messages - 1); err != nil {
		t.Errorf("the one that came back at message %d: %v", sleepy.next, err)
	}
}
