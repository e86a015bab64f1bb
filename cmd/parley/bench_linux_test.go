package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// TestBench starts a server of its own, loads it, and says what that came to in the names that are promised.
func TestBench(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(t.TempDir(), "report.html")
	cmd := exec.CommandContext(t.Context(), path, "bench", "fanout", "--clients", "10", "--duration", "300ms", "--rate", "50", "--json", "--html", report, "--profile", "heap")
	cmd.Dir = filepath.Dir(report)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	var figures map[string]any
	if err := json.Unmarshal(out, &figures); err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq("deliveries_per_s acked_per_s p50_ms p90_ms p99_ms max_ms server_cpu_us_per_delivery client_cpu_us_per_delivery") {
		if n, ok := figures[name].(float64); !ok || n <= 0 {
			t.Errorf("%s is %v", name, figures[name])
		}
	}
	for name := range strings.FieldsSeq("lost repeated misordered rss_kib_per_connection") {
		if n, ok := figures[name].(float64); !ok || n != 0 {
			t.Errorf("%s is %v", name, figures[name])
		}
	}
	if text, err := os.ReadFile(report); err != nil || !strings.Contains(string(text), "<svg") {
		t.Errorf("the report: %v %.100s", err, text)
	}
	if profiles, _ := filepath.Glob(filepath.Join(cmd.Dir, "parley-bench-fanout-*-heap.pprof")); len(profiles) != 2 {
		t.Errorf("profiles are %q", profiles)
	}
}

// TestBenchMistakes: what cannot work is told before anything is started.
func TestBenchMistakes(t *testing.T) {
	mustCall(t, exitUsage, "must be one of", "bench", "dance")
	mustCall(t, exitUsage, "--store postgres://", "bench", "cluster")
	mustCall(t, exitUsage, "NAME=PID", "bench", "idle", "--url", "ws://127.0.0.1:1", "--pid", "none")
	mustCall(t, exitUsage, "--profile is for servers", "bench", "idle", "--url", "ws://127.0.0.1:1", "--profile", "cpu")
	keys := []string{"--account-sid", testAccount, "--api-key", testKey + ":" + testSecret}
	mustCall(t, exitError, "connection refused", append([]string{"bench", "idle", "--clients", "2", "--url", "ws://127.0.0.1:1"}, keys...)...)
}
