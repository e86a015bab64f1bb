package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/bus"
	"parley/session"
	"parley/web"
)

// administer starts an admin listener and answers its URL.
func administer(t *testing.T, cfg web.AdminConfig) string {
	t.Helper()
	a := web.NewAdmin(cfg)
	if err := a.Listen(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- a.Serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := errors.Join(a.Shutdown(ctx), <-served); err != nil {
			t.Error(err)
		}
	})
	return "http://" + a.Addr().String()
}

func TestMetrics(t *testing.T) {
	latency, size := make([]int64, len(hub.LatencyBounds)+1), make([]int64, len(hub.SizeBounds)+1)
	latency[0], latency[2], latency[len(latency)-1] = 5, 2, 1
	size[1] = 8
	url := administer(t, web.AdminConfig{
		Hub: func() hub.Stats {
			return hub.Stats{
				Rooms: 3, Cursors: 12, Events: 40, Deliveries: 400, Commits: 8, Commands: 16, CommitSeconds: 1.5,
				CommitLatency: latency, CommitSize: size, Errors: map[hub.Code]int64{hub.CodeRate: 7},
			}
		},
		Sessions: func() session.Stats {
			return session.Stats{Sessions: 4, Accepted: 9, Frames: 100, Bytes: 5000, Slow: 1, RefusedSession: 3, RefusedUser: 4, RefusedBehind: 5, RefusedConnects: 8}
		},
		Bus: func() bus.Stats {
			return bus.Stats{
				Well: true, Topics: 21, Waiting: 22, Hubs: 2, Published: 23, PublishedBytes: 24, Failed: 25, Dropped: 26,
				Received: 27, Probes: 28, ProbesLost: 29, Rebuilds: 30, Departures: 31,
			}
		},
		Upgrades: func() web.Upgrades { return web.Upgrades{Accepted: 9, Foreign: 2, Bad: 1, Busy: 6, Crowded: 11} },
	})
	code, body := get(t, url+"/metrics")
	if code != http.StatusOK {
		t.Fatal(code, body)
	}
	for _, line := range []string{
		"parley_bus_well 1", "parley_bus_topics 21", "parley_bus_waiting 22", "parley_bus_hubs 2",
		"parley_bus_published_total 23", "parley_bus_published_bytes_total 24", "parley_bus_failed_total 25",
		"parley_bus_dropped_total 26", "parley_bus_received_total 27", "parley_bus_probes_total 28",
		"parley_bus_probes_lost_total 29", "parley_bus_rebuilds_total 30", "parley_bus_departures_total 31",
		"parley_connections 4", "parley_connections_total 9", "parley_slow_writes_total 1",
		"parley_rooms 3", "parley_cursors 12", "parley_events_total 40", "parley_deliveries_total 400",
		`parley_commit_seconds_bucket{le="0.001"} 5`, `parley_commit_seconds_bucket{le="0.005"} 7`,
		`parley_commit_seconds_bucket{le="5"} 7`, `parley_commit_seconds_bucket{le="+Inf"} 8`,
		"parley_commit_seconds_sum 1.5", "parley_commit_seconds_count 8",
		`parley_commit_commands_bucket{le="2"} 8`, "parley_commit_commands_sum 16",
		`parley_errors_total{code="50074"} 7`,
		`parley_upgrades_total{outcome="accepted"} 9`, `parley_upgrades_total{outcome="foreign"} 2`,
		`parley_upgrades_total{outcome="bad"} 1`, `parley_upgrades_total{outcome="busy"} 6`,
		`parley_upgrades_total{outcome="crowded"} 11`,
		`parley_requests_refused_total{limit="session-rate"} 3`, `parley_requests_refused_total{limit="user-rate"} 4`,
		`parley_requests_refused_total{limit="behind-refused"} 5`, `parley_requests_refused_total{limit="user-connections"} 8`,
		"# TYPE go_goroutines gauge",
	} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("no line %q", line)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
}

func TestMetricsWithoutSources(t *testing.T) {
	url := administer(t, web.AdminConfig{})
	if code, body := get(t, url+"/metrics"); code != 200 || strings.Contains(body, "parley_") {
		t.Error(code, body)
	}
	if code, _ := get(t, url+"/debug/check"); code != 404 {
		t.Error(code)
	}
}

func TestDebug(t *testing.T) {
	var wrong error
	url := administer(t, web.AdminConfig{Check: func() error { return wrong }})
	if code, body := get(t, url+"/debug/check"); code != 200 || body != "ok\n" {
		t.Error(code, body)
	}
	wrong = errors.New("room CH1 counts 3 cursors and has 2")
	if code, body := get(t, url+"/debug/check"); code != 500 || !strings.Contains(body, wrong.Error()) {
		t.Error(code, body)
	}
	for _, path := range []string{"/debug/pprof/", "/debug/pprof/mutex", "/debug/pprof/goroutine?debug=1", "/debug/pprof/cmdline", "/debug/pprof/heap"} {
		if code, _ := get(t, url+path); code != 200 {
			t.Errorf("%s: %d", path, code)
		}
	}
}

// TestAdminNames: on loopback it answers to loopback's names only.
func TestAdminNames(t *testing.T) {
	url := administer(t, web.AdminConfig{})
	addr := strings.TrimPrefix(url, "http://")
	for host, want := range map[string]int{
		"localhost": 200, "localhost:9091": 200, "127.0.0.1:1": 200, "[::1]:9091": 200, "LOCALHOST": 200,
		"evil.test": 403, "evil.test:9091": 403, "localhost.evil.test": 403, "10.0.0.1": 403, "": 403,
	} {
		if got := status(t, addr, "/metrics", "Host: "+host, "Connection: close"); got != want {
			t.Errorf("Host %q: %d, want %d", host, got, want)
		}
	}
}
