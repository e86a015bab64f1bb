package bench

import (
	"context"
	"time"
)

// window is how many messages of one conversation are under way at saturation.
const window = 16

// Run does one workload. The Result is there with ErrUnsound too.
func Run(ctx context.Context, opts Options) (*Result, error) {
	if err := opts.setDefaults(); err != nil {
		return nil, err
	}
	f, err := newFleet(ctx, &opts)
	if err != nil {
		return nil, err
	}
	defer f.loop.close()
	r := &Result{Workload: opts.Workload, Clients: opts.Clients, Rooms: opts.Rooms, Payload: opts.Payload}
	work := map[string]func(*fleet, *Result) error{
		"fanout": talk, "cluster": talk, "rooms": talk, "idle": idle, "storm": storm, "history": history,
	}[opts.Workload]
	if err := work(f, r); err != nil {
		return nil, err
	}
	f.say("")
	r.Lost, r.Repeated, r.Misordered = f.lost(), f.repeated, f.misordered
	if r.Lost+r.Repeated+r.Misordered > 0 {
		return r, ErrUnsound
	}
	return r, nil
}

// people makes the conversations, with what they are to hold, and has everybody connect. What the servers use for each connection is measured.
func (f *fleet) people(r *Result) error {
	f.say("%s: %d clients in %d conversations", f.opts.Workload, f.opts.Clients, f.opts.Rooms)
	if err := f.gather(f.opts.Clients / f.opts.Rooms); err != nil {
		return err
	}
	if err := f.fill(); err != nil {
		return err
	}
	before, err := f.used()
	if err != nil {
		return err
	}
	count := f.connects
	if err := f.enter(); err != nil {
		return err
	}
	after, err := f.used()
	if n := f.connects - count; n > 0 {
		r.ConnectCPU = after.since(before).server.Seconds() / float64(n) * 1000
	}
	return err
}

// talk is fanout, rooms and cluster: as much as goes, each message when the one a window before is everywhere; then at a fixed
// rate, come what may.
func talk(f *fleet, r *Result) error {
	if err := f.people(r); err != nil {
		return err
	}
	under := window
	if len(f.rooms) > 1 {
		under = 1
	}
	if _, err := f.briefly(func() (*Phase, error) { return f.measure("warm-up", f.saturate(under)) }); err != nil {
		return err
	}
	full, err := f.measure("saturated", f.saturate(under))
	if err != nil {
		return err
	}
	paced, err := f.measure("at a fixed rate", f.pace)
	if err != nil {
		return err
	}
	r.Phases = []Phase{*full, *paced}
	r.DeliveriesPerS, r.AckedPerS = float64(full.Deliveries)/full.Seconds, float64(full.Acked)/full.Seconds
	r.ServerCPU, r.ClientCPU = full.ServerCPU, full.ClientCPU
	r.P50, r.P90, r.P99, r.Max = paced.P50, paced.P90, paced.P99, paced.Max
	return nil
}

// briefly runs a phase that is not told of, for a second at most.
func (f *fleet) briefly(phase func() (*Phase, error)) (*Phase, error) {
	profile, duration := f.opts.Profile, f.opts.Duration
	f.opts.Profile, f.opts.Duration = nil, min(time.Second, duration)
	defer func() { f.opts.Profile, f.opts.Duration = profile, duration }()
	return phase()
}

// saturate keeps so many messages of each conversation under way.
func (f *fleet) saturate(under int) func(until time.Duration) {
	return func(until time.Duration) {
		f.onSeen = func(r *room) {
			if r.seen >= (r.sent-int64(under)+1)*int64(len(r.members)) && f.loop.now < until {
				r.sender.send(int64(f.loop.clock()))
			}
		}
		for _, r := range f.rooms {
			for range under {
				r.sender.send(int64(f.loop.clock()))
			}
		}
	}
}

// pace sends at the fixed rate into one conversation after the other.
func (f *fleet) pace(until time.Duration) {
	f.onSeen = nil
	if f.opts.Rate == 0 {
		return
	}
	gap := time.Duration(float64(time.Second) / f.opts.Rate)
	due, n := f.loop.clock()+gap, 0
	var ring func()
	ring = func() {
		for ; due <= f.loop.clock() && due < until; due += gap {
			f.rooms[n%len(f.rooms)].sender.send(int64(due))
			n++
		}
		if due < until {
			f.loop.after(due-f.loop.clock(), ring)
		}
	}
	f.loop.after(gap, ring)
}
