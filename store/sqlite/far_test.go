package sqlite_test

import (
	"errors"
	"fmt"
	"testing"

	"parley/hub"
	"parley/store/sqlite"
)

// TestFarBehind: wherever a reader stands in a long conversation with gaps, it gets the messages since and no others.
func TestFarBehind(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqlite.Config{Synchronous: "normal"})
	const n = 200
	var ops []*hub.Op
	for i := range n {
		ops = append(ops, &hub.Op{Run: say(d.service.SID, d.c, "ann", fmt.Sprint(i), "")}) // at revision i+2
	}
	d.store.Commit(ops)
	gone := func(index int64) bool { return index%7 == 0 || index > 40 && index < 90 || index > 190 }
	d.must(func(tx hub.Tx) error {
		c, err := tx.Conversation(d.service.SID, hub.ConversationRef(d.c))
		for i := range int64(n) {
			if err != nil || !gone(i) {
				continue
			}
			var m *hub.Message
			if m, err = tx.Message(d.c, hub.MessageRef{Index: i}); err == nil {
				c.Revision++
				c.Messages--
				m.Removed, m.Changed = true, c.Revision
				err = tx.PutMessage(m)
			}
		}
		return errors.Join(err, tx.PutHead(c))
	})
	for since := range hub.Revision(n + 2) {
		changes, err := d.store.Changes(t.Context(), hub.Viewer{Service: d.service.SID}, d.c, hub.ChangeQuery{Since: since, Limit: 2 * n, TooMany: 2 * n})
		if err != nil {
			t.Fatal(err)
		}
		next, rows := max(int64(since)-1, 0), 0 // the first index created since
		for i := range int64(n) {
			if i >= next || gone(i) {
				rows++
			}
		}
		if changes.Total != rows {
			t.Errorf("since %d %d rows, counted %d", since, rows, changes.Total)
		}
		for _, e := range changes.Events {
			if e.Kind != hub.MessageAdded {
				if e.Kind != hub.MessageRemoved || !gone(e.Message.Index) || e.Message.Created > since {
					t.Errorf("since %d: %+v", since, e)
				}
				continue
			}
			for gone(next) {
				next++
			}
			if e.Message.Index != next {
				t.Fatalf("since %d message %d came for %d", since, e.Message.Index, next)
			}
			next++
		}
		for ; next < n; next++ {
			if !gone(next) {
				t.Errorf("since %d message %d is missing", since, next)
			}
		}
	}
}

// TestPurgeIsBounded: no call takes more than its share, and in the end nothing is left.
func TestPurgeIsBounded(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqlite.Config{Synchronous: "normal"})
	var ops []*hub.Op
	for i := range 700 {
		ops = append(ops, &hub.Op{Run: say(d.service.SID, d.c, "ann", "x", fmt.Sprint(i))})
	}
	d.store.Commit(ops)
	d.must(func(tx hub.Tx) error {
		m, err := tx.Message(d.c, hub.MessageRef{Index: 3})
		if err == nil {
			_, _, err = tx.React(m, "+1", "ann", true)
		}
		return err
	})
	rows := func() (all int) {
		for _, table := range []string{"message", "nonce", "reaction", "participant", "search_row", "search_position", "search_docsize"} {
			n, err := d.store.Rows(t.Context(), table)
			if err != nil {
				t.Fatal(err)
			}
			all += n
		}
		return all
	}
	mark := hub.IndexMark{Service: d.service.SID, Conversation: d.c}
	d.index(mark)
	before := rows()
	if before < 2800 {
		t.Errorf("%d rows before", before)
	}
	late := d.step(mark)
	d.delete()
	for more := true; more; {
		var err error
		if more, err = d.store.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		now := rows()
		if before-now > 500 || more && now == before && now > 0 {
			t.Errorf("%d rows, then %d", before, now)
		}
		before = now
	}
	if before != 0 {
		t.Errorf("%d rows are left", before)
	}
	if err := d.store.Index(t.Context(), []hub.IndexStep{late}); err != nil || rows() != 0 {
		t.Errorf("a late step left %d rows, %v", rows(), err)
	}
}
