package bench

import (
	"fmt"
	"strings"
)

// Table is a result for people.
func Table(r *Result) string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-28s "+format+"\n", append([]any{name}, args...)...)
	}
	line("workload", "%s: %d clients, %d conversations, bodies of %d bytes", r.Workload, r.Clients, r.Rooms, r.Payload)
	for i := range r.Phases {
		p := &r.Phases[i]
		line(p.Name, "%.1f s: %.0f deliveries/s, %.0f acknowledged/s", p.Seconds, float64(p.Deliveries)/p.Seconds, float64(p.Acked)/p.Seconds)
		if p.ServerCPU > 0 {
			line("  CPU per delivery", "server %.2f us, load %.2f us; server per message %.0f us", p.ServerCPU, p.ClientCPU, p.ServerAck)
		} else if p.ServerAck > 0 {
			line("  CPU per request", "server %.0f us", p.ServerAck)
		}
		line("  latency", "p50 %.2f, p90 %.2f, p99 %.2f, longest %.1f ms", p.P50, p.P90, p.P99, p.Max)
		if p.Across.Count > 0 {
			line("  on the sender's hub", "p50 %.2f, p99 %.2f ms", p.Near.P50, p.Near.P99)
			line("  on other hubs", "p50 %.2f, p99 %.2f ms", p.Across.P50, p.Across.P99)
		}
	}
	if r.RSS > 0 {
		line("memory per connection", "%.1f KiB", r.RSS)
	}
	if r.ConnectCPU > 0 {
		line("CPU per 1,000 connects", "%.3f s", r.ConnectCPU)
	}
	if r.CaughtUp > 0 {
		line("everybody caught up after", "%.2f s", r.CaughtUp)
	}
	if r.MemoryAfter > 0 {
		line("memory of the servers", "%.0f MiB before, %.0f MiB after", r.MemoryBefore, r.MemoryAfter)
	}
	line("lost, repeated, misordered", "%d, %d, %d", r.Lost, r.Repeated, r.Misordered)
	return b.String()
}
