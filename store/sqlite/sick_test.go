package sqlite_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/hub"
	"parley/store/sqlite"
)

// sick is a disk that is slow or takes nothing.
type sick struct {
	readOnly atomic.Bool                   // what a file system does that found itself damaged: each write fails
	slow     atomic.Pointer[chan struct{}] // syncs wait until it is closed
	waiting  chan struct{}                 // gets one for each sync that waits
}

func (s *sick) ask(_ string, kind deedKind) (code int32) {
	if s.readOnly.Load() && kind != synced {
		return sqlite3.SQLITE_IOERR_WRITE // what SQLite makes of EROFS
	}
	if slow := s.slow.Load(); slow != nil && kind == synced {
		s.waiting <- struct{}{}
		<-*slow
	}
	return sqlite3.SQLITE_OK
}

func (*sick) wrote(string, int64, []byte) {}
func (*sick) truncated(string, int64)     {}
func (*sick) synced(string)               {}

// TestSlowDisk: while the disk takes its time nothing is acknowledged and nobody sees what may yet be lost, and reading goes on.
func TestSlowDisk(t *testing.T) {
	t.Parallel()
	path, disk := filepath.Join(t.TempDir(), "parley.db"), &sick{waiting: make(chan struct{}, 1)}
	watch(t, path, disk)
	d := newDesk(t, sqlite.Config{Path: path})
	if err := d.say("before"); err != nil {
		t.Fatal(err)
	}
	gate := make(chan struct{})
	disk.slow.Store(&gate)
	release := sync.OnceFunc(func() {
		disk.slow.Store(nil)
		close(gate)
	})
	defer release()
	done := make(chan error, 1)
	go func() { done <- d.say("during") }()
	select {
	case <-disk.waiting:
	case err := <-done:
		t.Fatalf("it did not wait for the disk: %v", err)
	}
	if n := d.count(d.store); n != 1 {
		t.Errorf("%d messages are seen", n)
	}
	select {
	case err := <-done:
		t.Errorf("it did not wait for the disk: %v", err)
	default: // the disk is waited for
	}
	release()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := d.count(d.store); n != 2 {
		t.Errorf("%d messages in the end", n)
	}
}

// TestDiskTurnsReadOnly: a disk that takes no write any more acknowledges none, and says why; the store is back, with all that
// was acknowledged, once the disk is. Reopen is what the hub calls meanwhile.
func TestDiskTurnsReadOnly(t *testing.T) {
	t.Parallel()
	path, disk := filepath.Join(t.TempDir(), "parley.db"), &sick{}
	watch(t, path, disk)
	var said lines
	d := newDesk(t, sqlite.Config{Path: path, LogLimit: 30_000, Logger: slog.New(slog.NewTextHandler(&said, nil))})
	kept := int64(0)
	for range 5 {
		for range 10 {
			if err := d.say("kept"); err != nil {
				t.Fatal(err)
			}
			kept++
		}
		disk.readOnly.Store(true)
		said.Reset()
		if err := d.say("refused"); !errors.As(err, new(*hub.UncertainError)) || !strings.Contains(said.String(), "disk I/O error") {
			t.Errorf("told %v; the log says %q", err, said.String())
		}
		for range 2 {
			if err := d.store.Reopen(t.Context()); err == nil {
				t.Fatal("opened on a disk that takes nothing")
			}
			if e, ok := errors.AsType[*hub.Error](d.say("refused")); !ok || e.Code != hub.CodeUnavailable {
				t.Errorf("a stopped store says %v", e)
			}
		}
		disk.readOnly.Store(false)
		if err := d.store.Reopen(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := d.count(d.store); n != kept {
			t.Fatalf("%d messages, %d were acknowledged", n, kept)
		}
	}
}

// mounted mounts a folder or file over itself, to be read only, until the test ends.
func mounted(t *testing.T, path string) {
	t.Helper()
	err := unix.Mount(path, path, "", unix.MS_BIND, "")
	switch {
	case errors.Is(err, unix.EPERM) && os.Getenv("PARLEY_NO_SKIP") == "":
		t.Skip("a disk that is read only needs the right to mount one")
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(path, 0); err != nil {
			t.Error(err)
		}
	})
	if err := unix.Mount("", path, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
}

// TestReadOnly: on a disk that is read only, or where the file alone is, a store is not opened, and one line says why.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"the disk", "the file"} {
		path := filepath.Join(t.TempDir(), "parley.db")
		d := newDesk(t, sqlite.Config{Path: path})
		if err := d.store.Close(); err != nil {
			t.Fatal(err)
		}
		place, reason := filepath.Dir(path), "read-only file system"
		if what == "the file" {
			place, reason = path, "readonly database"
		}
		mounted(t, place)
		_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
		if err == nil || !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: opened with %v", what, err)
		}
	}
}
