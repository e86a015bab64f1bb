package postgres_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"parley/hub"
	"parley/store/postgres"
	"parley/store/postgres/pgtest"
)

// count reads how many messages a conversation has, by what lists them.
func (t *town) count(store *postgres.Store, c hub.ConversationSID) (int, error) {
	page, err := store.Messages(t.Context(), hub.Viewer{Service: t.service.SID}, hub.ConversationRef(c),
		hub.MessageQuery{Forward: true, Anchor: hub.NoIndex, Limit: 1000})
	if err != nil {
		return 0, err
	}
	return len(page.Messages), nil
}

// TestPromoted: when connections come to end at a standby that was promoted the epoch is another one (rule R4), and from then on
// nothing of the old server is answered or written there, although it lives: neither by a read that was under way, nor on
// connections that are still open.
func TestPromoted(t *testing.T) {
	old := pgtest.Start(t)
	url := old.Database(t)
	p := newProxy(t, old.Addr())
	store := open(t, postgres.Config{URL: p.through(url)})
	town := newTown(t, store, 0)
	c := town.thread("", "ann")
	standby := old.Standby(t, old.Addr())
	standby.Promote(t)
	if !town.say(c, "what the standby has not") {
		t.Fatal("it is refused")
	}
	before := store.Epoch()
	direct, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close(t.Context()) //nolint:errcheck // nothing is left to send
	if _, err := direct.Exec(t.Context(), `BEGIN; LOCK TABLE message IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	read := make(chan error)
	go func() {
		_, err := town.count(store, c)
		read <- err
	}()
	eventually(t, "a read is under way", func() (waits bool) {
		err := direct.QueryRow(t.Context(), `SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'message'::regclass`).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
		return waits
	})
	p.redirect(standby.Addr())
	conn, err := store.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close(t.Context()) //nolint:errcheck // nothing is left to send
	if store.Epoch() == before {
		t.Fatal("the epoch of a promoted standby is that of its server")
	}
	if _, err := direct.Exec(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if err := <-read; err == nil || hub.AsError(err).Code != hub.CodeUnavailable {
		t.Errorf("a read of the old server ends with %v", err)
	}
	if n, err := town.count(store, c); n != 0 || err != nil {
		t.Errorf("%d messages are there, %v", n, err)
	}
	if !town.say(c, "anew") {
		t.Error("the new server takes nothing")
	}
	if n, err := town.count(store, c); n != 1 || err != nil {
		t.Errorf("%d messages are there, %v", n, err)
	}
}

// TestLostRows: a read that loses its connection in the midst of its rows fails, or gives each once.
func TestLostRows(t *testing.T) {
	w := newCut(t, postgres.Config{})
	for _, body := range []string{"second", "third", "fourth"} {
		if err := w.commit(w.say(body)); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := w.count(w.store, w.c); n != 4 || err != nil {
		t.Fatalf("%d messages, %v", n, err)
	}
	w.proxy.set("row", "third")
	n, err := w.count(w.store, w.c)
	if known, ok := errors.AsType[*hub.Error](err); err != nil && (!ok || known.Code != hub.CodeUnavailable) || err == nil && n != 4 {
		t.Errorf("%d messages, %v", n, err)
	}
	if w.proxy.fallen() != 1 {
		t.Error("nothing was lost")
	}
	if n, err := w.count(w.store, w.c); n != 4 || err != nil {
		t.Errorf("later %d messages, %v", n, err)
	}
}
