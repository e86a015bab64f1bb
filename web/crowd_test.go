package web_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"parley/session"
	"parley/web"
	"parley/web/frametest"
)

// crowded asks for a websocket, which must be refused because of its address, and must be told when to come back.
func crowded(t *testing.T, addr string, headers ...string) {
	t.Helper()
	_, answer := frametest.Request(t, addr, headers...)
	if answer.Code != http.StatusTooManyRequests || answer.Header.Get("Retry-After") != "5" {
		t.Fatalf("%d, Retry-After %q", answer.Code, answer.Header.Get("Retry-After"))
	}
}

// TestAddressConnections: one address, or IPv6 neighbourhood, has so many websockets, whoever they say they are. Only
// their end makes room, once each, and requests that fail take none.
func TestAddressConnections(t *testing.T) {
	const most = 20
	took := make(chan session.Conn, 2*most)
	s, addr := serve(t, web.Config{
		Sessions: &admitting{took}, Pace: web.Pace{AddressConnections: most},
		Access: web.Access{TrustedProxies: []string{"127.0.0.1"}},
	})
	neighbours := []string{
		"X-Forwarded-For: 2001:db8::1", "X-Forwarded-For: [2001:db8::2]:4711",
		"X-Forwarded-For: 192.0.2.1, 2001:db8:0:0:ffff::9", // what stands before is the peer's own word
	}
	var all []session.Conn
	for i := range most {
		frametest.Connect(t, addr, neighbours[i%len(neighbours)])
		c := <-took
		c.(session.Admitter).Admitted()
		all = append(all, c)
	}
	for _, from := range neighbours {
		crowded(t, addr, from)
	}
	if got := status(t, addr, neighbours[0], "Sec-WebSocket-Protocol: other"); got != http.StatusBadRequest {
		t.Errorf("a bad request: %d", got)
	}
	for _, from := range []string{"X-Forwarded-For: 2001:db8:0:1::1", "X-Forwarded-For: 192.0.2.1"} {
		frametest.Connect(t, addr, from)
		defer (<-took).Abort()
	}
	for range 3 {
		all[0].Abort() // again and again makes room for one
		if got := status(t, addr, neighbours[1], "Sec-WebSocket-Version: 8"); got != http.StatusBadRequest && got != http.StatusTooManyRequests {
			t.Errorf("a request that fails: %d", got)
		}
	}
	frametest.Connect(t, addr, neighbours[1])
	all[0] = <-took
	crowded(t, addr, neighbours[2])
	for _, c := range all {
		c.Abort()
	}
	want := web.Upgrades{Accepted: most + 3, Bad: 4, Crowded: 4}
	until(t, "all are counted", func() bool { return s.Upgrades() == want })
}

// TestAddressIsThePeers: without a proxy that is trusted, what a peer says of its address does not count.
func TestAddressIsThePeers(t *testing.T) {
	took := make(chan session.Conn, 10)
	_, addr := serve(t, web.Config{Sessions: &admitting{took}, Pace: web.Pace{AddressConnections: 1}})
	frametest.Connect(t, addr, "X-Forwarded-For: 192.0.2.1")
	crowded(t, addr, "X-Forwarded-For: 192.0.2.2")
	(<-took).Abort()
}

// TestCrowdAtOnce: many who come together are counted right.
func TestCrowdAtOnce(t *testing.T) {
	const most = 10
	took := make(chan session.Conn, most)
	s, addr := serve(t, web.Config{Sessions: &admitting{took}, Pace: web.Pace{AddressConnections: most, Unconnected: most}})
	var in, out atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			switch _, answer := frametest.Request(t, addr); answer.Code {
			case http.StatusSwitchingProtocols:
				in.Add(1)
			case http.StatusTooManyRequests:
				out.Add(1)
			default:
				t.Error(answer.Code)
			}
		})
	}
	wg.Wait()
	if in.Load() != most || out.Load() != 50-most {
		t.Errorf("%d came in and %d did not, want %d and %d", in.Load(), out.Load(), most, 50-most)
	}
	until(t, "the server counts the same", func() bool { return s.Upgrades() == web.Upgrades{Accepted: most, Crowded: 50 - most} })
	for range most {
		(<-took).Abort()
	}
}
