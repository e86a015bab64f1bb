//go:build linux

package bench_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/cmd/parley/bench"
)

// liar is a server of one conversation that does something to the deliveries of its second member.
type liar struct {
	fault func(events [][]byte) [][]byte // what becomes of three deliveries
	stall time.Duration                  // before the fifth message is said

	mu      sync.Mutex
	members []*websocket.Conn
	said    int
	held    [][]byte
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow() //nolint:errcheck // it is over
	for {
		_, text, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		l.serve(r.Context(), conn, text)
	}
}

func (l *liar) serve(ctx context.Context, conn *websocket.Conn, text []byte) {
	var r struct {
		ID     int64
		Method string
		Params struct{ Body string }
	}
	if json.Unmarshal(text, &r) != nil {
		return
	}
	const sid = "CH00000000000000000000000000000001"
	result := `{"sid":"` + sid + `"}`
	l.mu.Lock()
	defer l.mu.Unlock()
	switch r.Method {
	case "connect":
		l.members = append(l.members, conn)
	case "message.send":
		if l.said++; l.said == 5 {
			stalled := time.NewTimer(l.stall)
			<-stalled.C
		}
		event := fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"messageAdded","params":{"conversation_sid":"%s","revision":%d,"message":{"index":%d,"body":"%s"}}}`,
			sid, l.said, l.said-1, r.Params.Body)
		l.deliver(ctx, event)
	}
	conn.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%d,"result":%s}`, r.ID, result)) //nolint:errcheck // as below
}

// deliver gives the first member everything, and the others what becomes of it, the first time that there are three.
func (l *liar) deliver(ctx context.Context, event []byte) {
	for i, conn := range l.members {
		events := [][]byte{event}
		if l.held = append(l.held, event); i > 0 && l.fault != nil && l.said <= 3 {
			if events = nil; l.said == 3 {
				events = l.fault([][]byte{l.held[1], l.held[3], l.held[5]})
			}
		}
		if len(events) > 0 {
			batch := append(append([]byte{'['}, bytes.Join(events, []byte{','})...), ']')
			conn.Write(ctx, websocket.MessageText, batch) //nolint:errcheck // who is gone is gone
		}
	}
}

// TestLies: a server that loses, repeats or reorders one delivery is caught, with what it did.
func TestLies(t *testing.T) {
	for name, c := range map[string]struct {
		fault                     func(all [][]byte) [][]byte
		lost, repeated, misplaced int64
	}{
		"one is lost":          {func(all [][]byte) [][]byte { return [][]byte{all[0], all[2]} }, 1, 0, 0},
		"one comes twice":      {func(all [][]byte) [][]byte { return [][]byte{all[0], all[1], all[1], all[2]} }, 0, 1, 0},
		"two change places":    {func(all [][]byte) [][]byte { return [][]byte{all[1], all[0], all[2]} }, 0, 0, 1},
		"all is as it must be": {func(all [][]byte) [][]byte { return all }, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(&liar{fault: c.fault})
			defer server.Close()
			bench.SetPatience(t, time.Second)
			r, err := run(t, bench.Options{Workload: "fanout", URLs: []string{server.URL}, Clients: 2, Rate: 50})
			if unsound := errors.Is(err, bench.ErrUnsound); unsound != (c.lost+c.repeated+c.misplaced > 0) || err != nil && !unsound {
				t.Fatalf("the run ended with %v", err)
			}
			if r.Lost != c.lost || r.Repeated != c.repeated || r.Misordered != c.misplaced {
				t.Errorf("lost %d, repeated %d, misordered %d", r.Lost, r.Repeated, r.Misordered)
			}
		})
	}
}

// TestStallsCount: latencies run from when a message was due. While the server stands still others become due, and all of them
// are late.
func TestStallsCount(t *testing.T) {
	const phase = 800 * time.Millisecond
	for name, stall := range map[string]time.Duration{"within the phase": 400 * time.Millisecond, "beyond its end": 2 * phase} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(&liar{stall: stall})
			defer server.Close()
			r, err := run(t, bench.Options{Workload: "storm", URLs: []string{server.URL}, Clients: 1, Rooms: 1, Rate: 100, Duration: phase})
			if err != nil {
				t.Fatal(err)
			}
			if late := stall.Seconds() * 1000; r.Max < late || r.P90 < late/2 {
				t.Errorf("p90 is %.0f ms and the longest %.0f ms, with a stall of %.0f ms", r.P90, r.Max, late)
			}
		})
	}
}
