package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/store/sqlite"
)

// copyFile copies a file without what stands beside it.
func copyFile(t *testing.T, from string) (to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	to = filepath.Join(t.TempDir(), "parley.db")
	if err := os.WriteFile(to, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestMarkIsInTheFile: without full sync a power cut may take the whole log, and with it every ack since the store was opened.
// That it was open must not be lost with them (rule R4).
func TestMarkIsInTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "parley.db")
	d := newDesk(t, sqlite.Config{Path: path, Synchronous: "normal"})
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, sqlite.Config{Path: path, Synchronous: "normal"})
	if s.Epoch() != d.store.Epoch() {
		t.Error("a close in good order began an epoch")
	}
	if cut := open(t, sqlite.Config{Path: copyFile(t, path)}); cut.Epoch() == s.Epoch() {
		t.Error("what the power cut left has the old epoch")
	}
}

// TestBackupHasNoEpoch: also a backup that is opened without Restore begins a new one, and keeps it then.
func TestBackupHasNoEpoch(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqlite.Config{})
	if err := d.say("x"); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := d.store.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Dir(path) + "/*")
	if err != nil || len(left) != 1 {
		t.Errorf("the backup left %v, %v", left, err)
	}
	first := open(t, sqlite.Config{Path: path})
	epoch := first.Epoch()
	if n := d.count(first); n != 1 || epoch == d.store.Epoch() || epoch == "" {
		t.Errorf("%d messages, epoch %q after %q", n, epoch, d.store.Epoch())
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if again := open(t, sqlite.Config{Path: path}); again.Epoch() != epoch {
		t.Error("its epoch changes by itself")
	}
}

// TestLockThroughLink: every way to the file leads to the same lock.
func TestLockThroughLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, sqlite.Config{Path: filepath.Join(dir, "parley.db")})
	link := filepath.Join(dir, "link.db")
	if err := os.Symlink(filepath.Join(dir, "parley.db"), link); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), sqlite.Config{Path: link}); err == nil || !strings.Contains(err.Error(), "held by another hub") {
		t.Errorf("opened with %v", err)
	}
}

func TestLaterSchema(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "parley.db")
	s := open(t, sqlite.Config{Path: path})
	if err := s.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (4711, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err == nil || !strings.Contains(err.Error(), "written by a later one") || strings.Contains(err.Error(), "\n") {
		t.Errorf("opened with %v", err)
	}
}
