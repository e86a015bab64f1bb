package web_test

import (
	"errors"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/session"
	"parley/web"
	"parley/web/frametest"
)

// refused asks for a websocket, which must be refused for now, and tells in how many seconds to come back.
func refused(t *testing.T, addr string, headers ...string) int {
	t.Helper()
	_, answer := frametest.Request(t, addr, headers...)
	seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	if answer.Code != http.StatusServiceUnavailable || err != nil || seconds < 1 {
		t.Fatalf("%d, Retry-After %q", answer.Code, answer.Header.Get("Retry-After"))
	}
	return seconds
}

func TestRate(t *testing.T) {
	s, addr := serve(t, web.Config{Pace: web.Pace{Rate: 0.1, Burst: 3, Wait: -1}})
	for range 3 {
		frametest.Connect(t, addr)
	}
	if seconds := refused(t, addr); seconds < 5 || seconds > 10 {
		t.Errorf("come back in %d s, want 10", seconds)
	}
	until(t, "all are counted", func() bool { return s.Upgrades() == web.Upgrades{Accepted: 3, Busy: 1} })
}

// TestHeld: a storm that is not too large is spread out instead of refused.
func TestHeld(t *testing.T) {
	s, addr := serve(t, web.Config{Pace: web.Pace{Rate: 100, Burst: 1, Wait: 10 * time.Second}})
	began := time.Now()
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() { frametest.Connect(t, addr) })
	}
	wg.Wait()
	if took := time.Since(began); took < 250*time.Millisecond {
		t.Errorf("30 upgrades at 100 a second took %v", took)
	}
	until(t, "all are counted", func() bool { return s.Upgrades() == web.Upgrades{Accepted: 30} })
}

// TestHeldNumber: how many are held is bounded too, and one that gives up makes room for one.
func TestHeldNumber(t *testing.T) {
	s, addr := serve(t, web.Config{Pace: web.Pace{Rate: 0.01, Burst: 1, Wait: time.Hour, Upgrades: 1}})
	frametest.Connect(t, addr)
	until(t, "it is no longer being upgraded", func() bool { return s.Upgrades().Accepted == 1 })
	// ask sends two requests: one is held, whichever comes first, and the other refused. It gives the held one.
	ask := func(busy uint64) net.Conn {
		first, second := dial(t, addr), dial(t, addr)
		answered := make(chan net.Conn, 2) // size 2: both send, one of them at the end
		for _, c := range []net.Conn{first, second} {
			if _, err := c.Write([]byte(frametest.Handshake())); err != nil {
				t.Fatal(err)
			}
			go func() {
				_, _ = c.Read(make([]byte, 1))
				answered <- c
			}()
		}
		until(t, "one is refused", func() bool { return s.Upgrades().Busy == busy })
		if <-answered == first {
			return second
		}
		return first
	}
	held := ask(1)
	_ = held.Close()
	until(t, "the held one to be gone", func() bool { return s.Upgrades().Busy == 2 })
	ask(3)
}

func TestNoPace(t *testing.T) {
	_, addr := serve(t, web.Config{Pace: web.Pace{Rate: -1, Upgrades: -1}})
	for range 100 {
		frametest.Connect(t, addr)
	}
}

func TestBusy(t *testing.T) {
	_, addr := serve(t, web.Config{Sessions: &echo{busy: errors.New("draining"), retry: 1500 * time.Millisecond}})
	if seconds := refused(t, addr); seconds != 2 {
		t.Errorf("come back in %d s, want 1.5 rounded up", seconds)
	}
}

// admitting passes each connection on, for the test to admit.
type admitting struct{ took chan session.Conn }

func (a *admitting) Busy() (time.Duration, error)         { return 0, nil }
func (a *admitting) Serve(c session.Conn, _ session.Peer) { a.took <- c }

// TestUnconnected: an address may have so many websockets that did not say who they are; being admitted or ending makes
// room, once each.
func TestUnconnected(t *testing.T) {
	took := make(chan session.Conn, 10)
	_, addr := serve(t, web.Config{
		Sessions: &admitting{took}, Pace: web.Pace{Unconnected: 2},
		Access: web.Access{TrustedProxies: []string{"127.0.0.1"}},
	})
	from := "X-Forwarded-For: 2001:db8::1"
	frametest.Connect(t, addr, from)
	frametest.Connect(t, addr, "X-Forwarded-For: 2001:db8::2")
	first, second := <-took, <-took
	refused(t, addr, "X-Forwarded-For: 2001:db8::3") // the same /64
	frametest.Connect(t, addr, "X-Forwarded-For: 2001:db8:0:1::1")
	third := <-took

	first.(interface{ Admitted() }).Admitted()
	first.Abort()
	frametest.Connect(t, addr, from)
	fourth := <-took
	refused(t, addr, from)

	second.Abort()
	frametest.Connect(t, addr, from)
	fifth := <-took
	refused(t, addr, from)
	for _, c := range []session.Conn{third, fourth, fifth} {
		c.Abort()
	}
	if got := status(t, addr, from, "Sec-WebSocket-Version: 8"); got != http.StatusBadRequest {
		t.Errorf("a bad request: %d", got)
	}
	for range 2 { // it left nothing behind
		frametest.Connect(t, addr, from)
		defer (<-took).Abort()
	}
}

// TestStorm: many at once get in or are told to come back; none is dropped without a word.
func TestStorm(t *testing.T) {
	s, addr := serve(t, web.Config{Pace: web.Pace{Rate: 500, Burst: 100, Wait: 100 * time.Millisecond}})
	var got, told atomic.Uint64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 25 {
				_, answer := frametest.Request(t, addr)
				switch answer.Code {
				case http.StatusSwitchingProtocols:
					got.Add(1)
				case http.StatusServiceUnavailable:
					told.Add(1)
				default:
					t.Error(answer.Code)
				}
			}
		})
	}
	wg.Wait()
	if got.Load() < 100 || got.Load()+told.Load() != 500 {
		t.Errorf("%d got in, %d were told to come back", got.Load(), told.Load())
	}
	want := web.Upgrades{Accepted: got.Load(), Busy: told.Load()}
	until(t, "the server counts the same", func() bool { return s.Upgrades() == want })
}
