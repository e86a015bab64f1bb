package sqlite_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/hub"
	"parley/store/sqlite"
)

// work says things, with so small a limit that the log is moved into the file again and again, and gives all that was done
// to both since they were made.
func work(t *testing.T, synchronous string) (d *desk, deeds []deed) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parley.db")
	disk := &recording{}
	watch(t, path, disk)
	config := sqlite.Config{Path: path, Synchronous: synchronous, LogLimit: 100_000}
	d = newDesk(t, config)
	if err := d.store.Close(); err != nil { // from here on the file says that it was closed in good order
		t.Fatal(err)
	}
	d.store = open(t, config)
	disk.add(deed{kind: acknowledged})
	for i := range 60 {
		if err := d.say(body(i)); err != nil {
			t.Fatal(err)
		}
		disk.add(deed{kind: acknowledged, acked: int64(i + 1)})
	}
	moved := 0
	for _, done := range disk.all() {
		if done.kind == write && done.offset == 0 && strings.HasSuffix(done.path, "-wal") { // its header: the log begins anew
			moved++
		}
	}
	if moved < 6 { // two of them by opening it twice
		t.Fatalf("the log was begun anew %d times", moved)
	}
	return d, disk.all()
}

// body is the text of message i.
func body(i int) string { return fmt.Sprint(i, strings.Repeat(" and so on", i%7*i)) }

// afterCut opens what a power cut left and gives how many messages it has, all of the first ones; -1 where it has no
// conversation.
func (d *desk) afterCut(t *rapid.T, files map[string][]byte) (n int64, epoch string) {
	dir := d.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := sqlite.Open(d.Context(), sqlite.Config{Path: filepath.Join(dir, "parley.db")})
	if err != nil {
		t.Fatalf("what is left cannot be opened: %v", err)
	}
	defer s.Close() //nolint:errcheck // a copy, looked at
	if said, err := s.Integrity(d.Context()); err != nil || said != "ok" {
		t.Fatalf("the file is not sound: %s, %v", said, err)
	}
	page, err := s.Messages(d.Context(), hub.Viewer{Service: d.service.SID}, hub.ConversationRef(d.c),
		hub.MessageQuery{Forward: true, Anchor: hub.NoIndex, Limit: 1000})
	if errors.Is(err, hub.ErrAbsent) {
		return -1, s.Epoch()
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range page.Messages {
		if m.Index != int64(i) || m.Body != body(i) {
			t.Fatalf("message %d is %d, %q", i, m.Index, m.Body)
		}
	}
	return int64(len(page.Messages)), s.Epoch()
}

// TestPowerCut: the power fails between any two things done to the file and its log, also while the log is moved, and of what
// was not synced any sectors are lost. With full sync the acknowledged messages are there, and perhaps the one that was on
// its way. Without, what is left is a prefix, and the epoch tells of it (rule R4). The file is sound in either case.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	for _, synchronous := range []string{"full", "normal"} {
		t.Run(synchronous, func(t *testing.T) {
			t.Parallel()
			d, deeds := work(t, synchronous)
			d.cutAnywhere(deeds, synchronous == "normal")
		})
	}
}

func (d *desk) cutAnywhere(deeds []deed, normal bool) {
	first := slices.IndexFunc(deeds, func(d deed) bool { return d.kind == acknowledged }) + 1
	rapid.Check(d.T, func(t *rapid.T) {
		done := deeds[:rapid.IntRange(first, len(deeds)).Draw(t, "deeds")]
		least := int64(0)
		for _, a := range done {
			least = max(least, a.acked)
		}
		most := least + 1
		if normal {
			least = -1
		}
		n, epoch := d.afterCut(t, cut(t, done))
		if n < least || n > most {
			t.Fatalf("%d messages are left, want %d to %d", n, least, most)
		}
		if changed := epoch != d.store.Epoch(); changed != normal {
			t.Fatalf("epoch %s after %s", epoch, d.store.Epoch())
		}
	})
}
