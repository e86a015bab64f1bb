package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"parley/hub"
	"parley/store/sqlite"
)

// acked is what was on disk when a message was acknowledged.
type acked struct {
	messages int64
	log      int // bytes of it
}

// cutOff says something and gives the file, the log and what was acknowledged at which length of it.
// Nothing is moved from the log into the file meanwhile, so the file is the same throughout.
func cutOff(t *testing.T, synchronous string) (d *desk, file, log []byte, acks []acked) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parley.db")
	d = newDesk(t, sqlite.Config{Path: path, Synchronous: synchronous})
	// That each COMMIT syncs the log is SQLite's promise for this mode, and taken at its word here.
	if mode, err := d.store.Synchronous(t.Context()); err != nil || mode != map[string]int{"normal": 1, "full": 2}[synchronous] {
		t.Fatalf("it works with synchronous=%d, %v", mode, err)
	}
	acks = []acked{{0, int(d.store.LogSize())}}
	for i := range 40 {
		if err := d.say(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
		acks = append(acks, acked{int64(i + 1), int(d.store.LogSize())})
	}
	var err error
	if file, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	if log, err = os.ReadFile(path + "-wal"); err != nil {
		t.Fatal(err)
	}
	return d, file, log, acks
}

// afterCut opens what a power cut left and gives how many messages it has, all of the first ones.
func (d *desk) afterCut(t *rapid.T, file, log []byte) (n int64, epoch string) {
	path := filepath.Join(d.TempDir(), "parley.db")
	for name, data := range map[string][]byte{path: file, path + "-wal": log} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := sqlite.Open(d.Context(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatalf("what is left cannot be opened: %v", err)
	}
	defer s.Close() //nolint:errcheck // a copy, looked at
	if err := s.Exec(d.Context(), "PRAGMA integrity_check"); err != nil {
		t.Fatal(err)
	}
	page, err := s.Messages(d.Context(), hub.Viewer{Service: d.service.SID}, hub.ConversationRef(d.c),
		hub.MessageQuery{Forward: true, Anchor: hub.NoIndex, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range page.Messages {
		if m.Index != int64(i) || m.Body != fmt.Sprint(i) {
			t.Fatalf("message %d is %d, %q", i, m.Index, m.Body)
		}
	}
	return int64(len(page.Messages)), s.Epoch()
}

// TestPowerCut: with full sync, whatever becomes of the log behind what was synced, the acknowledged messages are there, and
// a prefix of the later ones. Without, any of the log's end may be lost, what is left is a prefix, and the epoch tells of it
// (rule R4).
func TestPowerCut(t *testing.T) {
	t.Parallel()
	for _, synchronous := range []string{"full", "normal"} {
		t.Run(synchronous, func(t *testing.T) {
			t.Parallel()
			d, file, log, acks := cutOff(t, synchronous)
			d.cutAnywhere(file, log, acks, synchronous == "normal")
		})
	}
}

// cutAnywhere cuts the log, and loses blocks of what is left of it, anywhere behind what was synced.
func (d *desk) cutAnywhere(file, log []byte, acks []acked, normal bool) {
	rapid.Check(d.T, func(t *rapid.T) {
		ack := rapid.SampledFrom(acks).Draw(t, "ack")
		least, synced := ack.messages, ack.log
		if normal {
			least, synced = 0, acks[0].log
		}
		left := append([]byte{}, log[:rapid.IntRange(synced, len(log)).Draw(t, "length")]...)
		if torn := len(left) - synced; torn > 0 && rapid.Bool().Draw(t, "torn") { // some block never reached the disk
			from := synced + rapid.IntRange(0, torn-1).Draw(t, "from")
			clear(left[from:min(len(left), from+rapid.IntRange(1, 8192).Draw(t, "bytes"))])
		}
		n, epoch := d.afterCut(t, file, left)
		if n < least {
			t.Fatalf("%d messages are left of %d that were acknowledged", n, least)
		}
		if changed := epoch != d.store.Epoch(); changed != normal {
			t.Fatalf("epoch %s after %s", epoch, d.store.Epoch())
		}
	})
}
