package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"parley/hub"
	"parley/store/sqlite"
)

func TestDiskFull(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqlite.Config{})
	if err := d.store.Exec(t.Context(), "PRAGMA max_page_count = 60"); err != nil {
		t.Fatal(err)
	}
	kept, big := int64(0), strings.Repeat("x", 20000)
	var err error
	for range 100 {
		if err = d.say(big); err != nil {
			break
		}
		kept++
	}
	if err == nil || errors.As(err, new(*hub.UncertainError)) {
		t.Fatalf("a full disk gives %v", err)
	}
	// A batch: what fits goes on, what does not fails alone.
	ops := []*hub.Op{
		{Run: say(d.service.SID, d.c, "ann", strings.Repeat(big, 10), "")},
		{Run: func(hub.Tx) error { return nil }},
	}
	d.store.Commit(ops)
	if ops[0].Err == nil || ops[1].Err != nil {
		t.Errorf("in a batch: %v, %v", ops[0].Err, ops[1].Err)
	}
	if n := d.count(d.store); n != kept {
		t.Errorf("%d messages, %d were acknowledged", n, kept)
	}
	if err := d.store.Exec(t.Context(), "PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	if err := d.say(big); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if n := d.count(d.store); n != kept+1 {
		t.Errorf("%d messages after %d", n, kept)
	}
}

// TestLogStaysSmall: the log is emptied above its limit, though others read, and is not while one will not go.
func TestLogStaysSmall(t *testing.T) {
	t.Parallel()
	const limit = 300_000
	d := newDesk(t, sqlite.Config{LogLimit: limit})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		var err error
		for err == nil && ctx.Err() == nil {
			_, err = d.store.Messages(t.Context(), hub.Viewer{Service: d.service.SID}, hub.ConversationRef(d.c),
				hub.MessageQuery{Anchor: hub.NoIndex, Limit: 10})
		}
		ended <- err
	}()
	for range 100 {
		if err := d.say(strings.Repeat("x", 10000)); err != nil {
			t.Fatal(err)
		}
		if size := d.store.LogSize(); size > 5*limit/2 {
			t.Fatalf("the log has %d bytes", size)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	end, err := d.store.HoldRead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for d.store.LogSize() < limit*3/2 {
		if err := d.say(strings.Repeat("x", 10000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if err := d.say(strings.Repeat("x", 10000)); err != nil {
			t.Fatal(err)
		}
	}
	if size := d.store.LogSize(); size > 5*limit/2 {
		t.Errorf("after the reader went the log has %d bytes", size)
	}
}

// TestReadDeadline: a read ends by its second, and one that its caller gives up too; neither leaves nothing open.
func TestReadDeadline(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Readers: 1})
	if err := s.ReadForEver(t.Context()); err == nil {
		t.Fatal("it ended well")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Ping(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	// The one connection is free again once the rollback in the background is through: Ping waits for it.
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if n := s.OpenReads(); n != 0 {
		t.Errorf("%d reads are open", n)
	}
}

func TestReopen(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqlite.Config{Path: filepath.Join(t.TempDir(), "sub", "parley.db")})
	epoch := d.store.Epoch()
	d.store.Stop()
	for what, err := range map[string]error{"a write": d.say("x"), "a read": d.store.Ping(t.Context())} {
		if e, ok := errors.AsType[*hub.Error](err); !ok || e.Code != hub.CodeUnavailable {
			t.Errorf("%s of a stopped store: %v", what, err)
		}
	}
	for range 2 {
		if err := d.store.Reopen(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.say("x"); err != nil {
		t.Fatal(err)
	}
	if d.count(d.store) != 1 || d.store.Epoch() != epoch {
		t.Errorf("epoch %s, was %s", d.store.Epoch(), epoch)
	}
	d.store.Stop() // and may be closed as it is
}
