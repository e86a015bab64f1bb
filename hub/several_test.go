package hub_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub"
	"parley/session/wire"
)

// TestSeveralHubs: what happens on one hub reaches the sessions on another, their own places included.
func TestSeveralHubs(t *testing.T) {
	c := newCluster(t, 2, roughness{}, func(config *hub.Config) { config.Compare = time.Hour })
	a, b := c.hubs[0], c.hubs[1]
	ref := a.thread("bob")
	ann, _ := a.listen("ann", nil)
	bob, _ := b.listen("bob", nil)
	cat, _ := b.listen("cat", nil)
	a.say("ann", ref, "hello")
	b.say("bob", ref, "hello yourself")
	ann.until("both messages", has(wire.EventMessageAdded, 2))
	bob.until("both messages", has(wire.EventMessageAdded, 2))

	a.do(a.as("ann"), &hub.AddParticipant{Conversation: ref, Identity: "cat"})
	cat.until("to be in", has(wire.EventConversationJoined, 1))
	b.say("cat", ref, "here")
	ann.until("the newcomer's message", has(wire.EventMessageAdded, 3))
	bob.until("the newcomer", has(wire.EventParticipantJoined, 1))
	cat.until("its own message", has(wire.EventMessageAdded, 1))

	a.do(a.as("ann"), &hub.RemoveParticipant{Conversation: ref, Participant: "cat"})
	cat.until("to be out", has(wire.EventConversationLeft, 1))
	a.say("ann", ref, "gone")
	bob.until("what came after", has(wire.EventMessageAdded, 4))
	for who, l := range map[string]*listener{"bob": bob, "cat": cat} {
		c.settled(who, l)
	}
	if notes := cat.until("nothing more", has(wire.EventConversationLeft, 1)); count(notes, wire.EventMessageAdded) != 1 {
		t.Errorf("the one who was removed got %s", methods(notes))
	}

	a.do(a.as("ann"), &hub.DeleteConversation{Conversation: ref})
	bob.until("the end", has(wire.EventConversationLeft, 1))
}

// TestSignalsCrossHubs: typing, horizons and a user's own signals reach sessions on other hubs.
func TestSignalsCrossHubs(t *testing.T) {
	c := newCluster(t, 2, roughness{})
	a, b := c.hubs[0], c.hubs[1]
	ref := a.thread("bob")
	bob, _ := b.listen("bob", nil)
	alsoAnn, _ := b.listen("ann", nil)
	a.say("ann", ref, "hello")
	bob.until("the message", has(wire.EventMessageAdded, 1)) // by now the topic is subscribed to
	if err := a.hub.Typing(t.Context(), a.as("ann"), ref); err != nil {
		t.Fatal(err)
	}
	bob.until("typing", has(wire.EventTypingStarted, 1))
	read := int64(0)
	a.do(a.as("ann"), &hub.SetHorizon{Conversation: ref, Index: &read})
	bob.until("the horizon", has(wire.EventReadHorizonsMoved, 1))
	alsoAnn.until("the own state", has(wire.EventOwnConversationUpdated, 1))
	name := "Ann"
	a.do(a.as("ann"), &hub.UpdateUser{FriendlyName: &name})
	alsoAnn.until("the user", has(wire.EventUserUpdated, 1))
	a.say("ann", ref, "typed")
	bob.until("the end of typing", has(wire.EventTypingEnded, 1))
}

// TestBarredEverywhere: a barred user's sessions end on every hub, at once, and the store refuses what it asks for.
func TestBarredEverywhere(t *testing.T) {
	c := newCluster(t, 2, roughness{}, func(config *hub.Config) { config.Compare = time.Hour })
	a, b := c.hubs[0], c.hubs[1]
	ref := a.thread("bob")
	bob, _ := b.listen("bob", nil)
	a.say("ann", ref, "hello")
	bob.until("the message", has(wire.EventMessageAdded, 1))
	account := hub.Actor{Service: a.service}
	a.do(account, &hub.BarUser{Identity: "bob"})
	bob.until("its end", func([]note) bool { return bob.ended == hub.CodeBarred })
	b.refused(hub.CodeBarred, b.as("bob"), &hub.SendMessage{Conversation: ref, Body: "let me in", ReplyTo: hub.NoIndex})
	b.refused(hub.CodeBarred, b.as("bob"), &hub.OpenUser{})
	a.do(account, &hub.BarUser{Identity: "bob", Lift: true})
	b.say("bob", ref, "thanks")
}

// TestReachableAnywhere: those who watch a user hear that it came and went, on whichever hub; two sessions on two hubs are one
// being online.
func TestReachableAnywhere(t *testing.T) {
	c := newCluster(t, 3, roughness{})
	a, b, third := c.hubs[0], c.hubs[1], c.hubs[2]
	services, err := a.store.Services(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	service := *services[0]
	service.Reachability = true
	a.do(hub.Actor{Service: a.service}, &hub.PutService{Service: &service})

	ann, _ := a.listen("ann", nil)
	bob := a.do(a.as("bob"), &hub.OpenUser{}).(*hub.User)
	ann.feed.Watch(bob)
	online := func(w *world) bool {
		u, err := w.hub.User(t.Context(), w.as("ann"), "bob")
		if err != nil || u.Online == nil {
			t.Fatalf("bob's reachability is %v, %v", u, err)
		}
		return *u.Online
	}
	if online(a) {
		t.Fatal("bob is online before he came")
	}
	first, _ := b.listen("bob", nil)
	ann.until("bob to come", has(wire.EventUserUpdated, 1))
	if !online(a) || !online(b) || !online(third) {
		t.Error("bob is not online everywhere")
	}
	second, _ := third.listen("bob", nil)
	first.close()
	second.close()
	ann.until("bob to go", has(wire.EventUserUpdated, 2))
	if online(a) || online(third) {
		t.Error("bob is still online")
	}
}

// TestLostLastPublish: what nothing later tells of is found by comparing with the store (rule R17).
func TestLostLastPublish(t *testing.T) {
	c := newCluster(t, 2, roughness{})
	a, b := c.hubs[0], c.hubs[1]
	ref := a.thread("bob")
	bob, _ := b.listen("bob", nil)
	a.say("ann", ref, "hello")
	bob.until("the message", has(wire.EventMessageAdded, 1))
	c.rough[0].lose(true)
	a.say("ann", ref, "lost")
	bob.until("the lost message", has(wire.EventMessageAdded, 2))
	a.do(a.as("ann"), &hub.RemoveParticipant{Conversation: ref, Participant: "bob"})
	bob.until("the lost removal", has(wire.EventConversationLeft, 1))
	a.do(a.as("ann"), &hub.AddParticipant{Conversation: ref, Identity: "bob"})
	bob.until("the lost return", has(wire.EventConversationJoined, 1))
	c.settled("bob", bob)
}

// TestRoughBus: whatever the bus does to what it carries, every session sees each message once and in order, and in
// the end all that its user is in.
func TestRoughBus(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	c := newCluster(t, 3, roughness{drop: .05, repeat: .1, delay: .2})
	users := []string{"ann", "bob", "cat", "dan", "eve"}
	first := c.hubs[0]
	var refs []hub.ConversationRef
	for range 4 {
		refs = append(refs, first.thread(users[1:]...))
	}
	listeners := map[string]*listener{}
	for i, who := range users {
		listeners[who], _ = c.hubs[i%len(c.hubs)].listen(who, nil)
	}
	var wg sync.WaitGroup
	for i, w := range c.hubs {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		wg.Go(func() {
			for n := range 150 {
				w.anything(rng, refs[rng.IntN(len(refs))], users, n)
			}
		})
	}
	rng := rand.New(rand.NewPCG(seed, 99))
	for range 30 { // meanwhile people move from hub to hub
		who := users[rng.IntN(len(users))]
		listeners[who] = c.move(listeners[who], who, c.hubs[rng.IntN(len(c.hubs))])
	}
	wg.Wait()
	for who, l := range listeners {
		c.settled(who, l)
	}
	for i, r := range c.rough {
		r.mu.Lock()
		if r.count.dropped == 0 || r.count.repeated == 0 || r.count.delayed == 0 {
			t.Errorf("the bus of hub %d was not rough: %+v", i, r.count)
		}
		r.mu.Unlock()
	}
}

// anything does one thing that somebody might; much of it is refused.
func (w *world) anything(rng *rand.Rand, ref hub.ConversationRef, users []string, n int) {
	who, other := users[rng.IntN(len(users))], users[1+rng.IntN(len(users)-1)]
	var cmd hub.Command
	switch rng.IntN(12) {
	case 0:
		who, cmd = "ann", &hub.AddParticipant{Conversation: ref, Identity: other}
	case 1:
		who, cmd = "ann", &hub.RemoveParticipant{Conversation: ref, Participant: hub.ParticipantRef(other)}
	case 2:
		cmd = &hub.JoinConversation{Conversation: ref}
	case 3:
		if who == "ann" {
			return // who could not come back
		}
		cmd = &hub.LeaveConversation{Conversation: ref}
	case 4:
		body := "mended"
		cmd = &hub.EditMessage{Conversation: ref, Message: hub.MessageRef{Index: int64(rng.IntN(20))}, Body: &body}
	case 5:
		cmd = &hub.RemoveMessage{Conversation: ref, Message: hub.MessageRef{Index: int64(rng.IntN(20))}}
	default:
		cmd = &hub.SendMessage{Conversation: ref, Body: fmt.Sprint(who, n), ReplyTo: hub.NoIndex}
	}
	w.try(w.as(who), cmd) //nolint:errcheck // refusals belong to it
}

// TestEndSessionsEverywhere: all sessions of a user end, on whichever hub they are, and nobody else's.
func TestEndSessionsEverywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, 2, roughness{})
		here, _ := c.hubs[0].listen("bob", nil)
		there, _ := c.hubs[1].listen("bob", nil)
		other, _ := c.hubs[1].listen("cat", nil)
		user := c.hubs[0].do(c.hubs[0].as("bob"), &hub.OpenUser{}).(*hub.User)
		if names := c.hubs[1].hub.Sessions(user.SID); len(names) != 1 || names[0] != there.feed.Name() {
			t.Errorf("on the second hub bob has %q", names)
		}
		c.hubs[0].hub.EndSessions(user.SID)
		for _, l := range []*listener{here, there} {
			l.until("to be ended", func([]note) bool { return l.ended == hub.CodeUnavailable })
		}
		synctest.Wait()
		if other.ended != 0 {
			t.Errorf("cat was ended with %d", other.ended)
		}
	})
}
