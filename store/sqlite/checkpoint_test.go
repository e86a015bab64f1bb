package sqlite_test

import (
	"log/slog"
	"os"
	"path/filepath"
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
	var said lines
	const limit = 200_000
	path := filepath.Join(t.TempDir(), "parley.db")
	d := newDesk(t, sqlite.Config{Path: path, LogLimit: limit, Logger: slog.New(slog.NewTextHandler(&said, nil))})
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
		if d.store.LogSize() > 4*limit {
			t.Fatal("with nobody in the way the log grows on")
		}
	}
	if err := d.say("x"); err != nil {
		t.Fatal(err)
	}
	if file, err := os.Stat(path + "-wal"); err != nil || file.Size() > 3*limit {
		t.Errorf("the log's file keeps its size: %v, %v", file.Size(), err)
	}
}

// TestReadersAreHeld: however many read, the log is restarted when it is time to, and no read fails for it.
func TestReadersAreHeld(t *testing.T) {
	t.Parallel()
	var said lines
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
	if text := said.String(); text != "" {
		t.Errorf("it said %s", text)
	}
}
