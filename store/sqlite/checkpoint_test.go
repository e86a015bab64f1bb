package sqlite_test

import (
	"log/slog"
	"strings"
	"sync"
	"testing"

	"parley/hub"
	"parley/store/sqlite"
)

// TestStrangerInTheWay: where someone outside keeps the log from being restarted, the writer neither waits for them nor tries at
// every commit.
func TestStrangerInTheWay(t *testing.T) {
	t.Parallel()
	var said strings.Builder // written by the committer alone, that is by this test
	const limit = 200_000
	d := newDesk(t, sqlite.Config{LogLimit: limit, Logger: slog.New(slog.NewTextHandler(&said, nil))})
	end, err := d.store.HoldRead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for d.store.LogSize() < 2*limit {
		if err := d.say(strings.Repeat("x", 3000)); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(said.String(), "could not be restarted"); n < 1 || n > 5 {
		t.Errorf("tried %d times", n)
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	for d.store.LogSize() > limit {
		if err := d.say(strings.Repeat("x", 3000)); err != nil {
			t.Fatal(err)
		}
		if d.store.LogSize() > 3*limit {
			t.Fatal("with nobody in the way the log grows on")
		}
	}
}

// TestReadersAreHeld: however many read, the log is restarted when it is time to, and no read fails for it.
func TestReadersAreHeld(t *testing.T) {
	t.Parallel()
	var said strings.Builder // as above
	d := newDesk(t, sqlite.Config{Synchronous: "normal", LogLimit: 100_000, Logger: slog.New(slog.NewTextHandler(&said, nil))})
	done := make(chan struct{})
	var reading sync.WaitGroup
	for range 8 {
		reading.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				_, err := d.store.Changes(t.Context(), hub.Viewer{Service: d.service.SID}, d.c, hub.ChangeQuery{Limit: 20})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 100 {
		if err := d.say(strings.Repeat("x", 5000)); err != nil {
			t.Error(err)
		}
	}
	close(done)
	reading.Wait()
	if said.Len() > 0 {
		t.Errorf("it said %s", said.String())
	}
}
