package sqlite_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parley/store/sqlite"
)

// held demands the one line that names who holds the file.
func held(t *testing.T, text string) {
	t.Helper()
	text = strings.TrimSpace(text)
	if strings.Contains(text, "\n") || !strings.Contains(text, "held by another hub (process "+fmt.Sprint(os.Getpid())+" on ") {
		t.Errorf("told %q", text)
	}
}

func TestHeldByAnother(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "parley.db")
	open(t, sqlite.Config{Path: path})
	_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err == nil {
		t.Fatal("opened twice")
	}
	held(t, err.Error())
	if err := sqlite.Restore(t.Context(), path, path); err == nil {
		t.Error("restored over a store that is held")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOpenElsewhere$", "-test.v")
	cmd.Env = append(os.Environ(), "PARLEY_TEST_FILE="+path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	_, told, _ := strings.Cut(string(out), "told: ")
	told, _, _ = strings.Cut(told, "\n")
	held(t, told)
}

// TestOpenElsewhere is the second process of TestHeldByAnother; alone it opens a file of its own.
func TestOpenElsewhere(t *testing.T) {
	path, second := os.LookupEnv("PARLEY_TEST_FILE")
	if !second {
		path = filepath.Join(t.TempDir(), "parley.db")
	}
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if (err != nil) != second {
		t.Fatalf("opened with %v", err)
	}
	if s != nil {
		s.Crash()
	}
	t.Logf("told: %v", err)
}

func TestEpoch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		first, then string
		crash, same bool
	}{
		{"full", "full", false, true},
		{"normal", "normal", false, true},
		{"full", "normal", false, true},
		{"full", "full", true, true},
		{"full", "normal", true, true},
		{"normal", "normal", true, false},
		{"normal", "full", true, false},
	} {
		path := filepath.Join(t.TempDir(), "parley.db")
		d := newDesk(t, sqlite.Config{Path: path, Synchronous: c.first})
		if err := d.say("x"); err != nil {
			t.Fatal(err)
		}
		before := d.store.Epoch()
		if c.crash {
			d.store.Crash()
		} else if err := d.store.Close(); err != nil {
			t.Fatal(err)
		}
		again := open(t, sqlite.Config{Path: path, Synchronous: c.then})
		if same := again.Epoch() == before; same != c.same || before == "" {
			t.Errorf("%+v: epoch %q, then %q", c, before, again.Epoch())
		}
		if n := d.count(again); n != 1 {
			t.Errorf("%+v: %d messages", c, n)
		}
	}
}

func TestBackupWhileWriting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := newDesk(t, sqlite.Config{Path: filepath.Join(dir, "parley.db"), Synchronous: "normal"})
	for range 20 {
		if err := d.say("before"); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error)
	copied := filepath.Join(dir, "copy.db")
	go func() { done <- sqlite.Backup(t.Context(), filepath.Join(dir, "parley.db"), copied) }()
	var err error
	for writing := true; writing; {
		select {
		case err = <-done:
			writing = false
		default:
			if err := d.say("during"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Backup(t.Context(), filepath.Join(dir, "parley.db"), copied); err == nil {
		t.Error("a backup overwrote another")
	}
	now := d.count(d.store)
	restored := filepath.Join(dir, "new", "restored.db")
	if err := sqlite.Restore(t.Context(), copied, restored); err != nil {
		t.Fatal(err)
	}
	s := open(t, sqlite.Config{Path: restored})
	if n := d.count(s); n < 20 || n > now {
		t.Errorf("restored %d messages of %d", n, now)
	}
	if s.Epoch() == d.store.Epoch() {
		t.Error("the restored store has the old epoch")
	}
}

// TestRestoreWithLog restores over a store that has a log, from one that has a log too.
func TestRestoreWithLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	source, target := filepath.Join(dir, "source.db"), filepath.Join(dir, "target.db")
	d := newDesk(t, sqlite.Config{Path: source})
	for range 5 {
		if err := d.say("x"); err != nil {
			t.Fatal(err)
		}
	}
	if d.store.LogSize() == 0 {
		t.Fatal("the source has no log")
	}
	other := newDesk(t, sqlite.Config{Path: target})
	if err := other.say("y"); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(target + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	other.store.Crash()
	if err := os.WriteFile(target+"-wal", log, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Restore(t.Context(), source, target); err != nil {
		t.Fatal(err)
	}
	if n := d.count(open(t, sqlite.Config{Path: target})); n != 5 {
		t.Errorf("restored %d messages", n)
	}
	if err := os.WriteFile(filepath.Join(dir, "junk"), []byte("not a store, not at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Restore(t.Context(), filepath.Join(dir, "junk"), filepath.Join(dir, "x.db")); err == nil {
		t.Error("restored junk")
	}
}
