package hub_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub"
	"parley/session/wire"
)

// gapReads is a store that watches over the reads of gaps, and meddles with them.
type gapReads struct {
	hub.Store
	meddle func(gaps []hub.Gap) (most int, err error) // how many are read, or why none is

	mu    sync.Mutex
	sizes []int // of the reads, in their order
	busy  map[hub.ConversationSID]bool
	wrong error
}

func (s *gapReads) Gaps(ctx context.Context, gaps []hub.Gap, q hub.GapQuery) ([]*hub.Changes, error) {
	s.begin(gaps, q)
	defer s.end(gaps)
	<-time.NewTimer(time.Millisecond).C // of the bubble: whatever else is to be done is done first
	most, err := s.meddle(gaps)
	if err != nil {
		return nil, err
	}
	return s.Store.Gaps(ctx, gaps[:min(most, len(gaps))], q)
}

func (s *gapReads) begin(gaps []hub.Gap, q hub.GapQuery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sizes = append(s.sizes, len(gaps))
	if len(gaps) > 64 || q.AllRows < q.Limit || q.AllBytes < q.Bytes || q.Limit == 0 || q.Bytes == 0 {
		s.wrong = fmt.Errorf("%d gaps are read by %+v", len(gaps), q)
	}
	for _, g := range gaps {
		if s.busy[g.Conversation] {
			s.wrong = fmt.Errorf("%s is being read already", g.Conversation)
		}
		s.busy[g.Conversation] = true
	}
}

func (s *gapReads) end(gaps []hub.Gap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range gaps {
		delete(s.busy, g.Conversation)
	}
}

// missed is bob on the second of two hubs, who missed a message in each of some conversations, and the store by which that
// hub finds out.
func missed(t *testing.T, all *[]hub.ConversationRef, rooms int, meddle func([]hub.Gap) (int, error)) (*cluster, *gapReads, *listener) {
	t.Helper()
	store := &gapReads{meddle: meddle, busy: map[hub.ConversationSID]bool{}}
	hubs := 0
	c := newCluster(t, 2, roughness{}, func(config *hub.Config) {
		if hubs++; hubs == 2 {
			store.Store, config.Store = config.Store, store
		}
	})
	a, b := c.hubs[0], c.hubs[1]
	for range rooms {
		*all = append(*all, a.thread("bob"))
	}
	bob, _ := b.listen("bob", nil)
	for _, ref := range *all {
		a.say("ann", ref, "heard")
	}
	bob.until("what is heard", has(wire.EventMessageAdded, rooms))
	c.rough[0].mu.Lock()
	c.rough[0].cut = true
	c.rough[0].mu.Unlock()
	for _, ref := range *all {
		a.say("ann", ref, "missed")
	}
	return c, store, bob
}

// reads ends the watch, and gives the sizes of the reads.
func (s *gapReads) reads(t *testing.T) []int {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wrong != nil {
		t.Error(s.wrong)
	}
	return s.sizes
}

// TestGapsAreReadTogether: what many rooms miss is read in a few reads (rule R16); a conversation that was deleted a moment ago
// harms none of the others.
func TestGapsAreReadTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rooms = 100
		var all []hub.ConversationRef
		deleted := make(chan struct{})
		c, store, bob := missed(t, &all, rooms, func(gaps []hub.Gap) (int, error) {
			<-deleted
			return len(gaps), nil
		})
		<-time.NewTimer(3 * time.Second).C // all have been found
		c.hubs[0].do(c.hubs[0].as("ann"), &hub.DeleteConversation{Conversation: all[7]})
		close(deleted)
		bob.until("what was missed", has(wire.EventMessageAdded, 2*rooms-1))
		bob.until("the end of one", has(wire.EventConversationLeft, 1))
		c.settled("bob", bob)
		if sizes := store.reads(t); len(sizes) > 4 { // two begin with the first that are found, and two take the others
			t.Errorf("%d rooms were read by %v", rooms, sizes)
		}
	})
}

// TestOneReadOfARoom: a room that is found to miss something while that is being read is not read a second time (rule R16).
func TestOneReadOfARoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rooms = 10
		var all []hub.ConversationRef
		var reads atomic.Int64
		slow := make(chan struct{})
		_, store, bob := missed(t, &all, rooms, func(gaps []hub.Gap) (int, error) {
			if reads.Add(1) == 1 {
				<-slow
			}
			return len(gaps), nil
		})
		<-time.NewTimer(5 * time.Second).C // everything has been compared several times
		store.reads(t)
		close(slow)
		bob.until("what was missed", has(wire.EventMessageAdded, 2*rooms))
	})
}

// TestOneGapFailsAlone: a room that cannot be read keeps no other from what it missed, and gets it when it can be.
func TestOneGapFailsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rooms = 40
		var all []hub.ConversationRef
		var alone atomic.Int64
		var heals atomic.Bool
		_, store, bob := missed(t, &all, rooms, func(gaps []hub.Gap) (int, error) {
			if heals.Load() || !slices.ContainsFunc(gaps, func(g hub.Gap) bool { return g.Conversation == all[3].SID() }) {
				return len(gaps), nil
			}
			if len(gaps) == 1 {
				alone.Add(1)
			}
			return 0, errors.New("it cannot be read")
		})
		notes := bob.until("what the others missed", has(wire.EventMessageAdded, 2*rooms-1))
		if f, err := judge(notes); err != nil || f.next[all[3].SID()] != 1 || alone.Load() > 1 {
			t.Errorf("of the one that cannot be read %d came, tried alone %d times: %v", f.next[all[3].SID()], alone.Load(), err)
		}
		heals.Store(true)
		bob.until("all that was missed", has(wire.EventMessageAdded, 2*rooms))
		store.reads(t)
	})
}

// TestGapsBeyondTheBound: rooms that a read did not come to are read next, not later.
func TestGapsBeyondTheBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rooms = 30
		var all []hub.ConversationRef
		_, store, bob := missed(t, &all, rooms, func([]hub.Gap) (int, error) { return 1, nil })
		bob.until("the first", has(wire.EventMessageAdded, rooms+1))
		began := time.Now()
		bob.until("what was missed", has(wire.EventMessageAdded, 2*rooms))
		if sizes := store.reads(t); len(sizes) != rooms {
			t.Errorf("%d rooms were read one by one by %v", rooms, sizes)
		}
		if took := time.Since(began); took > 500*time.Millisecond { // of the bubble
			t.Errorf("it took %v", took)
		}
	})
}
