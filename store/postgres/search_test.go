package postgres_test

import (
	"testing"
	"time"

	"parley/hub"
	"parley/store/postgres"
	"parley/store/storetest"
)

// TestSearchWide: a search by the index of words finds the same as one that looks at each message.
func TestSearchWide(t *testing.T) {
	storetest.RunSearch(t, func(t *testing.T) hub.Store {
		t.Helper()
		s := open(t, postgres.Config{})
		s.SearchWide()
		return s
	})
}

// TestIndexOfDeleted: a step that comes after its conversation was deleted and purged leaves nothing behind.
func TestIndexOfDeleted(t *testing.T) {
	s := open(t, postgres.Config{})
	service, _ := hub.NewService("tests", time.Now().UTC().Truncate(time.Millisecond))
	c := &hub.Conversation{
		SID: hub.NewConversationSID(), Service: service.SID, State: hub.StateActive, Changed: 1,
		Head: hub.Head{Revision: 1, LastIndex: hub.NoIndex, LastLive: hub.NoIndex},
	}
	for _, deleted := range []bool{false, true} {
		c.Deleted = deleted
		op := &hub.Op{Run: func(tx hub.Tx) error { return tx.PutConversation(c) }}
		if s.Commit([]*hub.Op{op}); op.Err != nil {
			t.Fatal(op.Err)
		}
	}
	step := hub.IndexStep{Conversation: c.SID, To: 1, Put: []hub.IndexRow{{Message: hub.NewMessageSID(), Words: []string{"late"}}}}
	for more := true; more; {
		var err error
		if more, err = s.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Index(t.Context(), []hub.IndexStep{step}); err != nil {
		t.Fatal(err)
	}
	conn, err := s.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // nothing is left to send
	var rows int
	if err := conn.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM search) + (SELECT count(*) FROM search_position)`).Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d rows are left, %v", rows, err)
	}
}

func BenchmarkSearch(b *testing.B) {
	storetest.BenchmarkSearch(b, func(b *testing.B) hub.Store {
		b.Helper()
		return open(b, postgres.Config{})
	})
}
