package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"parley/hub"
	"parley/store/sqlite"
)

// smallDisk mounts a disk of a few MiB.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	err := unix.Mount("none", dir, "tmpfs", 0, "size=6m")
	switch {
	case errors.Is(err, unix.EPERM) && os.Getenv("PARLEY_NO_SKIP") == "":
		t.Skip("a disk that is full for good needs the right to mount one")
	case err != nil:
		t.Fatalf("mounting a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// refused demands an error that says for certain that nothing happened, and that may be retried.
func (d *desk) refused(what string, err error) {
	d.Helper()
	if e, ok := errors.AsType[*hub.Error](err); !ok || e.Code != hub.CodeUnavailable || e.RetryAfter == 0 {
		d.Errorf("%s on a full disk: %v", what, err)
	}
}

// TestFullDisk: a disk without room refuses messages and says so, what was acknowledged can be read, and with room again all
// goes on by itself. Ping and Reopen are what the hub calls then.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	d := newDesk(t, sqlite.Config{Path: filepath.Join(dir, "parley.db")})
	ballast, kept := filepath.Join(dir, "ballast"), int64(0)
	for round := range 3 {
		if err := os.WriteFile(ballast, make([]byte, 3<<20), 0o600); err != nil {
			t.Fatal(err)
		}
		var err error
		for size := 100_000; size > 0; size /= 10 { // to the last byte
			for err = d.say(strings.Repeat("x", size)); err == nil; err = d.say(strings.Repeat("x", size)) {
				if kept++; kept > 5000 {
					t.Fatal("it is never full")
				}
			}
			d.refused("a message", err)
		}
		if n := d.count(d.store); n != kept {
			t.Errorf("round %d: %d messages, %d were acknowledged", round, n, kept)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		if err := d.store.Ping(t.Context()); err != nil {
			t.Errorf("round %d, with room again: %v", round, err)
		}
		if err := d.say("after"); err != nil {
			t.Fatal(err)
		}
		kept++
		if err := d.store.Exec(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			t.Fatal(err)
		}
		if n := d.count(d.store); n != kept {
			t.Errorf("round %d: %d messages, %d were acknowledged", round, n, kept)
		}
		d.must(func(tx hub.Tx) error { // room for the next round
			c, err := tx.Conversation(d.service.SID, hub.ConversationRef(d.c))
			if err != nil {
				return err
			}
			c.Revision++
			c.Deleted = true
			return tx.PutConversation(c)
		})
		for more := true; more; {
			if more, err = d.store.Purge(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		d.c, kept = hub.NewConversationSID(), 0
		d.must(put(d.service.SID, d.c))
		if err := d.store.Exec(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			t.Fatal(err)
		}
	}
}
