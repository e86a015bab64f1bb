package bench

import "time"

// idle connects everybody, who then say nothing. Memory is that of all but the first, by when what all share is there. What a
// connect takes is measured when they come a second time, for those whom the hub knows.
func idle(f *fleet, r *Result) error {
	first := min(500, len(f.conns)/2)
	if err := f.connect(f.conns[:first]); err != nil {
		return err
	}
	before, err := f.atRest()
	if err != nil {
		return err
	}
	others := f.conns[first:]
	if err := f.connect(others); err != nil {
		return err
	}
	held, err := f.atRest()
	if err != nil {
		return err
	}
	for _, c := range others {
		c.close()
	}
	if err := f.rest(); err != nil {
		return err
	}
	if f.opts.Profile != nil {
		f.opts.Profile("connects", f.opts.Duration)
	}
	spent, err := f.used()
	if err != nil {
		return err
	}
	if err := f.connect(others); err != nil {
		return err
	}
	after, err := f.used()
	n := float64(len(others))
	r.ConnectCPU = after.since(spent).server.Seconds() / n * 1000
	r.RSS = float64(held-before) / 1024 / n
	return err
}

// restful is what servers that have come to rest use at most, of a core; restAtMost is how long they are waited for.
const (
	restful    = 0.03
	restAtMost = 10 * time.Minute
)

// rest gives the servers the time of a phase to come to rest, and more while they are still busy with what they were given, as
// with the index of words.
func (f *fleet) rest() error {
	latest := f.loop.clock() + max(restAtMost, f.opts.Duration)
	if err := f.pause(f.opts.Duration); err != nil {
		return err
	}
	for f.loop.clock() < latest {
		before, err := f.used()
		if err != nil {
			return err
		}
		if err := f.pause(time.Second); err != nil {
			return err
		}
		after, err := f.used()
		if err != nil || after.since(before).server.Seconds() < restful {
			return err
		}
	}
	return nil
}

// atRest is how many bytes of memory the servers hold when they have come to rest.
func (f *fleet) atRest() (int64, error) {
	if err := f.rest(); err != nil {
		return 0, err
	}
	return f.resident()
}

// pause lets time go by.
func (f *fleet) pause(d time.Duration) error {
	over := f.loop.clock() + d
	for f.loop.clock() < over {
		if err := f.step(over - f.loop.clock()); err != nil {
			return err
		}
	}
	return nil
}
