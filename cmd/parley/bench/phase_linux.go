package bench

import (
	"fmt"
	"time"
)

// measure runs a phase: begin sets off what is to happen, and what follows is counted for the run's duration. What is under way at
// its end is waited for: it is not in the rates, and its latency counts, else a stall that outlasts the phase would be hidden.
func (f *fleet) measure(name string, begin func(until time.Duration)) (*Phase, error) {
	if f.opts.Profile != nil {
		f.opts.Profile(name, f.opts.Duration)
	}
	f.latency[0], f.latency[1] = newHistogram(), newHistogram()
	f.series = nil
	before, err := f.used()
	if err != nil {
		return nil, err
	}
	deliveries, acks, start := f.deliveries, f.acks, f.loop.clock()
	f.second, f.before, f.recording, f.timing = start+time.Second, before, true, true
	f.seconds = deliveries
	begin(start + f.opts.Duration)
	for f.loop.clock() < start+f.opts.Duration {
		if err := f.step(start + f.opts.Duration - f.loop.clock()); err != nil {
			return nil, err
		}
	}
	f.recording = false
	took := f.loop.clock() - start
	after, err := f.used()
	if err != nil {
		return nil, err
	}
	spent := after.since(before)
	p := &Phase{
		Name: name, Seconds: took.Seconds(), Deliveries: f.deliveries - deliveries, Acked: f.acks - acks,
		Series: f.series,
	}
	p.ServerCPU, p.ClientCPU, p.ServerAck = per(spent.server, p.Deliveries), per(spent.client, p.Deliveries), per(spent.server, p.Acked)
	err = f.settle()
	f.timing = false
	p.Near, p.Across = quantiles(f.latency[0]), quantiles(f.latency[1])
	all := newHistogram()
	all.Merge(f.latency[0])
	all.Merge(f.latency[1])
	p.P50, p.P90, p.P99, p.Max = ms(all.ValueAtQuantile(50)), ms(all.ValueAtQuantile(90)), ms(all.ValueAtQuantile(99)), ms(all.Max())
	p.Histogram = bars(all)
	return p, err
}

// tick notes each second of a phase, and shows it.
func (f *fleet) tick() {
	if !f.recording || f.loop.now < f.second {
		return
	}
	f.second += time.Second
	now, err := f.used()
	if err != nil {
		f.fail(err)
		return
	}
	spent := now.since(f.before)
	f.series = append(f.series, Second{f.deliveries - f.seconds, spent.server.Seconds(), spent.client.Seconds()})
	f.before, f.seconds = now, f.deliveries
	f.say("%s: second %d, %d deliveries", f.opts.Workload, len(f.series), f.series[len(f.series)-1].Deliveries)
}

// say shows how far the run is.
func (f *fleet) say(format string, args ...any) {
	if f.opts.Progress != nil {
		fmt.Fprintf(f.opts.Progress, "\r\x1b[K"+format, args...)
	}
}
