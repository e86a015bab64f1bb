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
