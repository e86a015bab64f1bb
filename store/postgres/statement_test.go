package postgres_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"

	"parley/hub"
	"parley/store/postgres"
	"parley/store/postgres/pgtest"
)

// say has ann send something, and tells whether it was taken. An error must say for certain that nothing happened, and that it
// may be tried again.
func (t *town) say(c hub.ConversationSID, body string) (taken bool) {
	t.Helper()
	_, err := t.do("ann", &hub.SendMessage{Conversation: hub.ConversationRef(c), Body: body, ReplyTo: hub.NoIndex})
	if known, ok := errors.AsType[*hub.Error](err); err != nil && (!ok || known.Code != hub.CodeUnavailable || known.RetryAfter == 0) {
		t.Errorf("%.20q: %v", body, err)
	}
	return err == nil
}

// holds fails the test unless a conversation has so many messages.
func (t *town) holds(c hub.ConversationSID, want int64) {
	t.Helper()
	v, _, err := t.gate.Conversation(t.Context(), hub.Viewer{Service: t.service.SID}, hub.ConversationRef(c))
	if err != nil {
		t.Error(err)
	} else if v.Messages != want || v.LastIndex != want-1 {
		t.Errorf("%d messages are there, the last has index %d; want %d", v.Messages, v.LastIndex, want)
	}
}

// TestSlowStatement: a statement that takes too long is ended and its messages are refused, for certain; the store goes on.
func TestSlowStatement(t *testing.T) {
	url := pgtest.Shared(t).Database(t)
	town := newTown(t, open(t, postgres.Config{URL: url, Timeout: 2 * time.Second}), 0)
	c := town.thread("", "ann")
	change(t, url, `
		CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
		CREATE TRIGGER dawdle BEFORE INSERT ON message FOR EACH ROW WHEN (NEW.body = 'slow') EXECUTE FUNCTION dawdle()`)
	for range 2 {
		if town.say(c, "slow") {
			t.Error("what was not written is acknowledged")
		}
		if !town.say(c, "quick") {
			t.Error("the store does not go on")
		}
	}
	town.holds(c, 2)
}

// TestCancelledStatement: the same when somebody cancels what the store does, as data and otherwise.
func TestCancelledStatement(t *testing.T) {
	store := open(t, postgres.Config{Timeout: time.Minute})
	town := newTown(t, store, 0)
	c := town.thread("", "ann")
	for i, o := range []order{sendTo(c), rename(hub.ConversationRef(c))} {
		release := hold(t, store, lockHeads, []hub.ConversationSID{c})
		done := make(chan []string)
		go func() { done <- town.together([]order{o}) }()
		eventually(t, "what waits for the lock is cancelled", func() bool {
			return store.Ask(t, `SELECT coalesce(bool_or(pg_cancel_backend(pid)), false) FROM pg_stat_activity
				WHERE datname = current_database() AND wait_event_type = 'Lock'`)
		})
		if outcome := (<-done)[0]; !refused(outcome) {
			t.Errorf("%T: %s", o.cmd, outcome)
		}
		town.holds(c, int64(i))
		release()
		if !town.say(c, "later") {
			t.Error("the store does not go on")
		}
	}
}

// smallDisk makes a database on a disk of its own.
func smallDisk(t *testing.T, s *pgtest.Server) (url string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "parley-postgres-small-") //nolint:usetesting // the parents of t.TempDir are closed to its user
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(dir) }) //nolint:errcheck // it lies in the system's folder for such things
	options := "size=48m,mode=0700"
	if who, err := user.Lookup("postgres"); err == nil {
		options += ",uid=" + who.Uid
	}
	err = unix.Mount("none", dir, "tmpfs", 0, options)
	switch {
	case errors.Is(err, unix.EPERM) && os.Getenv("PARLEY_NO_SKIP") == "":
		t.Skip("a disk that is full needs the right to mount one")
	case err != nil:
		t.Fatalf("mounting a small disk: %v", err)
	}
	t.Cleanup(func() {
		s.Stop() // before its disk goes
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	s.Run(t, "postgres", func(conn *pgx.Conn) error {
		_, err := conn.Exec(t.Context(), fmt.Sprintf(`CREATE TABLESPACE small LOCATION '%s'`, dir))
		if err == nil {
			_, err = conn.Exec(t.Context(), `CREATE DATABASE small TABLESPACE small STRATEGY file_copy`)
		}
		return err
	})
	all := s.Database(t)
	return strings.Replace(all, all[strings.LastIndex(all, "/"):strings.LastIndex(all, "?")], "/small", 1)
}

// TestFullDisk: a disk without room refuses messages for certain, what was acknowledged can be read, and with room again all goes
// on by itself.
func TestFullDisk(t *testing.T) {
	server := pgtest.Start(t)
	url := smallDisk(t, server)
	town := newTown(t, open(t, postgres.Config{URL: url}), 0)
	c, kept := town.thread("", "ann"), int64(0)
	var long strings.Builder // that cannot be compressed to nothing
	for range 300 {
		long.WriteString(rand.Text())
	}
	for range 2 {
		change(t, url, `CREATE TABLE ballast (text text); ALTER TABLE ballast ALTER COLUMN text SET STORAGE PLAIN;
			DO $$ BEGIN LOOP
				INSERT INTO ballast SELECT repeat('x', 7000) FROM generate_series(1, 100);
			END LOOP; EXCEPTION WHEN disk_full THEN NULL; END $$`)
		for town.say(c, long.String()) {
			if kept++; kept > 10000 {
				t.Fatal("the disk does not fill")
			}
		}
		town.holds(c, kept)
		if !refused(town.together([]order{sendTo(c), {"ann", &hub.SendMessage{Conversation: hub.ConversationRef(c), Body: long.String(), ReplyTo: hub.NoIndex}}})[1]) {
			t.Error("a full disk takes a message")
		}
		v, _, err := town.gate.Conversation(t.Context(), hub.Viewer{Service: town.service.SID}, hub.ConversationRef(c))
		if err != nil {
			t.Fatal(err)
		}
		kept = v.Messages // the short one may have found room
		change(t, url, `DROP TABLE ballast`)
		if !town.say(c, long.String()) {
			t.Error("with room again it is refused")
		}
		kept++
		town.holds(c, kept)
	}
}
