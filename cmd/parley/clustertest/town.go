package clustertest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/cmd/parley/history"
	"parley/session/client"
)

// A Town is people on a cluster, the places where they talk, and the history of it all.
type Town struct {
	tally
	tb      testing.TB
	cluster *Cluster
	Seed    uint64
	pause   time.Duration // between two messages of one person
	record  history.Recorder
	People  []*Person
	Places  []*Place
	still   *Place          // without a load, see Aside
	extra   []*Place        // that one, and others that were made later
	blamed  map[string]bool // what was found wrong so far
	excused int             // acknowledgements
	lost    bool            // the store may have lost what was acknowledged: another epoch says so
}

// A Place is a conversation. Its creator removes its outsider and adds it again; all others are in for good.
type Place struct {
	SID      string
	creator  *Person
	outsider *Person
	members  []*Person // for good, the creator first
	quiet    bool      // nobody is removed
}

const placeSize = 9 // people, the outsider too

// Found has a number of people connect to the hubs and makes a place for every four of them.
func Found(c *Cluster, people int) *Town {
	c.tb.Helper()
	w := &Town{tb: c.tb, blamed: map[string]bool{}, cluster: c, Seed: c.Seed, pause: time.Duration(people) * time.Second / 180}
	c.towns++
	w.People = make([]*Person, people)
	var all sync.WaitGroup
	for i := range w.People {
		all.Go(func() { w.People[i] = w.connect(fmt.Sprintf("u%d-%03d", c.towns, i), uint64(i)) })
		if i%32 == 31 {
			all.Wait()
		}
	}
	all.Wait()
	w.Places = make([]*Place, people/4)
	rng := rand.New(rand.NewPCG(c.Seed, 1<<33))
	for i := range w.Places {
		var who []*Person
		for _, n := range rng.Perm(people)[:placeSize-1] {
			if n != i*4 {
				who = append(who, w.People[n])
			}
		}
		w.Places[i] = &Place{creator: w.People[i*4], outsider: who[0], members: append([]*Person{w.People[i*4]}, who[1:]...)}
		all.Go(func() { w.settle(w.Places[i]) })
	}
	all.Wait()
	for _, at := range w.Places {
		for _, p := range append(slices.Clip(at.members), at.outsider) {
			p.places = append(p.places, at)
		}
	}
	for i, p := range w.People { // those that chance left out
		if len(p.places) == 0 {
			at := w.Places[i%len(w.Places)]
			w.enter(at, p)
			at.members, p.places = append(at.members, p), []*Place{at}
		}
	}
	few := w.People[:placeSize]
	w.still = &Place{creator: few[0], outsider: few[1], members: append([]*Person{few[0]}, few[2:]...)}
	w.settle(w.still)
	w.extra = []*Place{w.still}
	return w
}

// Aside has something said on the first hub where nobody speaks otherwise, so that no later message tells of it. Somebody
// on the last hub is to hear it, as everybody there is.
func (w *Town) Aside(tb testing.TB) {
	tb.Helper()
	hubs := w.cluster.Hubs
	w.still.members[1].Move(tb, hubs[len(hubs)-1], "")
	w.still.creator.Move(tb, hubs[0], "")
	w.still.creator.tell(tb, w.still.SID, "")
}

// settle makes a place and has its people in it.
func (w *Town) settle(at *Place) {
	ctx, cancel := context.WithTimeout(w.tb.Context(), time.Minute)
	defer cancel()
	c, err := at.creator.CreateConversation(ctx, client.NewConversation{FriendlyName: "a place"})
	if err != nil {
		w.tb.Errorf("a conversation cannot be made: %v", err)
		return
	}
	at.SID = string(c.SID)
	if err := at.creator.Enter(ctx, at.SID); err != nil {
		w.tb.Errorf("its creator cannot join: %v", err)
	}
	for _, p := range append(slices.Clip(at.members[1:]), at.outsider) {
		w.enter(at, p)
	}
}

func (w *Town) enter(at *Place, p *Person) {
	if err := at.creator.Invite(w.tb.Context(), at.SID, p); err != nil {
		w.tb.Errorf("%s cannot be added: %v", p.Identity, err)
	}
}

// Leave ends all clients and waits until the hubs take no more than before they came.
func (w *Town) Leave(tb testing.TB) {
	tb.Helper()
	var all sync.WaitGroup
	for _, p := range w.People {
		all.Go(p.Close)
	}
	all.Wait()
	for i, h := range w.cluster.Hubs {
		if h.Addr() != "" {
			h.Settles(tb, w.cluster.base[i])
		}
	}
}
