package main

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	hist "parley/cmd/parley/history"
)

// TestCrash kills the process again and again, at moments that nobody chose, under a load of people in several services
// who send, edit, delete, read, come and go. In the end the history is judged, and read horizons and unread counts.
func TestCrash(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("load", func(t *testing.T) {
		rounds, acks := 20, int64(10_000)
		if testing.Short() {
			rounds, acks = 3, 500
		}
		begun, seed := time.Now(), rand.Uint64()
		t.Logf("seed %d", seed)
		w := newTown(t, seed)
		places := w.settle(50)
		w.live(func() { w.crash(rounds, acks) })
		w.process.kill()
		w.process.start()
		found := w.judge(places)
		w.blame(found)
		for _, wrong := range w.unread(places) {
			t.Error(wrong)
		}
		w.held(rounds, begun)
	})
}

// live has the people do what they do while something happens.
func (w *town) live(meanwhile func()) {
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for i, p := range w.people {
		wg.Go(func() { p.load(w.t.Context(), i%townsfolk, stop) })
	}
	defer wg.Wait()
	defer close(stop)
	meanwhile()
}

// crash kills and restarts the process for a number of rounds, each after a random number of acknowledgements, and waits
// until there were enough of them.
func (w *town) crash(rounds int, acks int64) {
	w.t.Helper()
	rng := rand.New(rand.NewPCG(w.seed, 1000))
	share := int(acks) / rounds
	for i := range rounds {
		after := w.acks.Load() + int64(rng.IntN(2*share))
		if i%5 == 4 {
			after = 0 // while people come back
		}
		if !soon(func() bool { return w.acks.Load() >= after }) {
			w.t.Fatalf("round %d: no acknowledgements come", i)
		}
		w.process.kill()
		if i%5 == 2 {
			w.killEarly(time.Duration(rng.IntN(60)) * time.Millisecond)
		}
		w.process.start()
	}
	if !soon(func() bool { return w.acks.Load() >= acks }) {
		w.t.Fatalf("%d acknowledgements in a minute, wanted %d", w.acks.Load(), acks)
	}
}

// killEarly kills the process while it starts, or shortly after.
func (w *town) killEarly(after time.Duration) {
	w.t.Helper()
	w.process.launch()
	moment := time.NewTimer(after)
	<-moment.C
	w.process.kill()
}

// held holds the run itself to what it was to show: that clients came back and had much to do and to see, that nothing was
// given up by a new epoch, and that the client library hid no repeats.
func (w *town) held(rounds int, begun time.Time) {
	w.t.Helper()
	var connects, repeats uint64
	resets, changes := 0, 0
	for _, p := range w.people {
		s := p.Stats()
		connects += s.Connects
		repeats += s.Repeats
		p.mu.Lock()
		resets += p.resets
		changes += p.changes
		p.mu.Unlock()
	}
	if repeats > 0 || changes > 0 {
		w.t.Errorf("%d events came again (the client dropped them), %d times another epoch was told", repeats, changes)
	}
	if connects < uint64(rounds*len(w.people)/2) {
		w.t.Errorf("only %d connects of %d people over %d rounds", connects, len(w.people), rounds)
	}
	h := w.record.History()
	w.t.Logf("%d acknowledgements, %d rounds, %d people, %d connects, %d resets, %d records, %v",
		w.acks.Load(), rounds, len(w.people), connects, resets, len(h), time.Since(begun).Round(time.Millisecond))
	w.t.Log(w.rich(h))
}

// rich counts what is in a history, and fails where something is not in it at all: its judge would have had nothing to do.
func (w *town) rich(h hist.History) map[string]int {
	w.t.Helper()
	count, calls := map[string]int{}, map[int64]hist.Action{}
	for i := range h {
		switch r := &h[i]; r.What {
		case hist.Invoked:
			calls[r.Op] = r.Call.Action
		case hist.Acked, hist.Refused, hist.Unknown:
			count[string(calls[r.Op])+" "+string(r.What)]++
		case hist.Saw:
			if r.Event.Replay && r.Event.Message != nil {
				count["replayed"]++
			}
			if r.Event.Name == "conversationLeft" {
				count["left"]++
			}
		case hist.Connects, hist.Read, hist.Settled:
		}
	}
	all := []string{
		"send acked", "replayed", "left",
		"send refused", "send unknown", "remove acked", "add acked", "join acked", "leave acked", "delete acked", "edit acked",
	}
	if testing.Short() {
		all = all[:3]
	}
	for _, what := range all {
		if count[what] == 0 {
			w.t.Errorf("the history has nothing of %q: %v", what, count)
		}
	}
	return count
}

// TestCrashJudgeCanFail puts the store back to an earlier moment between two crashes, as a disk that lied about syncing
// would: messages, horizons and what clients saw must all be missed.
func TestCrashJudgeCanFail(t *testing.T) {
	w := newTown(t, 1)
	places := w.settle(3)
	speak := func() {
		for i := range places {
			for range 5 {
				places[i].town[reader].talk(t.Context(), &places[i])
			}
			last := int64(0)
			soon(func() bool { last = places[i].town[reader].due(places[i].sid); return last >= 5 })
			places[i].town[reader].read(t.Context(), &places[i])
		}
	}
	speak()
	w.process.kill()
	earlier := filepath.Join(t.TempDir(), "parley.db")
	if err := copyStore(w.file, earlier); err != nil {
		t.Fatal(err)
	}
	w.process.start()
	speak()
	w.process.kill()
	if err := copyStore(earlier, w.file); err != nil {
		t.Fatal(err)
	}
	w.process.start()
	found := w.judge(places)
	for _, kind := range []hist.Kind{hist.Lost, hist.Phantom} {
		if !slices.ContainsFunc(found, func(v hist.Violation) bool { return v.Kind == kind }) {
			t.Errorf("nothing is reported %s; found is %v", kind, found)
		}
	}
	if len(w.unread(places)) == 0 {
		t.Error("no read horizon is missed")
	}
}
