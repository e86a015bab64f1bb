package hub_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"parley/hub"
	"parley/session/wire"
)

// countingReads counts the net reads of a store.
type countingReads struct {
	hub.Store
	changes atomic.Int64
}

func (s *countingReads) Changes(ctx context.Context, v hub.Viewer, c hub.ConversationSID, q hub.ChangeQuery) (*hub.Changes, error) {
	s.changes.Add(1)
	return s.Store.Changes(ctx, v, c, q)
}

// Indexed has nothing indexed: that would read changes, too.
func (*countingReads) Indexed(context.Context, []hub.ConversationSID) ([]hub.IndexMark, error) {
	return nil, nil
}

// TestResumesShareReads: many who come back behind by the same amount cost a few net reads, and each gets all of it; one
// who was removed meanwhile gets nothing of it.
func TestResumesShareReads(t *testing.T) {
	const crowd, said = 40, 10
	var store *countingReads
	w := newWorld(t, func(config *hub.Config) {
		store = &countingReads{Store: config.Store}
		config.Store = store
	})
	var others []string
	for i := range crowd {
		others = append(others, fmt.Sprintf("user%d", i))
	}
	ref := w.thread(append(others, "removed")...)
	view, err := w.hub.Conversation(t.Context(), w.as("ann"), ref)
	if err != nil {
		t.Fatal(err)
	}
	resume := &hub.Resume{Epoch: w.hub.Epoch(), Positions: map[hub.ConversationSID]hub.Revision{view.SID: view.Revision}}
	for i := range said {
		w.say("ann", ref, fmt.Sprint(i))
	}
	store.changes.Store(0)
	var all []*listener
	for _, who := range others {
		l, _ := w.listen(who, resume)
		all = append(all, l)
	}
	for i, l := range all {
		notes := l.until("the end of the resume", has(wire.EventResumed, 1))
		if n := count(notes, wire.EventMessageAdded); n != said || count(notes, wire.EventConversationReplayed) != 1 {
			t.Errorf("%s got %s", others[i], methods(notes))
		}
	}
	w.do(w.as("ann"), &hub.RemoveParticipant{Conversation: ref, Participant: "removed"})
	removed, _ := w.listen("removed", resume)
	if notes := removed.until("the end of the resume", has(wire.EventResumed, 1)); count(notes, wire.EventMessageAdded) != 0 {
		t.Errorf("the one who was removed got %s", methods(notes))
	}
	if n := store.changes.Load(); n > crowd/4 {
		t.Errorf("%d resumes took %d net reads", crowd, n)
	}
}
