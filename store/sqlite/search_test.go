package sqlite_test

import (
	"slices"
	"testing"

	"parley/hub"
	"parley/store/sqlite"
	"parley/store/storetest"
)

// TestSearchWide: a search that names no conversations to the index finds the same.
func TestSearchWide(t *testing.T) {
	storetest.RunSearch(t, func(t *testing.T) hub.Store {
		t.Helper()
		s := open(t, sqlite.Config{})
		s.SearchWide()
		return s
	})
}

// step is what brings the index of a conversation up to date from a mark on.
func (d *desk) step(m hub.IndexMark) hub.IndexStep {
	d.Helper()
	changes, err := d.store.Changes(d.Context(), hub.Viewer{Service: m.Service}, m.Conversation, hub.ChangeQuery{Since: m.Indexed, Limit: 10_000})
	if err != nil {
		d.Fatal(err)
	}
	return hub.NewIndexStep(m.Conversation, m.Indexed, changes)
}

func (d *desk) index(m hub.IndexMark) {
	d.Helper()
	if err := d.store.Index(d.Context(), []hub.IndexStep{d.step(m)}); err != nil {
		d.Fatal(err)
	}
}

// delete deletes the desk's conversation.
func (d *desk) delete() {
	d.Helper()
	d.must(func(tx hub.Tx) error {
		c, err := tx.Conversation(d.service.SID, hub.ConversationRef(d.c))
		if err != nil {
			return err
		}
		c.Revision++
		c.Deleted = true
		return tx.PutConversation(c)
	})
}

// TestOrderOfOneMoment: messages whose sids begin alike are all found, and in the order of their sids as far as there is room.
func TestOrderOfOneMoment(t *testing.T) {
	d := newDesk(t, sqlite.Config{Synchronous: "normal"})
	var step hub.IndexStep
	var want []string
	for _, end := range []string{"b1e80005", "b1e80007", "b1e80003", "b1e90000", "b1d80000", "fffbf000", "00080000"} {
		sid := hub.MessageSID("IM0190a5f1c0a07" + end + "0000000000000"[:34-15-len(end)])
		want = append(want, string(sid))
		step.Put = append(step.Put, hub.IndexRow{Message: sid, Words: []string{"tea"}})
	}
	step.Conversation, step.To = d.c, 1
	if err := d.store.Index(t.Context(), []hub.IndexStep{step}); err != nil {
		t.Fatal(err)
	}
	got, err := d.store.IndexOrder(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func BenchmarkSearch(b *testing.B) {
	storetest.BenchmarkSearch(b, func(b *testing.B) hub.Store {
		b.Helper()
		return open(b, sqlite.Config{Synchronous: "normal"})
	})
}
