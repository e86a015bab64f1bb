package bench

import "time"

// storm resets everybody but those who send, at once, while messages go on. They come back with what they have, and are caught up
// when the hub has said that all they missed is out.
func storm(f *fleet, r *Result) error {
	if err := f.people(r); err != nil {
		return err
	}
	for _, r := range f.rooms { // so that everybody has a position to come back with
		r.sender.send(int64(f.loop.clock()))
	}
	if err := f.settle(); err != nil {
		return err
	}
	before, err := f.atRest()
	if err != nil {
		return err
	}
	var all []*conn
	for _, c := range f.conns {
		if c.room != nil && c.room.sender != c {
			all = append(all, c)
		}
	}
	back := 0
	var began, ended time.Duration
	f.told = func(_ *conn, name string) {
		if name != "resumed" {
			return
		}
		if back++; back == len(all) {
			ended = f.loop.clock()
		}
	}
	phase, err := f.measure("storm", func(until time.Duration) {
		f.pace(until)
		f.loop.after(f.opts.Duration/4, func() {
			began = f.loop.clock()
			for _, c := range all {
				c.close()
				c.resumes = true
			}
			f.dial(all)
		})
	})
	if err == nil {
		err = f.until("everybody is back", time.Minute, func() bool { return back >= len(all) })
	}
	if err == nil {
		err = f.settle()
	}
	if err != nil {
		return err
	}
	after, err := f.atRest()
	if err != nil {
		return err
	}
	r.MemoryBefore, r.MemoryAfter = float64(before)/(1<<20), float64(after)/(1<<20)
	r.Phases = []Phase{*phase}
	r.P50, r.P90, r.P99, r.Max = phase.P50, phase.P90, phase.P99, phase.Max
	r.CaughtUp = (ended - began).Seconds()
	return nil
}
