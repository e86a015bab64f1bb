package clustertest

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub"
)

// behind has some people come to a hub over one link.
func (w *Town) behind(t *testing.T, h *Hub, people int) (*Link, []*Person) {
	t.Helper()
	link := NewLink(t, h.Addr())
	few := w.People[len(w.People)-people:]
	for _, p := range few {
		p.Move(t, h, link.Addr())
	}
	return link, few
}

// halfOpenClients has the connections of some clients swallow everything. Their hub gives them up after two heartbeats, and
// what they missed they get when they come back.
func halfOpenClients(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	h := c.Hubs[0]
	link, few := w.behind(t, h, 5)
	gone := h.Said("heartbeat")
	connects := few[0].Stats().Connects
	link.Swallow()
	if !Soon(time.Minute, func() bool { return h.Said("heartbeat") >= gone+len(few) }) {
		t.Errorf("the hub gave up %d of %d clients", h.Said("heartbeat")-gone, len(few))
	}
	link.Mend()
	for _, p := range few {
		p.Move(t, h, "")
	}
	if few[0].Stats().Connects == connects {
		t.Error("a client kept the connection")
	}
}

// slowClients has some clients read a kilobyte a second, in a place where much is said. They lag, on the hub too once the
// buffers of the systems are full, and nobody else notices.
func slowClients(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	h := c.Hubs[1]
	link, few := w.behind(t, h, 3)
	crier := w.People[0]
	at := &Place{creator: crier, outsider: w.People[1], members: append([]*Person{crier}, few...)}
	w.settle(at)
	w.extra = append(w.extra, at)
	long := strings.Repeat(" and so on", 1500)
	lagged := false
	link.Narrow(1)
	for n := 0; !lagged && n < 1000; n++ {
		crier.tell(t, at.SID, long)
		lagged = n%20 == 0 && h.Metric("parley_cursor_lag") > 20
	}
	w.Await(200)
	if !lagged {
		t.Error("nobody fell behind")
	}
	link.Mend()
	for _, p := range few {
		p.Move(t, h, "")
	}
}

// removalRacesJoin removes people on one hub while they join on another, and leave by themselves. Whoever was removed may come back only
// by being added.
func removalRacesJoin(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	rng := rand.New(rand.NewPCG(w.Seed, 1<<34))
	at := w.Places[1]
	owner, guest := at.creator, at.members[3]
	w.Await(100)
	owner.Move(t, c.Hubs[0], "")
	guest.Move(t, c.Hubs[1], "")
	removed := 0
	for range 15 {
		var race sync.WaitGroup
		var out, in error
		first, second := moment(rng.IntN(20)), moment(rng.IntN(20))
		race.Go(func() {
			<-first
			out = owner.Expel(ctx, at.SID, guest)
		})
		race.Go(func() {
			<-second
			in = guest.Enter(ctx, at.SID)
		})
		race.Wait()
		if out != nil {
			t.Fatalf("the removal failed: %v", out)
		}
		if in == nil {
			t.Error("somebody who was in, or removed, could join")
		}
		if !errors.Is(in, &hub.Error{Code: hub.CodeAlreadyIn}) {
			removed++ // the removal was first
		}
		if err := guest.Enter(ctx, at.SID); err == nil {
			t.Error("somebody who was removed could join")
		}
		if !Soon(time.Minute, func() bool { _, in := guest.due(at.SID); return !in }) {
			t.Fatal("somebody who was removed is not told")
		}
		if err := owner.Invite(ctx, at.SID, guest); err != nil {
			t.Fatal(err)
		}
		if !Soon(time.Minute, func() bool { _, in := guest.due(at.SID); return in }) {
			t.Fatal("somebody who was added is not told")
		}
	}
	t.Logf("the removal was first %d times of 15", removed)
	if removed == 0 {
		t.Error("no removal was ahead of the join")
	}
}

// moment is so many milliseconds from now.
func moment(ms int) <-chan time.Time { return time.NewTimer(time.Duration(ms) * time.Millisecond).C }
