package bench_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"parley/cmd/parley/bench"
)

// TestReport: the report has its figures and charts, and asks nobody for anything.
func TestReport(t *testing.T) {
	r := &bench.Result{Workload: "fanout", Clients: 3, Rooms: 1, Phases: []bench.Phase{{
		Name: "saturated <now>", Seconds: 2, Deliveries: 4000, P50: 1.25, ServerCPU: 1.5,
		Histogram: []bench.Bar{{UpTo: 1, Count: 5}, {UpTo: 2, Count: 10}},
		Series:    []bench.Second{{Deliveries: 1000, ServerCPU: 0.5, ClientCPU: 0.25}, {Deliveries: 3000, ServerCPU: 1, ClientCPU: 0.5}},
	}}}
	var b bytes.Buffer
	if err := bench.WriteHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{"saturated &lt;now&gt;", "2000 deliveries a second", "1.50 µs", "<title>up to 2 ms: 10</title>", "at most 3e+03, over 2 s"} {
		if !strings.Contains(page, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if strings.Count(page, "<svg") != 4 {
		t.Errorf("%d charts", strings.Count(page, "<svg"))
	}
	if foreign := regexp.MustCompile(`(?i)(src|href|url|@import)\s*[=(]|https?:`).FindString(page); foreign != "" {
		t.Errorf("the report refers to %q", foreign)
	}
}
