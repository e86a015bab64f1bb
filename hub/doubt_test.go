package hub_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub"
	"parley/session/wire"
)

// asked is a store that remembers which conversations it was asked about, in their order.
type asked struct {
	hub.Store
	mu    sync.Mutex
	about [][]hub.ConversationSID
}

func (s *asked) Heads(ctx context.Context, sids []hub.ConversationSID) ([]hub.HeadMark, error) {
	s.mu.Lock()
	s.about = append(s.about, slices.Clone(sids))
	s.mu.Unlock()
	return s.Store.Heads(ctx, sids)
}

// forget empties what it remembers and gives it.
func (s *asked) forget() [][]hub.ConversationSID {
	s.mu.Lock()
	defer s.mu.Unlock()
	about := s.about
	s.about = nil
	return about
}

// TestDoubt: when a bus was rebuilt rooms and users are compared with the store at once, wherever the regular comparison was,
// and the rooms with the most subscribers first (rule R17).
func TestDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stores := []*asked{}
		c := newCluster(t, 2, roughness{}, func(config *hub.Config) {
			stores = append(stores, &asked{Store: config.Store})
			config.Compare, config.Store = time.Hour, stores[len(stores)-1]
		})
		a, b := c.hubs[0], c.hubs[1]
		var sids []hub.ConversationSID
		var refs []hub.ConversationRef
		for _, who := range [][]string{{"bob", "cat"}, {"bob", "cat", "dan"}, {"bob", "cat", "dan", "fay"}} {
			refs = append(refs, a.thread(who...))
			v, _, err := a.store.Conversation(t.Context(), hub.Viewer{Service: a.service}, refs[len(refs)-1])
			if err != nil {
				t.Fatal(err)
			}
			sids = append([]hub.ConversationSID{v.SID}, sids...)
		}
		lonely := a.thread() // of nobody on b: only the user's own revision tells of it
		bob, _ := b.listen("bob", nil)
		cat, _ := b.listen("cat", nil)
		dan, _ := b.listen("dan", nil)
		b.listen("fay", nil)
		eve, _ := b.listen("eve", nil)
		waits := []time.Duration{time.Minute, 2 * time.Second, 20 * time.Minute, time.Hour, 2 * time.Second}
		for n, wait := range waits {
			<-time.NewTimer(wait).C
			c.rough[0].lose(true)
			a.say("ann", refs[0], "lost")
			a.do(a.as("ann"), &hub.AddParticipant{Conversation: lonely, Identity: "eve"})
			c.rough[0].lose(false)
			synctest.Wait()
			stores[1].forget()
			began := time.Now()
			b.hub.Doubt("a test")
			bob.until("what was lost", has(wire.EventMessageAdded, n+1))
			eve.until("to be in", has(wire.EventConversationJoined, n+1))
			if took := time.Since(began); took > time.Second {
				t.Errorf("after %v of waiting it took %v", wait, took)
			}
			all := stores[1].forget()
			inOrder := func(about []hub.ConversationSID) bool { return slices.Equal(about[:min(len(sids), len(about))], sids) }
			if !slices.ContainsFunc(all, inOrder) {
				t.Errorf("asked about %v, and not in the order %v", all, sids)
			}
			a.do(a.as("ann"), &hub.RemoveParticipant{Conversation: lonely, Participant: "eve"})
			eve.until("to be out", has(wire.EventConversationLeft, n+1))
		}
		c.rough[0].lose(true)
		a.do(a.as("ann"), &hub.RemoveParticipant{Conversation: refs[1], Participant: "cat"})
		a.do(hub.Actor{Service: a.service}, &hub.BarUser{Identity: "dan"})
		began := time.Now()
		b.hub.Doubt("a test")
		cat.until("to be removed", has(wire.EventConversationLeft, 1))
		dan.until("to be barred", func([]note) bool { return dan.ended == hub.CodeBarred })
		if took := time.Since(began); took > time.Second {
			t.Errorf("a removal and a bar took %v", took)
		}
	})
}

// meanwhile is a store that lets something happen around the next reading of what a user is in.
type meanwhile struct {
	hub.Store
	mu            sync.Mutex
	before, after func()
}

func (s *meanwhile) Memberships(ctx context.Context, service hub.ServiceSID, who string) (*hub.User, []hub.Membership, error) {
	s.mu.Lock()
	before, after := s.before, s.after
	s.before, s.after = nil, nil
	s.mu.Unlock()
	if before == nil {
		return s.Store.Memberships(ctx, service, who)
	}
	before()
	defer after()
	return s.Store.Memberships(ctx, service, who)
}

// TestBackMeanwhile: while a hub reads what a user is in, the user is removed, unheard, before the reading, and added
// again after it. What was read does not end the new membership.
func TestBackMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &meanwhile{}
		c := newCluster(t, 2, roughness{}, func(config *hub.Config) {
			if config.Compare = time.Hour; store.Store == nil {
				store.Store = config.Store
				return
			}
			config.Store = store
		})
		a, b := c.hubs[0], c.hubs[1]
		ref, other := a.thread("bob"), a.thread()
		bob, _ := b.listen("bob", nil)
		a.say("ann", ref, "hello")
		bob.until("to follow", has(wire.EventMessageAdded, 1))
		store.mu.Lock()
		store.before = func() {
			a.do(a.as("ann"), &hub.RemoveParticipant{Conversation: ref, Participant: "bob"})
		}
		store.after = func() {
			c.rough[0].lose(false)
			a.do(a.as("ann"), &hub.AddParticipant{Conversation: ref, Identity: "bob"})
			bob.until("to be back", has(wire.EventConversationJoined, 1))
		}
		store.mu.Unlock()
		c.rough[0].lose(true)
		a.do(a.as("ann"), &hub.AddParticipant{Conversation: other, Identity: "bob"}) // has b read what bob is in
		b.hub.Doubt("a test")
		bob.until("both places", has(wire.EventConversationJoined, 2))
		a.say("ann", ref, "are you there?")
		bob.until("what is said", has(wire.EventMessageAdded, 2))
		c.settled("bob", bob)
	})
}
