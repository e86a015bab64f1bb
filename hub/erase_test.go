package hub_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"parley/hub"
)

// TestEraseUser: whatever somebody said and did is gone, others see it go, and whoever comes next by that name is new.
func TestEraseUser(t *testing.T) {
	s := &shelf{there: map[hub.MediaSID]bool{}}
	w := newWorld(t, func(c *hub.Config) { c.Blobs = s })
	account, bob := hub.Actor{Service: w.service}, w.as("bob")
	tea, left, closed := w.thread("bob"), w.thread("bob"), w.thread("bob")
	for i := range 230 { // more than one commit erases
		w.say([]string{"ann", "bob", "bob"}[i%3], tea, fmt.Sprintf("zebra %d of it", i))
	}
	w.do(w.as("ann"), &hub.React{Conversation: tea, Message: hub.MessageRef{Index: 0}, Reaction: "+1"})
	w.do(bob, &hub.React{Conversation: tea, Message: hub.MessageRef{Index: 0}, Reaction: "+1"})
	edited := "by bob"
	w.do(account, &hub.EditMessage{Conversation: tea, Message: hub.MessageRef{Index: 0}, Attributes: new(hub.Attributes("[1]"))})
	carried, loose := w.upload(s, bob), w.upload(s, bob)
	w.do(bob, &hub.SendMessage{Conversation: left, Body: edited, ReplyTo: hub.NoIndex, Media: []hub.MediaSID{carried.SID}, Nonce: "bob-1"})
	w.do(bob, &hub.RemoveMessage{Conversation: left, Message: hub.MessageRef{Index: 0}})
	w.say("bob", left, "zebra again")
	w.do(bob, &hub.LeaveConversation{Conversation: left})
	w.say("bob", closed, "zebra, finally")
	w.do(account, &hub.UpdateConversation{Conversation: closed, State: new(hub.StateClosed)})

	ann, _ := w.listen("ann", nil)
	his, _ := w.listen("bob", nil)
	if err := w.hub.EraseUser(t.Context(), account, "bob"); err != nil {
		t.Fatal(err)
	}
	ann.until("messages go", has("messageRemoved", 153+1)) // a closed conversation tells of nothing
	his.mu.Lock()
	for his.ended == 0 {
		his.change.Wait()
	}
	if his.ended != hub.CodeBarred {
		t.Errorf("a session of the erased ended with %d", his.ended)
	}
	his.mu.Unlock()
	for _, ref := range []hub.ConversationRef{tea, left, closed} {
		w.nothingOf("bob", ref)
	}
	if s.has(carried.SID) || s.has(loose.SID) {
		t.Error("a file is still there")
	}
	found, err := w.hub.Search(t.Context(), account, hub.Search{Query: "zebra", Limit: 100})
	if err != nil || len(found.Messages) != 77 || !found.Complete {
		t.Errorf("found are %d messages, %v; 77 are ann's", len(found.Messages), err)
	}
	if err := w.hub.EraseUser(t.Context(), account, "bob"); err != nil { // as who asks again
		t.Error(err)
	}
	w.do(bob, &hub.OpenUser{})
	w.do(w.as("ann"), &hub.AddParticipant{Conversation: tea, Identity: "bob"})
	w.say("bob", tea, "I am new here")
	w.refused(hub.CodeForbidden, w.as("ann"), &hub.BarUser{Identity: "bob"})
	if err := w.hub.EraseUser(t.Context(), w.as("ann"), "bob"); hub.AsError(err).Code != hub.CodeForbidden {
		t.Errorf("a user erases another: %v", err)
	}
}

// nothingOf demands that a conversation does not know an identity, and that its indexes have no gap.
func (w *world) nothingOf(identity string, ref hub.ConversationRef) {
	w.t.Helper()
	view, err := w.hub.Conversation(w.t.Context(), hub.Actor{Service: w.service}, ref)
	if err != nil {
		w.t.Fatal(err)
	}
	left, err := w.store.Traces(w.t.Context(), w.service, view.SID, hub.TraceQuery{Identity: identity, To: view.LastIndex + 1})
	if err != nil || len(left.Messages)+len(left.Reactions)+len(left.Memberships) > 0 {
		w.t.Errorf("left are %+v, %v", left, err)
	}
	for i := range view.LastIndex + 1 {
		w.tx(func(tx hub.Tx) error {
			m, err := tx.Message(view.SID, hub.MessageRef{Index: i})
			if err == nil && (m == nil || m.Author == identity || m.LastUpdatedBy == identity || strings.HasPrefix(m.Nonce, identity)) {
				w.t.Errorf("message %d is %+v", i, m)
			}
			return err
		})
	}
}

// tx reads in a transaction of its own.
func (w *world) tx(read func(hub.Tx) error) {
	w.t.Helper()
	op := &hub.Op{Run: read}
	w.store.Commit([]*hub.Op{op})
	if op.Err != nil {
		w.t.Fatal(op.Err)
	}
}

// TestEraseCutShort: an erasure that ends on the way leaves the user barred, and the next one brings it to its end.
func TestEraseCutShort(t *testing.T) {
	w := newWorld(t)
	account, ref := hub.Actor{Service: w.service}, w.thread("bob")
	w.say("bob", ref, "hello")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.hub.EraseUser(ctx, account, "bob"); err == nil {
		t.Fatal("it was not cut short")
	}
	w.do(account, &hub.BarUser{Identity: "bob"}) // which may have come about before it was cut
	if err := w.hub.EraseUser(t.Context(), account, "bob"); err != nil {
		t.Fatal(err)
	}
	w.nothingOf("bob", ref)
	w.do(w.as("bob"), &hub.OpenUser{})
}

// TestEraseConversation: it is gone when that is answered, and also where there was none.
func TestEraseConversation(t *testing.T) {
	w := newWorld(t)
	account, ref := hub.Actor{Service: w.service}, w.thread("bob")
	for range 700 { // more than one step of purging
		w.say("bob", ref, "hello")
	}
	w.refused(hub.CodeForbidden, w.as("bob"), &hub.DeleteConversation{Conversation: ref})
	for range 2 {
		if err := w.hub.EraseConversation(t.Context(), account, ref); err != nil {
			t.Fatal(err)
		}
	}
	if more, err := w.store.Purge(t.Context()); more || err != nil {
		t.Errorf("something is still to be purged: %v", err)
	}
}
