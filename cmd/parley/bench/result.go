package bench

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Result is what a run came to. Names of fields stay; figures that a workload does not have are 0.
type Result struct {
	Workload string `json:"workload"`
	Clients  int    `json:"clients"`
	Rooms    int    `json:"rooms"`
	Payload  int    `json:"payload"`

	DeliveriesPerS float64 `json:"deliveries_per_s"` // at saturation
	AckedPerS      float64 `json:"acked_per_s"`
	P50            float64 `json:"p50_ms"` // at the fixed rate, from when a message was due
	P90            float64 `json:"p90_ms"`
	P99            float64 `json:"p99_ms"`
	Max            float64 `json:"max_ms"`

	ServerCPU float64 `json:"server_cpu_us_per_delivery"` // at saturation
	ClientCPU float64 `json:"client_cpu_us_per_delivery"`
	RSS       float64 `json:"rss_kib_per_connection"`

	Lost       int64 `json:"lost"`
	Repeated   int64 `json:"repeated"`
	Misordered int64 `json:"misordered"`

	ConnectCPU float64 `json:"connect_cpu_s_per_1000"` // of the servers, token and conversations included
	CaughtUp   float64 `json:"caught_up_s"`            // of a storm: until everybody had everything again
	Phases     []Phase `json:"phases"`

	MemoryBefore float64 `json:"rss_before_mib"` // of the servers, everybody connected, before a storm
	MemoryAfter  float64 `json:"rss_after_mib"`  // after it, everybody back and the servers at rest
}

// Phase is a measured part of a run.
type Phase struct {
	Name       string  `json:"name"`
	Seconds    float64 `json:"seconds"`
	Deliveries int64   `json:"deliveries"`
	Acked      int64   `json:"acked"`
	ServerCPU  float64 `json:"server_cpu_us_per_delivery"`
	ServerAck  float64 `json:"server_cpu_us_per_acked"`
	ClientCPU  float64 `json:"client_cpu_us_per_delivery"`
	P50        float64 `json:"p50_ms"`
	P90        float64 `json:"p90_ms"`
	P99        float64 `json:"p99_ms"`
	Max        float64 `json:"max_ms"`

	Near   Quantiles `json:"same_hub"` // of several hubs, those on the sender's
	Across Quantiles `json:"across"`   // those on others

	Histogram []Bar    `json:"histogram"`
	Series    []Second `json:"series"`
}

// Quantiles are of latencies, in milliseconds.
type Quantiles struct {
	Count int64   `json:"count"`
	P50   float64 `json:"p50_ms"`
	P99   float64 `json:"p99_ms"`
}

// Bar is how many latencies lay up to a bound, above the one before.
type Bar struct {
	UpTo  float64 `json:"up_to_ms"`
	Count int64   `json:"count"`
}

// Second is one of a phase.
type Second struct {
	Deliveries int64   `json:"deliveries"`
	ServerCPU  float64 `json:"server_cores"` // busy
	ClientCPU  float64 `json:"client_cores"`
}

func ms(us int64) float64 { return float64(us) / 1000 }

func quantiles(h *hdrhistogram.Histogram) Quantiles {
	return Quantiles{h.TotalCount(), ms(h.ValueAtQuantile(50)), ms(h.ValueAtQuantile(99))}
}

// bars cuts a histogram where latencies double.
func bars(h *hdrhistogram.Histogram) (all []Bar) {
	at, count := int64(125), int64(0)
	for _, bar := range h.Distribution() {
		for bar.From > at {
			all = append(all, Bar{ms(at), count})
			at, count = at*2, 0
		}
		count += bar.Count
	}
	return append(all, Bar{ms(at), count})
}

// per is how many microseconds of CPU each of n took.
func per(spent time.Duration, n int64) float64 {
	if n == 0 {
		return 0
	}
	return float64(spent) / float64(time.Microsecond) / float64(n)
}
