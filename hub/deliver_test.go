package hub_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"parley/hub"
	"parley/session/wire"
)

// checkOrder holds what a session saw of one conversation to the guarantees: revisions rise strictly, messages come
// once and by index.
func checkOrder(t *testing.T, notes []note, sid hub.ConversationSID) (bodies []string) {
	t.Helper()
	last, index := hub.Revision(0), int64(-1)
	for _, n := range notes {
		if n.Params.Conversation != sid || n.Params.Revision == 0 {
			continue
		}
		if n.Params.Revision <= last && n.Method != wireReplayed {
			t.Fatalf("%s at revision %d after %d", n.Method, n.Params.Revision, last)
		}
		last = n.Params.Revision
		if n.Method == "messageAdded" {
			if n.Params.Message.Index <= index {
				t.Fatalf("message %d after %d", n.Params.Message.Index, index)
			}
			index = n.Params.Message.Index
			bodies = append(bodies, n.Params.Message.Body)
		}
	}
	return bodies
}

const wireReplayed = "conversationReplayed"

func TestDeliver(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	ann, _ := w.listen("ann", nil)
	bob, _ := w.listen("bob", nil)
	for i := range 100 {
		w.say([]string{"ann", "bob"}[i%2], ref, fmt.Sprint(i))
	}
	for _, l := range []*listener{ann, bob} {
		bodies := checkOrder(t, l.until("100 messages", has("messageAdded", 100)), ref.SID())
		for i, body := range bodies {
			if body != fmt.Sprint(i) {
				t.Fatalf("message %d is %q", i, body)
			}
		}
	}
}

// TestSlowReaderIsServedByTheStore: one who sleeps through more than the ring holds gets all of it, in order, while
// others are not held up.
func TestSlowReaderIsServedByTheStore(t *testing.T) {
	w := newWorld(t, func(c *hub.Config) { c.RingEvents = 16 })
	ref := w.thread("bob")
	slow, _ := w.listen("bob", nil)
	quick, _ := w.listen("ann", nil)
	slow.pause(true)
	const n = 500
	for i := range n {
		w.say("ann", ref, fmt.Sprint(i))
	}
	checkOrder(t, quick.until("all at the quick one", has("messageAdded", n)), ref.SID())
	slow.pause(false)
	bodies := checkOrder(t, slow.until("all at the slow one", has("messageAdded", n)), ref.SID())
	if len(bodies) != n {
		t.Fatalf("the slow one got %d of %d messages", len(bodies), n)
	}
	if w.hub.Stats().Loads == 0 {
		t.Error("no page was read from the store: the ring did not overflow, so this shows nothing")
	}
}

func TestResume(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	quiet := w.thread("bob")
	w.say("ann", ref, "before")
	at := hub.Revision(4) // created, two joined, one message
	for i := range 250 {
		w.say("ann", ref, fmt.Sprint(i))
	}
	w.do(w.as("ann"), &hub.RemoveMessage{Conversation: ref, Message: hub.MessageRef{Index: 5}})
	l, replaying := w.listen("bob", &hub.Resume{Epoch: w.hub.Epoch(), Positions: map[hub.ConversationSID]hub.Revision{
		ref.SID(): at, quiet.SID(): 3, hub.NewConversationSID(): 7,
	}})
	if len(replaying) != 1 || replaying[0] != ref.SID() {
		t.Fatalf("replaying %v, want %s alone", replaying, ref)
	}
	l.until("the end of the resume", has("resumed", 1))
	w.say("ann", ref, "live")
	notes := l.until("the live message", has("messageAdded", 250))
	if got := len(checkOrder(t, notes, ref.SID())); got != 250 {
		t.Fatalf("got %d messages, want 249 replayed and 1 live", got)
	}
	if notes[0].Method != "connected" || count(notes, "conversationLeft") != 1 || count(notes, "conversationReplayed") != 1 {
		t.Fatalf("got %v", methods(notes))
	}
	for _, n := range notes {
		if n.Method == "messageAdded" && n.Params.Replay == (n.Params.Message.Body == "live") {
			t.Fatalf("message %q has replay %v", n.Params.Message.Body, n.Params.Replay)
		}
	}
}

func TestResumeResets(t *testing.T) {
	w := newWorld(t, func(c *hub.Config) { c.Limits.ResumeRows = 10 })
	ref := w.thread("bob")
	for i := range 20 {
		w.say("ann", ref, fmt.Sprint(i))
	}
	for name, resume := range map[string]hub.Resume{
		"too many rows":    {Positions: map[hub.ConversationSID]hub.Revision{ref.SID(): 3}},
		"beyond the store": {Positions: map[hub.ConversationSID]hub.Revision{ref.SID(): 1000}},
		"another epoch":    {Epoch: "other", Positions: map[hub.ConversationSID]hub.Revision{ref.SID(): 23}},
		"before a rejoin":  {Positions: map[hub.ConversationSID]hub.Revision{ref.SID(): 1}},
	} {
		l, _ := w.listen("bob", &resume)
		notes := l.until(name, has("resumed", 1))
		if got := fmt.Sprint(methods(notes)); got != "[connected conversationReset resumed]" {
			t.Errorf("%s: got %s", name, got)
		}
		l.close()
	}
	// A conversation that the client does not know is announced.
	l, _ := w.listen("bob", &hub.Resume{})
	if got := fmt.Sprint(methods(l.until("announcement", has("resumed", 1)))); got != "[connected conversationJoined resumed]" {
		t.Errorf("empty resume: got %s", got)
	}
}

// TestRemovalIsTheEnd: nothing of a conversation follows conversationLeft, whatever the session was behind by (rule
// R21), and a new membership begins with conversationJoined.
func TestRemovalIsTheEnd(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	bob, _ := w.listen("bob", nil)
	for round := range 30 {
		stop := make(chan struct{})
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
					w.try(w.as("ann"), &hub.SendMessage{Conversation: ref, Body: "x", ReplyTo: hub.NoIndex}) //nolint:errcheck // load
				}
			}
		}()
		bob.pause(round%2 == 0)
		w.say("ann", ref, "some")
		w.do(w.as("ann"), &hub.RemoveParticipant{Conversation: ref, Participant: "bob"})
		bob.pause(false)
		bob.until("conversationLeft", has("conversationLeft", round+1))
		close(stop)
		<-sent
		w.say("ann", ref, "after")
		w.do(w.as("ann"), &hub.AddParticipant{Conversation: ref, Identity: "bob"})
		bob.until("conversationJoined", has("conversationJoined", round+1))
	}
	in := true
	for _, n := range bob.until("anything", func([]note) bool { return true }) {
		switch n.Method {
		case "conversationLeft":
			in = false
		case "conversationJoined":
			in = true
		case "messageAdded", "participantLeft", "participantJoined":
			if !in {
				t.Fatalf("%s %q after conversationLeft", n.Method, n.Params.Message.Body)
			}
		}
	}
}

func TestDeletedConversation(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	bob, _ := w.listen("bob", nil)
	w.do(w.as("ann"), &hub.DeleteConversation{Conversation: ref})
	notes := bob.until("conversationLeft", has("conversationLeft", 1))
	if got := notes[len(notes)-1].Params.Reason; got != "deleted" {
		t.Errorf("reason %q", got)
	}
	w.refused(hub.CodeConversationAbsent, w.as("bob"), &hub.SendMessage{Conversation: ref, Body: "x", ReplyTo: hub.NoIndex})
}

func TestSignals(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	ann, _ := w.listen("ann", nil)
	bob, _ := w.listen("bob", nil)
	for range 3 {
		if err := w.hub.Typing(t.Context(), w.as("ann"), ref); err != nil {
			t.Fatal(err)
		}
	}
	bob.until("typingStarted", has("typingStarted", 1))
	w.say("ann", ref, "hello")
	notes := bob.until("typingEnded", has("typingEnded", 1))
	if n := count(notes, "typingStarted"); n != 1 {
		t.Errorf("typing was relayed %d times within %s", n, hub.TypingInterval)
	}
	index := int64(0)
	w.do(w.as("bob"), &hub.SetHorizon{Conversation: ref, Index: &index})
	bob.until("ownConversationUpdated", has("ownConversationUpdated", 1))
	ann.until("readHorizonsMoved", has("readHorizonsMoved", 1))
	if n := count(ann.until("", func([]note) bool { return true }), "ownConversationUpdated"); n != 0 {
		t.Error("ann was told of bob's own standing")
	}
}

// reborn is a store whose history can be replaced.
type reborn struct {
	hub.Store
	epoch atomic.Pointer[string]
}

func (s *reborn) Epoch() string { return *s.epoch.Load() }

// turning is a store whose history is replaced while a page is read.
type turning struct{ *reborn }

func (s *turning) Messages(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, q hub.MessageQuery) (*hub.MessagePage, error) {
	page, err := s.Store.Messages(ctx, v, ref, q)
	s.epoch.Store(new("new"))
	return page, err
}

// TestHistoryReplacedMeanwhile: what is read while the history is replaced is told to nobody (rule R4).
func TestHistoryReplacedMeanwhile(t *testing.T) {
	w := newWorld(t, func(config *hub.Config) {
		store := &turning{&reborn{Store: config.Store}}
		store.epoch.Store(new("old"))
		config.Store = store
	})
	ref := w.thread("bob")
	w.say("ann", ref, "before")
	read := func() error {
		_, err := w.hub.Messages(t.Context(), w.as("bob"), ref, hub.MessageQuery{Anchor: hub.NoIndex, Limit: 5})
		return err
	}
	if err := read(); err == nil || hub.AsError(err).Code != hub.CodeUnavailable || w.hub.Epoch() != "new" {
		t.Errorf("of a history that ends meanwhile: %v, and now it is %s", err, w.hub.Epoch())
	}
	if err := read(); err != nil {
		t.Errorf("of the new one: %v", err)
	}
}

// TestHistoryReplaced: when the store turns out to have another history nothing of it reaches those who know the old one;
// their sessions end, and come back to a reset (rule R4).
func TestHistoryReplaced(t *testing.T) {
	var store *reborn
	w := newWorld(t, func(config *hub.Config) {
		store = &reborn{Store: config.Store}
		store.epoch.Store(new("old"))
		config.Store = store
	})
	ref := w.thread("bob")
	bob, _ := w.listen("bob", nil)
	w.say("ann", ref, "before")
	notes := bob.until("the message", has(wire.EventMessageAdded, 1))
	store.epoch.Store(new("new"))
	w.say("ann", ref, "after")
	bob.until("its end", func([]note) bool { return bob.ended == hub.CodeUnavailable })
	w.say("ann", ref, "later")
	back, _ := w.listen("bob", &hub.Resume{
		Epoch: "old", Positions: map[hub.ConversationSID]hub.Revision{hub.ConversationSID(ref): notes[1].Params.Revision},
	})
	back.until("the reset", has(wire.EventConversationReset, 1))
	w.say("ann", ref, "anew")
	back.until("what comes then", has(wire.EventMessageAdded, 1))
	if got := bob.told(); count(got, wire.EventMessageAdded) != 1 {
		t.Errorf("a session of the old history got %s", methods(got))
	}
}
