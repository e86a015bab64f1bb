package bench

// idle connects everybody, who then say nothing. Memory is that of all but the first, by when what all share is there. What a
// connect takes is measured when they come a second time, for those whom the hub knows.
func idle(f *fleet, r *Result) error {
	first := min(500, len(f.conns)/2)
	if err := f.connect(f.conns[:first]); err != nil {
		return err
	}
	if err := f.rest(); err != nil {
		return err
	}
	before, err := f.resident()
	if err != nil {
		return err
	}
	others := f.conns[first:]
	if err := f.connect(others); err != nil {
		return err
	}
	if err := f.rest(); err != nil {
		return err
	}
	held, err := f.resident()
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

// rest gives the servers the time of a phase to come to rest.
func (f *fleet) rest() error {
	over := f.loop.clock() + f.opts.Duration
	for f.loop.clock() < over {
		if err := f.step(over - f.loop.clock()); err != nil {
			return err
		}
	}
	return nil
}
