package clustertest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/history"
	"parley/session/client"
)

// settleWithin is how long after the end of the load everybody may need to see everything: a comparison with the store
// comes every 30 s, and finds what nothing else told of (rule R17).
const settleWithin = 45 * time.Second

// Judge reads everything through the protocol, waits until all have seen what they are to see, and has the history of the
// town judged, from its beginning.
func (w *Town) Judge(tb testing.TB) {
	tb.Helper()
	began := time.Now()
	var end history.History
	for _, at := range slices.Concat(w.Places, w.extra) {
		all := w.readAll(tb, at)
		end = append(end, history.Record{What: history.Read, Conversation: at.SID, Messages: all})
		for _, p := range w.within(tb, at) {
			w.follow(p, at, all, began.Add(settleWithin))
			end = append(end, history.Record{What: history.Settled, Client: p.Identity, Conversation: at.SID})
		}
	}
	settled := time.Since(began)
	h := w.record.History()
	for i := range end {
		end[i].At = int64(len(h)) + 1
		h = append(h, end[i])
	}
	if w.lost {
		h, w.excused = h.Excuse()
	}
	w.blame(tb, h)
	for _, hub := range w.cluster.up() {
		if err := hub.Check(); err != nil {
			tb.Error(err)
		}
	}
	w.held(tb)
	tb.Logf("all was seen after %v; judged in %v", settled.Round(time.Millisecond), (time.Since(began) - settled).Round(time.Millisecond))
}

// follow waits until a person has seen all of a place, or it is late.
func (w *Town) follow(p *Person, at *Place, all []history.Message, late time.Time) {
	Soon(time.Until(late), func() bool {
		next, in := p.due(at.SID)
		return in && (len(all) == 0 || next > all[len(all)-1].Index)
	}) // what did not come the judge reports
}

// patient calls something until it is answered, while hubs may still be coming back.
func patient[T any](tb testing.TB, what string, call func(ctx context.Context) (T, error)) (answer T) {
	tb.Helper()
	var err error
	ok := Soon(time.Minute, func() bool {
		ctx, cancel := context.WithTimeout(tb.Context(), 20*time.Second)
		defer cancel()
		answer, err = call(ctx)
		return err == nil
	})
	if !ok {
		tb.Fatalf("%s: %v", what, err)
	}
	return answer
}

// readAll pages through a place from its beginning.
func (w *Town) readAll(tb testing.TB, at *Place) (all []history.Message) {
	tb.Helper()
	from := int64(0)
	for {
		page := patient(tb, "reading", func(ctx context.Context) (*client.MessagePage, error) {
			return at.creator.Messages(ctx, at.SID, client.MessageQuery{Anchor: &from, Forward: true, Size: 100})
		})
		for i := range page.Messages {
			all = append(all, recorded(&page.Messages[i]))
			from = page.Messages[i].Index + 1
		}
		if !page.HasNext || len(page.Messages) == 0 {
			return all
		}
	}
}

// within is who is in a place, by the store.
func (w *Town) within(tb testing.TB, at *Place) (in []*Person) {
	tb.Helper()
	page := patient(tb, "participants", func(ctx context.Context) (*client.ParticipantPage, error) {
		return at.creator.Participants(ctx, at.SID, client.Page{Size: 100})
	})
	for i := range page.Participants {
		for _, p := range append(slices.Clip(at.members), at.outsider) {
			if p.Identity == page.Participants[i].Identity {
				in = append(in, p)
			}
		}
	}
	return in
}

// blame fails the test with what is wrong with a history, which is left in a file.
func (w *Town) blame(tb testing.TB, h history.History) {
	tb.Helper()
	found := slices.DeleteFunc(h.Verify(), func(v history.Violation) bool { // what an earlier judgement said is not said again
		line := v.String()
		known := w.blamed[line]
		w.blamed[line] = true
		return known
	})
	if len(found) == 0 {
		return
	}
	file, err := h.Dump()
	if err != nil {
		tb.Error(err)
	}
	var b strings.Builder
	for _, v := range found[:min(len(found), 30)] {
		fmt.Fprintln(&b, " ", v)
	}
	tb.Errorf("seed %d: %d promises broken; the history is in %s\n%s", w.Seed, len(found), file, b.String())
}

// held asks the clients what they hid: nothing may have come twice, and nobody may have been told of another epoch where
// there is none.
func (w *Town) held(tb testing.TB) {
	tb.Helper()
	for _, p := range w.People {
		p.mu.Lock()
		resets, changes := p.resets, p.changes
		p.mu.Unlock()
		if s := p.Stats(); s.Repeats > 0 {
			tb.Errorf("%s: %d events came again (the client dropped them)", p.Identity, s.Repeats)
		}
		guest := slices.ContainsFunc(w.Places, func(at *Place) bool { return at.outsider == p }) // a new place is read afresh
		if !w.lost && (changes > 0 || resets > 0 && !guest) {
			tb.Errorf("%s was told %d times to read afresh, and %d times of another epoch", p.Identity, resets, changes)
		}
	}
}
