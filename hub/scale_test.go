package hub_test

import (
	"fmt"
	"testing"

	"parley/hub"
)

// TestHorizonsOfLargeConversations: beyond ReadAudience participants only the mover's own sessions are told (rule R26).
func TestHorizonsOfLargeConversations(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	for i := range hub.ReadAudience - 1 {
		w.do(w.as("ann"), &hub.AddParticipant{Conversation: ref, Identity: fmt.Sprint("user", i)})
	}
	w.say("ann", ref, "hello")
	ann, _ := w.listen("ann", nil)
	bob, _ := w.listen("bob", nil)
	zero := int64(0)
	w.do(w.as("bob"), &hub.SetHorizon{Conversation: ref, Index: &zero})
	bob.until("his own move", has("readHorizonsMoved", 1))
	w.do(w.as("bob"), &hub.LeaveConversation{Conversation: ref}) // now it is not too large
	w.do(w.as("ann"), &hub.SetHorizon{Conversation: ref, Index: &zero})
	moved := func(who string) func([]note) bool {
		return func(notes []note) bool {
			for _, n := range notes {
				for _, h := range n.Params.Horizons {
					if h.Identity == who {
						return true
					}
				}
			}
			return false
		}
	}
	if notes := ann.until("her own move", moved("ann")); moved("bob")(notes) {
		t.Error("ann was told how far bob has read")
	}
}

// TestUserRevision: every beginning and end of a membership raises the user's revision (rule R19).
func TestUserRevision(t *testing.T) {
	w := newWorld(t)
	at := func() hub.Revision {
		u, _, err := w.store.Memberships(t.Context(), w.service, "bob")
		if err != nil {
			t.Fatal(err)
		}
		return u.Revision
	}
	ref := w.thread("bob")
	before := at()
	if w.do(w.as("bob"), &hub.SetNotification{Conversation: ref, Level: hub.NotifyMuted}); at() <= before {
		t.Error("muting did not raise the user's revision")
	}
	before = at()
	if w.do(w.as("bob"), &hub.LeaveConversation{Conversation: ref}); at() <= before {
		t.Error("leaving did not raise the user's revision")
	}
	before = at()
	if w.do(w.as("ann"), &hub.AddParticipant{Conversation: ref, Identity: "bob"}); at() <= before {
		t.Error("being added did not raise the user's revision")
	}
}
