package postgres_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/hub"
	"parley/store/postgres"
)

// heldFor is how long the server lets a lock be held before it ends the connection: many lock waits, and fewer than batches.
const heldFor = 20 * time.Second

// hold locks rows on a connection of its own, which release ends. It fails the test where the lock was gone before.
func hold(t *testing.T, store *postgres.Store, text string, args ...any) (release func()) {
	t.Helper()
	conn, err := store.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(t.Context()) }) //nolint:errcheck // it may be closed
	settings := fmt.Sprintf(`SET idle_in_transaction_session_timeout = %d; BEGIN`, heldFor.Milliseconds())
	if _, err := conn.Exec(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	if tag, err := conn.Exec(t.Context(), text, args...); err != nil || tag.RowsAffected() == 0 {
		t.Fatalf("%d rows are locked, %v", tag.RowsAffected(), err)
	}
	return func() {
		t.Helper()
		if _, err := conn.Exec(t.Context(), `ROLLBACK`); err != nil {
			t.Errorf("the lock was gone before: %v", err)
		}
	}
}

const lockHeads = `SELECT 1 FROM head WHERE conversation = ANY ($1) FOR UPDATE`

func sendTo(c hub.ConversationSID) order {
	return order{"ann", &hub.SendMessage{Conversation: hub.ConversationRef(c), Body: "x", ReplyTo: hub.NoIndex}}
}

func rename(ref hub.ConversationRef) order {
	name := "renamed"
	return order{"", &hub.UpdateConversation{Conversation: ref, FriendlyName: &name}}
}

// refused reports whether an outcome is that of what is locked elsewhere.
func refused(outcome string) bool { return outcome == fmt.Sprint("error ", hub.CodeUnavailable) }

// TestLockedForLong: while conversations stay locked by somebody else for longer than anybody waits, each batch that wants them
// has its ops on others done: the lock is waited for once and not by every batch, whatever wants it and however it is named. When
// the lock is released what was refused is taken at once (rule R8).
func TestLockedForLong(t *testing.T) {
	store := open(t, postgres.Config{})
	town := newTown(t, store, 0)
	var stuck []hub.ConversationSID
	for i := range 60 { // in lanes of a few, one after the other, they would take longer than the lock is held
		stuck = append(stuck, town.thread(fmt.Sprint("stuck ", i), "ann"))
	}
	free := town.thread("free", "ann")
	release := hold(t, store, lockHeads, stuck)
	batch := func() (orders []order) { // every other one is about what is locked
		for _, c := range stuck { // as data
			orders = append(orders, sendTo(c), sendTo(free))
		}
		for i, c := range stuck[:20] { // behind which nothing goes as data
			orders = append(orders, rename(hub.ConversationRef(c)), rename("free"),
				rename(hub.ConversationRef(fmt.Sprint("stuck ", 20+i))), sendTo(free))
		}
		return orders
	}
	for n := range 20 {
		for i, outcome := range town.together(batch()) {
			if failed := strings.HasPrefix(outcome, "error"); failed != (i%2 == 0) || failed && !refused(outcome) {
				t.Fatalf("batch %d, order %d: %s", n, i, outcome)
			}
		}
	}
	release()
	for i, outcome := range town.together(batch()) {
		if strings.HasPrefix(outcome, "error") {
			t.Errorf("when they are free again, order %d: %s", i, outcome)
		}
	}
}

// TestUserLockedForLong: the same for a user whose row stays locked.
func TestUserLockedForLong(t *testing.T) {
	store := open(t, postgres.Config{})
	town := newTown(t, store, 0)
	c := town.thread("", "ann", "bob")
	other := town.thread("", "ann")
	release := hold(t, store, `SELECT 1 FROM users WHERE identity = 'bob' FOR UPDATE`)
	batch := func() []order {
		return []order{{"bob", &hub.LeaveConversation{Conversation: hub.ConversationRef(c)}}, rename(hub.ConversationRef(other)), sendTo(c), sendTo(other)}
	}
	for n := range 20 {
		for i, outcome := range town.together(batch()) {
			if failed := strings.HasPrefix(outcome, "error"); failed != (i == 0) && i != 2 { // which comes after a refused one: it may fail alike (rule R10)
				t.Fatalf("batch %d, order %d: %s", n, i, outcome)
			}
		}
	}
	release()
	for i, outcome := range town.together(batch()) {
		if strings.HasPrefix(outcome, "error") {
			t.Errorf("when it is free again, order %d: %s", i, outcome)
		}
	}
}

// TestLockedForShort: what is locked for a moment is waited for, and done.
func TestLockedForShort(t *testing.T) {
	store := open(t, postgres.Config{Timeout: 2 * heldFor})
	town := newTown(t, store, 0)
	stuck, free := town.thread("", "ann"), town.thread("", "ann")
	for range 3 {
		release := hold(t, store, lockHeads, []hub.ConversationSID{stuck})
		done := make(chan []string)
		go func() {
			done <- town.together([]order{sendTo(stuck), sendTo(free), rename(hub.ConversationRef(stuck))})
		}()
		eventually(t, "somebody waits", func() bool {
			waits := `SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
			return store.Ask(t, waits)
		})
		release()
		for i, outcome := range <-done {
			if strings.HasPrefix(outcome, "error") {
				t.Errorf("order %d: %s", i, outcome)
			}
		}
	}
}
