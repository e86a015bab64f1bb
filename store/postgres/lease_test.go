package postgres_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/store/postgres"
	"parley/store/postgres/pgtest"
)

// clockwork makes the clock of a database one that the test sets: the server's, and as many seconds as the table says.
const clockwork = `
	CREATE TABLE ahead (seconds bigint NOT NULL);
	INSERT INTO ahead VALUES (0);
	CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
		'SELECT pg_catalog.clock_timestamp() + (SELECT seconds FROM public.ahead) * interval ''1 second''';
	DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database()); END $$`

// leases is two stores on one database whose clock can be set.
type leases struct {
	*testing.T
	url   string
	hubs  [2]*postgres.Store
	ahead int
}

func newLeases(t *testing.T) *leases {
	t.Helper()
	l := &leases{T: t, url: pgtest.Shared(t).Database(t)}
	change(t, l.url, clockwork)
	for i := range l.hubs {
		l.hubs[i] = open(t, postgres.Config{URL: l.url})
	}
	return l
}

// later sets the clock of the database forward; it goes on by itself all the same.
func (l *leases) later(d time.Duration) {
	l.Helper()
	l.ahead += int(d / time.Second)
	change(l.T, l.url, fmt.Sprint("UPDATE ahead SET seconds = ", l.ahead))
}

// asks has a hub ask for a lease, and fails where the answer is not the one that is due.
func (l *leases) asks(n int, job string, ttl time.Duration, want bool) {
	l.Helper()
	if held, err := l.hubs[n].Lease(l.Context(), job, ttl); err != nil || held != want {
		l.Errorf("hub %d asks for %s for %v: held %v, %v; want %v", n, job, ttl, held, err, want)
	}
}

// TestLease: one of two hubs has a job, renews it and gives it back; when it does not, the other has it once the time is over
// by the clock of the database, which is not that of the hubs.
func TestLease(t *testing.T) {
	l := newLeases(t)
	l.asks(0, "purge", time.Hour, true)
	l.asks(1, "purge", time.Hour, false)
	l.asks(1, "timers", time.Hour, true) // another job is another lease
	l.asks(0, "timers", time.Hour, false)

	l.later(50 * time.Minute)
	l.asks(0, "purge", time.Hour, true) // renewed
	l.later(50 * time.Minute)
	l.asks(1, "purge", time.Hour, false)
	l.later(15 * time.Minute)
	l.asks(1, "purge", time.Hour, true) // over, and taken
	l.asks(0, "purge", time.Hour, false)
	l.asks(0, "purge", 0, false) // what it does not have it cannot give back
	l.asks(0, "purge", time.Hour, false)

	l.asks(1, "purge", 0, false) // given back
	l.asks(0, "purge", time.Hour, true)
	l.asks(1, "purge", time.Hour, false)
	if err := l.hubs[0].Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.hubs[0].Lease(t.Context(), "purge", time.Hour); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("a closed store leases: %v", err)
	}
	l.later(2 * time.Hour) // it ended without a word
	l.asks(1, "purge", time.Hour, true)
}

// TestLeaseRace: of hubs that want a lease at the moment when it ends, one gets it.
func TestLeaseRace(t *testing.T) {
	l := newLeases(t)
	for round := range 20 {
		var held atomic.Int64
		var asking sync.WaitGroup
		for range 4 {
			for _, hub := range l.hubs {
				asking.Go(func() {
					ok, err := hub.Lease(t.Context(), "race", time.Hour)
					if err != nil {
						t.Errorf("round %d: %v", round, err)
					}
					if ok {
						held.Add(1)
					}
				})
			}
		}
		asking.Wait()
		if n := held.Load(); n != 4 { // the one that has it is told so each time
			t.Errorf("round %d: %d of 8 have it, want the 4 of one hub", round, n)
		}
		l.later(time.Hour)
	}
}
