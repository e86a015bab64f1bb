package clustertest

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"parley/store/postgres/pgtest"
)

// TestStandby kills a PostgreSQL whose standby does not have all of it yet, and promotes that. What was acknowledged and is
// gone is excused because clients are told of another epoch; nothing else is.
func TestStandby(t *testing.T) {
	t.Parallel()
	c := Start(t, Config{})
	w := Found(c, 160)
	t.Run("promoted without what was acknowledged last", func(t *testing.T) {
		replication := NewLink(t, c.Postgres.Addr())
		standby := c.Postgres.Standby(t, replication.Addr())
		w.lost = true
		for _, at := range w.Places { // additions and removals are lost likewise, and have no excuse in the history
			at.quiet = true
		}
		w.Through(t, func() {
			replication.Cut()
			before := messages(t, standby, c.DatabaseName())
			w.Await(200)
			if now := messages(t, c.Postgres, c.DatabaseName()); now <= before {
				t.Errorf("the standby has %d messages, the server %d", before, now)
			}
			c.Postgres.Kill(t)
			standby.Promote(t)
			c.Commits.Redirect(standby.Addr())
		})
		if w.excused == 0 {
			t.Error("nothing that was acknowledged was lost")
		}
		told := 0
		for _, p := range w.People {
			p.mu.Lock()
			told += min(1, p.changes)
			p.mu.Unlock()
		}
		t.Logf("%d acknowledged messages are lost; %d of %d clients were told of another epoch", w.excused, told, len(w.People))
		if told != len(w.People) {
			t.Error("not all clients were told of another epoch")
		}
	})
	w.Leave(t)
}

// messages counts what a server has.
func messages(t *testing.T, s *pgtest.Server, database string) (n int) {
	t.Helper()
	s.Run(t, database, func(conn *pgx.Conn) error {
		return conn.QueryRow(t.Context(), `SELECT count(*) FROM message`).Scan(&n)
	})
	return n
}
