package storetest

import (
	"errors"
	"slices"
	"time"

	"parley/hub"
)

func (w *world) named(name string) (hub.ConversationSID, error) {
	v, _, err := w.store.Conversation(w.Context(), w.account(), hub.ConversationRef(name))
	if err != nil {
		return "", err
	}
	return v.SID, nil
}

// names demands who bears a unique name; "" for nobody.
func (w *world) names(name string, want hub.ConversationSID) {
	w.Helper()
	got, err := w.named(name)
	if want == "" {
		w.code(err, hub.CodeConversationAbsent, name)
		return
	}
	w.ok(err)
	equal(w, "who bears "+name, got, want)
}

func (w *world) taken(err error, by hub.ConversationSID) {
	w.Helper()
	taken, ok := errors.AsType[*hub.NameTakenError](err)
	if !ok || taken.Conversation != by {
		w.Errorf("got %v, want the name taken by %s", err, by)
	}
}

// conversations are made, found, renamed and deleted; unique names follow.
func (w *world) conversations() {
	a, b := hub.NewConversationSID(), hub.NewConversationSID()
	w.must(w.putThread(a, "x"))
	w.names("x", a)
	v := w.view(a)
	if v.FriendlyName != "about x" || v.Attributes != `{"a":1}` || v.State != hub.StateActive || v.Revision != 1 ||
		v.LastIndex != hub.NoIndex || v.Last != nil || v.DateCreated.IsZero() || v.DateCreated.Location() != time.UTC {
		w.Errorf("read back as %+v", v.Conversation)
	}
	w.taken(w.try(w.putThread(b, "x"))[0], a)
	marks, err := w.store.Heads(w.Context(), []hub.ConversationSID{a, b})
	w.ok(err)
	if want := []hub.HeadMark{{Conversation: a, Revision: 1}, {Conversation: b, Deleted: true}}; !slices.Equal(marks, want) {
		w.Errorf("heads are %v, want %v", marks, want)
	}
	w.must(w.putThread(b, "y"), w.rename(a, "z"), w.rename(b, "x"))
	w.names("x", b)
	w.names("y", "")
	w.names("z", a)
	w.must(w.deleting(b))
	w.names("x", "")
	w.must(w.rename(a, ""))
	w.names("z", "")
	equal(w, "revision", w.view(a).Revision, 3)
	// Names are per service.
	other, o := w.newService("other"), hub.NewConversationSID()
	w.must(w.rename(a, "n"), putThreadOf(other.SID, o, "n"))
	w.names("n", a)
	_, _, err = w.store.Conversation(w.Context(), w.account(), hub.ConversationRef(o))
	w.code(err, hub.CodeConversationAbsent, "another service's conversation")
}

// namesInOneBatch moves names about inside one transaction.
func (w *world) namesInOneBatch() {
	a, b, c := hub.NewConversationSID(), hub.NewConversationSID(), hub.NewConversationSID()
	byName := func(name string, want hub.ConversationSID) write {
		return func(tx hub.Tx) error {
			found, err := tx.Conversation(w.service.SID, hub.ConversationRef(name))
			if err != nil {
				return err
			}
			var got hub.ConversationSID
			if found != nil {
				got = found.SID
			}
			equal(w, "in the batch, who bears "+name, got, want)
			return nil
		}
	}
	w.must(w.putThread(a, "x"), byName("x", a), w.putThread(b, "y"), byName("y", b),
		w.rename(a, "tmp"), byName("x", ""), w.rename(b, "x"), w.rename(a, "y"), byName("x", b), byName("y", a), byName("tmp", ""))
	errs := w.try(w.deleting(b), byName("x", ""), w.putThread(c, "x"), byName("x", c), w.rename(a, "x"), w.rename(b, "q"))
	for i, err := range errs[:4] {
		if err != nil {
			w.Errorf("op %d: %v", i, err)
		}
	}
	w.taken(errs[4], c)
	w.code(errs[5], hub.CodeConversationAbsent, "renaming what the batch deleted")
	w.names("x", c)
	w.names("y", a)
	w.names("q", "")
}

// freshInOneBatch uses what the same batch made.
func (w *world) freshInOneBatch() {
	c := hub.NewConversationSID()
	w.must(w.putThread(c, "new"), func(tx hub.Tx) error {
		found, err := tx.Conversation(w.service.SID, "new")
		if err == nil && found == nil {
			err = errors.New("the batch's own conversation is not found by name")
		}
		if err != nil {
			return err
		}
		found.Revision++
		found.Participants += 10
		return tx.PutHead(found)
	}, w.join(c, "ann"), w.say(c, "ann", "hello"), func(tx hub.Tx) error {
		u, err := tx.User(w.service.SID, "ann")
		if err != nil {
			return err
		}
		n, err := tx.OpenConversations(u.SID)
		equal(w, "open conversations", n, 1)
		return err
	})
	v := w.view(c)
	equal(w, "revision", v.Revision, 4)
	equal(w, "participants", v.Participants, 11)
	equal(w, "messages", v.Messages, 1)
}

// deleteAndPurge leaves a tombstone, and then nothing of the content (rule R5).
func (w *world) deleteAndPurge() {
	c, kept := w.thread("ann", "bob"), w.thread("ann")
	var writes []write
	for range 1200 {
		writes = append(writes, w.send(c, &hub.Message{Author: "ann", Body: "b", Nonce: string(hub.NewMessageSID())}))
	}
	w.must(append(writes, w.say(kept, "ann", "stays"))...)
	before, err := w.store.User(w.Context(), w.service.SID, "bob")
	w.ok(err)
	w.must(w.deleting(c))
	after, err := w.store.User(w.Context(), w.service.SID, "bob")
	w.ok(err)
	equal(w, "bob's revision", after.Revision, before.Revision+1)
	_, _, err = w.store.Conversation(w.Context(), w.account(), hub.ConversationRef(c))
	w.code(err, hub.CodeConversationAbsent, "a deleted conversation")
	_, err = w.store.Messages(w.Context(), w.as("ann"), hub.ConversationRef(c), hub.MessageQuery{Anchor: hub.NoIndex, Limit: 10})
	w.code(err, hub.CodeConversationAbsent, "messages of a deleted conversation")
	marks, err := w.store.Heads(w.Context(), []hub.ConversationSID{c})
	w.ok(err)
	equal(w, "head", marks[0], hub.HeadMark{Conversation: c, Revision: 1204, Deleted: true})
	steps, more := 0, true
	for ; more && steps < 100; steps++ {
		more, err = w.store.Purge(w.Context())
		w.ok(err)
	}
	if more || steps < 3 {
		w.Errorf("purged in %d steps, more left: %v", steps, more)
	}
	w.must(func(tx hub.Tx) error {
		m, err := tx.Message(c, hub.MessageRef{Index: 5})
		if err == nil && m != nil {
			err = errors.New("a message is left")
		}
		p, err2 := tx.LastMembership(c, "ann")
		if err2 == nil && p != nil {
			err2 = errors.New("a participant is left")
		}
		return errors.Join(err, err2)
	})
	equal(w, "messages of another", w.view(kept).Messages, 1)
	equal(w, "last of another", w.view(kept).Last.Body, "stays")
}

// deleteEmpty deletes what has nobody and nothing in it.
func (w *world) deleteEmpty() {
	c := w.thread()
	w.must(w.deleting(c))
	for range 3 {
		more, err := w.store.Purge(w.Context())
		w.ok(err)
		if !more {
			return
		}
	}
	w.Error("purging an empty conversation does not end")
}

// due lists deadlines, oldest first.
func (w *world) due() {
	t0 := time.Now().UTC().Truncate(time.Millisecond).Add(-210 * time.Second)
	var made []hub.ConversationSID
	deadline := func(c hub.ConversationSID, t time.Time) write {
		return w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
			c.Deadline = t
			return tx.PutHead(c)
		})
	}
	for i := range 5 {
		made = append(made, w.thread())
		w.must(deadline(made[i], t0.Add(time.Duration(5-i)*time.Minute)))
	}
	gone := w.thread()
	w.must(deadline(gone, t0), w.deleting(gone), deadline(made[1], time.Time{}))
	due, next, err := w.store.Due(w.Context(), 10)
	w.ok(err)
	if len(due) != 3 || due[0].Conversation != made[4] || due[2].Conversation != made[2] || due[0].Service != w.service.SID {
		w.Errorf("due are %v", due)
	}
	if next < 80*time.Second || next > 90*time.Second { // the fifth minute, seen from a bit after the third and a half
		w.Errorf("the next is due in %v", next)
	}
	due, _, err = w.store.Due(w.Context(), 2)
	w.ok(err)
	equal(w, "bounded", len(due), 2)
	w.must(deadline(made[0], time.Time{}), deadline(made[2], time.Time{}), deadline(made[3], time.Time{}), deadline(made[4], time.Time{}))
	due, next, err = w.store.Due(w.Context(), 2)
	w.ok(err)
	if len(due) != 0 || next != 0 {
		w.Errorf("without deadlines: %v, next %v", due, next)
	}
}
