//go:build linux

package bench_test

import (
	"os"
	"strings"
	"testing"

	"parley/cmd/parley/bench"
)

// TestWorkloads: each workload runs against a real hub, which loses nothing, and measures what it is about.
func TestWorkloads(t *testing.T) {
	self := []bench.Process{{Name: "this", PID: os.Getpid()}}
	for name, c := range map[string]struct {
		opts bench.Options
		hubs int
		good func(*bench.Result) bool
	}{
		"fanout": {bench.Options{Clients: 20, Rate: 100}, 1, func(r *bench.Result) bool {
			return r.DeliveriesPerS > 0 && r.ServerCPU > 0 && r.ClientCPU > 0 && r.P50 > 0 && r.Max >= r.P99 && len(r.Phases) == 2 &&
				r.Phases[0].Deliveries > 20*r.Phases[0].Acked/2 && r.Phases[1].Near.Count > 0 && r.Phases[1].Across.Count == 0
		}},
		"rooms": {bench.Options{Clients: 20, Rooms: 5, Rate: 100, Messages: 50}, 1, func(r *bench.Result) bool {
			return r.AckedPerS > 0 && r.Phases[0].Deliveries > r.Phases[0].Acked
		}},
		"idle": {bench.Options{Clients: 40}, 1, func(r *bench.Result) bool { return r.ConnectCPU >= 0 && len(r.Phases) == 0 }},
		"storm": {bench.Options{Clients: 30, Rooms: 3, Rate: 200}, 1, func(r *bench.Result) bool {
			return r.CaughtUp > 0 && r.MemoryBefore > 0 && r.MemoryAfter > 0 && r.Phases[0].Deliveries > 0
		}},
		"history": {bench.Options{Messages: 200}, 1, func(r *bench.Result) bool { return r.Phases[0].Acked > 0 && r.P50 > 0 }},
		"cluster": {bench.Options{Clients: 20, Rate: 100}, 2, func(r *bench.Result) bool { // two ways to one hub
			return r.Phases[1].Near.Count > 0 && r.Phases[1].Across.Count > 0
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c.opts.Workload, c.opts.Processes = name, self
			url := serve(t)
			for range c.hubs {
				c.opts.URLs = append(c.opts.URLs, url)
			}
			r, err := run(t, c.opts)
			if err != nil {
				t.Fatal(err)
			}
			if !c.good(r) || r.Lost+r.Repeated+r.Misordered != 0 || !strings.Contains(bench.Table(r), "0, 0, 0") {
				t.Errorf("%+v\n%s", r, bench.Table(r))
			}
		})
	}
}

// TestMistakes: what cannot work is told before anything is done.
func TestMistakes(t *testing.T) {
	url := []string{"ws://127.0.0.1:1"}
	for want, opts := range map[string]bench.Options{
		"no workload":              {Workload: "dance", URLs: url},
		"no server":                {Workload: "fanout"},
		"several hubs":             {Workload: "cluster", URLs: url},
		"no more than clients":     {Workload: "rooms", URLs: url, Clients: 3, Rooms: 4},
		"a payload of 3 bytes":     {Workload: "fanout", URLs: url, Payload: 3},
		"cannot be negative":       {Workload: "fanout", URLs: url, Rate: -1},
		"a ws:// or http:// URL":   {Workload: "fanout", URLs: []string{"wss://127.0.0.1:1"}},
		"connection refused":       {Workload: "fanout", URLs: url, Clients: 2},
		"process gone: open /proc": {Workload: "idle", URLs: []string{serve(t)}, Clients: 2, Processes: []bench.Process{{Name: "gone", PID: 1 << 22}}},
	} {
		if _, err := run(t, opts); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
