package clustertest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/cmd/parley/history"
	"parley/session/client"
)

// tally is what a town's people did since it was founded.
type tally struct {
	sent, acked     atomic.Int64
	refused, unsure atomic.Int64 // messages of those who are in for good
	moves           atomic.Int64 // additions and removals that were acknowledged
}

// sending is a message that was handed over.
type sending struct {
	*client.Sending
	op     *history.Op
	member bool // its author is in for good
}

// A Span is what the load came to between two moments.
type Span struct {
	Sent, Acked, Refused, Unsure, Moves int64
	Took                                time.Duration
}

// now is everything so far.
func (t *tally) now() Span {
	return Span{Sent: t.sent.Load(), Acked: t.acked.Load(), Refused: t.refused.Load(), Unsure: t.unsure.Load(), Moves: t.moves.Load()}
}

// since is what came after an earlier moment.
func (s Span) since(earlier Span, took time.Duration) Span {
	return Span{
		s.Sent - earlier.Sent, s.Acked - earlier.Acked, s.Refused - earlier.Refused, s.Unsure - earlier.Unsure,
		s.Moves - earlier.Moves, took,
	}
}

// leastRate is how many messages a second must be sent through every fault.
const leastRate = 100

// live has everybody talk until the function it gives is called, which returns when all is answered.
func (w *Town) live() (end func()) {
	stop := make(chan struct{})
	var talking, waiting sync.WaitGroup
	for _, p := range w.People {
		p.waiting = make(chan sending, 10_000)
		waiting.Go(func() { p.await(w.tb.Context()) })
		talking.Go(func() { p.talk(stop) })
	}
	for i := range w.Places {
		if w.Places[i].quiet {
			continue
		}
		talking.Go(func() { w.Places[i].churn(w.tb.Context(), stop) })
	}
	return func() {
		close(stop)
		talking.Wait()
		for _, p := range w.People {
			close(p.waiting)
		}
		waiting.Wait()
	}
}

// talk sends a message now and then and waits for none.
func (p *Person) talk(stop <-chan struct{}) {
	pause := time.Duration(float64(p.town.pause) * (0.8 + 0.4*p.rng.Float64()))
	begin := time.NewTimer(time.Duration(p.rng.Int64N(int64(pause)))) // not all at once
	defer begin.Stop()
	select {
	case <-stop:
		return
	case <-begin.C:
	}
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		at := p.places[p.rng.IntN(len(p.places))]
		p.town.sent.Add(1)
		member := at.outsider != p
		s, op, err := p.Say(at.SID, "")
		if err != nil {
			p.town.unsure.Add(1)
			continue
		}
		p.waiting <- sending{s, op, member}
	}
}

// await takes down how the messages end, one after the other.
func (p *Person) await(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for s := range p.waiting {
		patience := time.AfterFunc(time.Minute, cancel)
		m, err := s.Wait(ctx)
		patience.Stop()
		outcome(s.op, m, err) //nolint:errcheck // recorded
		e, _ := errors.AsType[*client.Error](err)
		switch {
		case err == nil:
			p.town.acked.Add(1)
		case !s.member:
		case e.Definite:
			p.town.refused.Add(1)
		default:
			p.town.unsure.Add(1)
		}
	}
}

// churn removes a place's outsider and adds it again.
func (at *Place) churn(ctx context.Context, stop <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for in := true; ; {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		limit, cancel := context.WithTimeout(ctx, 10*time.Second)
		var err error
		if in {
			err = at.creator.Expel(limit, at.SID, at.outsider)
		} else {
			err = at.creator.Invite(limit, at.SID, at.outsider)
		}
		cancel()
		in = !in // after a failure the next attempt is refused, or succeeds
		if err == nil {
			at.creator.town.moves.Add(1)
		}
	}
}

// Through keeps the load up while it does harm, and then holds everything to what it must be: the load went on before,
// during and after, everybody gets to see everything, the history keeps every promise, and each hub's check finds nothing.
// It gives what the load came to during the harm.
func (w *Town) Through(tb testing.TB, harm func()) Span {
	tb.Helper()
	end := sync.OnceFunc(w.live())
	defer end()
	w.flow(tb, "before")
	before, began := w.now(), time.Now()
	harm()
	for _, p := range w.People { // the next harm may end the hub that this one tied somebody to
		p.roam()
	}
	during := w.now().since(before, time.Since(began))
	w.flow(tb, "after")
	end()
	all := w.now().since(before, time.Since(began))
	tb.Logf("during the harm %+v; until all was answered %+v", during, all)
	if rate := float64(during.Sent) / during.Took.Seconds(); rate < leastRate {
		tb.Errorf("only %.0f messages a second were sent through it", rate)
	}
	w.Judge(tb)
	return during
}

// Await waits until so many more messages were sent, whatever became of them.
func (w *Town) Await(messages int64) {
	begin := w.sent.Load()
	Soon(time.Minute, func() bool { return w.sent.Load() >= begin+messages })
}

// Heed waits until so many more messages were acknowledged, as the hubs must go on doing.
func (w *Town) Heed(tb testing.TB, messages int64) {
	tb.Helper()
	begin := w.acked.Load()
	if !Soon(time.Minute, func() bool { return w.acked.Load() >= begin+messages }) {
		tb.Errorf("only %d messages were acknowledged within a minute", w.acked.Load()-begin)
	}
}

// flow waits until messages are acknowledged at the rate that they are sent at.
func (w *Town) flow(tb testing.TB, when string) {
	tb.Helper()
	begin := w.acked.Load()
	if !Soon(time.Minute, func() bool { return w.acked.Load() >= begin+leastRate }) {
		tb.Fatalf("%s the harm no messages are acknowledged", when)
	}
}
