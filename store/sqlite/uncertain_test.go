package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/hub"
	"parley/store/sqlite"
)

// unavailable demands that everything is refused as such.
func (d *desk) unavailable() {
	d.Helper()
	_, _, reading := d.store.Conversation(d.Context(), hub.Viewer{Service: d.service.SID}, hub.ConversationRef(d.c))
	_, purging := d.store.Purge(d.Context())
	for what, err := range map[string]error{"write": d.say("x"), "read": reading, "ping": d.store.Ping(d.Context()), "purge": purging} {
		if e, ok := errors.AsType[*hub.Error](err); !ok || e.Code != hub.CodeUnavailable {
			d.Errorf("%s of a stopped store: %v", what, err)
		}
	}
}

// TestUncertain: a COMMIT that fails so that nobody can know stops the store, and what did happen is found when it is open
// again (rules R9, R11).
func TestUncertain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		synchronous string
		happened    bool
		messages    int64
		sameEpoch   bool
	}{
		{"full", true, 3, true},
		{"full", false, 1, true},
		{"normal", true, 3, false},
	} {
		d := newDesk(t, sqlite.Config{Synchronous: c.synchronous})
		if err := d.say("before"); err != nil {
			t.Fatal(err)
		}
		epoch := d.store.Epoch()
		d.store.FailCommit(c.happened, errors.New("the disk said nothing that could be understood"))
		ops := []*hub.Op{{Run: say(d.service.SID, d.c, "ann", "a", "")}, {Run: say(d.service.SID, d.c, "bob", "b", "")}}
		d.store.Commit(ops)
		for _, op := range ops {
			if _, ok := errors.AsType[*hub.UncertainError](op.Err); !ok {
				t.Errorf("%+v: %v", c, op.Err)
			}
		}
		d.unavailable()
		if err := d.store.Reopen(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := d.count(d.store); n != c.messages {
			t.Errorf("%+v: %d messages", c, n)
		}
		if same := d.store.Epoch() == epoch; same != c.sameEpoch {
			t.Errorf("%+v: epoch %s, was %s", c, d.store.Epoch(), epoch)
		}
		if err := d.say("after"); err != nil {
			t.Error(err)
		}
	}
}

// TestFullAtCommit: a disk that is full at COMMIT refuses for certain, the store goes on, and Ping tells of it until there is
// room again.
func TestFullAtCommit(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqlite.Config{})
	if err := d.say("before"); err != nil {
		t.Fatal(err)
	}
	if err := d.store.Exec(t.Context(), "PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	full := errors.Unwrap(d.say(strings.Repeat("x", 100_000))) // as SQLite says it
	if full == nil {
		t.Fatal("it was not full")
	}
	if err := d.store.Exec(t.Context(), "PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	d.store.FailCommit(false, full)
	err := d.say("at the wrong time")
	if e, ok := errors.AsType[*hub.Error](err); !ok || e.Code != hub.CodeUnavailable || !e.Code.Definite() {
		t.Fatalf("told %v", err)
	}
	if n := d.count(d.store); n != 1 {
		t.Errorf("%d messages", n)
	}
	d.store.FailCommit(false, full)
	if err := d.store.Ping(t.Context()); err == nil {
		t.Error("well with a full disk")
	}
	if err := d.store.Ping(t.Context()); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if err := d.say("after"); err != nil {
		t.Error(err)
	}
}

// damage spoils a file from its first quarter on, and gives what it was.
func damage(t *testing.T, path string) (whole []byte) {
	t.Helper()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	spoilt := append([]byte{}, whole...)
	for i := len(spoilt) / 4; i < len(spoilt); i++ {
		spoilt[i] ^= 0xa5
	}
	if err := os.WriteFile(path, spoilt, 0o600); err != nil {
		t.Fatal(err)
	}
	return whole
}

// TestDamaged: damage stops the store, whether it is met under way or not; a file that does not pass its check is not written
// to, and is when it is whole again.
func TestDamaged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "parley.db")
	d := newDesk(t, sqlite.Config{Path: path})
	for range 20 {
		if err := d.say(strings.Repeat("x", 1000)); err != nil {
			t.Fatal(err)
		}
	}
	for _, do := range []string{"PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA shrink_memory"} {
		if err := d.store.Exec(t.Context(), do); err != nil {
			t.Fatal(err)
		}
	}
	whole := damage(t, path)
	err := d.say("into the damage")
	if e, ok := errors.AsType[*hub.Error](err); !ok || e.Code != hub.CodeUnavailable {
		t.Fatalf("told %v", err)
	}
	d.unavailable()
	if err := d.store.Reopen(t.Context()); err == nil || strings.Contains(err.Error(), "\n") {
		t.Fatalf("opened with %v", err)
	}
	d.unavailable()
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.store.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := d.count(d.store); n != 20 {
		t.Errorf("%d messages", n)
	}
}
