package postgres

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// AddAlone adds one message in a transaction of its own, as a hub without group commit would: it waits for the lock.
func (s *Store) AddAlone(conn *pgx.Conn, op *hub.Op) error {
	a := op.Plan.Append()
	d := &draft{op: op, append: a, at: target{a.Service, a.Conversation}, sid: a.Conversation.SID()}
	return s.addOnce(conn, []*draft{d}, true, false)
}

// Connect makes a connection like the writer's.
func (s *Store) Connect(ctx context.Context) (*pgx.Conn, error) { return s.connect(ctx) }

// SearchWide has every search go by the index of words.
func (s *Store) SearchWide() { s.narrow = -1 }

// Ask asks the server whether something is so.
func (s *Store) Ask(tb testing.TB, text string) (so bool) {
	tb.Helper()
	if err := s.pool.QueryRow(tb.Context(), text).Scan(&so); err != nil {
		tb.Fatal(err)
	}
	return so
}
