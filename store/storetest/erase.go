package storetest

import (
	"slices"

	"parley/hub"
)

// traces are what an identity left, as who reads sees it and as a transaction does.
func (w *world) traces(c hub.ConversationSID, q hub.TraceQuery) (messages []int64, reactions []hub.Trace, memberships int) {
	w.Helper()
	left, err := w.store.Traces(w.Context(), w.service.SID, c, q)
	w.ok(err)
	var inside *hub.Traces
	w.must(w.with(c, func(tx hub.Tx, _ *hub.Conversation) (err error) {
		inside, err = tx.Traces(c, q)
		return err
	}))
	for _, m := range left.Messages {
		messages = append(messages, m.Index)
	}
	same := func(a, b *hub.Message) bool { return a.SID == b.SID && a.Body == b.Body }
	if !slices.EqualFunc(left.Messages, inside.Messages, same) || !slices.Equal(left.Reactions, inside.Reactions) {
		w.Errorf("outside %+v, inside %+v", left, inside)
	}
	return messages, left.Reactions, len(left.Memberships)
}

// erasing finds what somebody left, message by message, and takes the name out of what stays.
func (w *world) erasing() {
	c, other := w.thread("ann", "bob"), w.thread("bob")
	w.must(w.say(c, "bob", "0"), w.send(c, &hub.Message{Author: "bob", Body: "1", Nonce: "n"}), w.say(c, "ann", "2"), w.say(c, "bob", "3"))
	w.must(w.say(other, "bob", "elsewhere"))
	react := func(index int64, who string) write {
		return w.with(c, func(tx hub.Tx, _ *hub.Conversation) error {
			m, err := tx.Message(c, hub.MessageRef{Index: index})
			if err == nil {
				_, _, err = tx.React(m, "+1", who, true)
			}
			return err
		})
	}
	w.must(react(2, "bob"), react(2, "ann"), react(3, "ann"), w.remove(c, 1), w.edit(c, 2, "edited"), w.unseat(c, "bob", hub.Left), w.join(c, "bob"))
	messages, reactions, memberships := w.traces(c, hub.TraceQuery{Identity: "bob", To: 4})
	if !slices.Equal(messages, []int64{0, 3}) || !slices.Equal(reactions, []hub.Trace{{Index: 2, Name: "+1"}}) || memberships != 2 {
		w.Errorf("bob left %v, %v and %d memberships", messages, reactions, memberships)
	}
	if messages, _, _ := w.traces(c, hub.TraceQuery{Identity: "bob", From: 1, To: 4, Limit: 1}); !slices.Equal(messages, []int64{3}) {
		w.Errorf("from 1 on bob left %v", messages)
	}
	if messages, reactions, _ := w.traces(c, hub.TraceQuery{Identity: "bob", From: 1, To: 2}); messages != nil || reactions != nil {
		w.Errorf("at 1 bob left %v, %v", messages, reactions)
	}
	if _, err := w.store.Traces(w.Context(), w.newService("another").SID, c, hub.TraceQuery{Identity: "bob"}); err == nil {
		w.Error("another service sees it")
	}
	w.must(w.forget(c, "bob", 2, 4)) // where there is no tombstone
	w.tombstone(c, "bob", "n")
	w.must(w.forget(c, "editor", 0, 4), w.forget(c, "bob", 0, 2))
	w.tombstone(c, "", "")
	m, err := w.store.Message(w.Context(), w.account(), hub.ConversationRef(c), hub.MessageRef{Index: 2})
	w.ok(err)
	equal(w, "the last editor", m.LastUpdatedBy, "")
	again := &hub.Message{Author: "bob", Body: "4", Nonce: "n"}
	w.must(w.send(c, again))
	equal(w, "the index of what is sent with the nonce", again.Index, 4)
	if _, _, memberships := w.traces(c, hub.TraceQuery{Identity: "bob", To: 4}); memberships != 1 {
		w.Errorf("bob, who is in, has %d memberships", memberships)
	}
	if messages, _, memberships := w.traces(other, hub.TraceQuery{Identity: "bob", To: 4}); len(messages) != 1 || memberships != 1 {
		w.Error("another conversation was changed")
	}
	w.forgetFiles()
	w.ok(w.store.Scrub(w.Context()))
}

// forget takes an identity out of some tombstones and of memberships that ended.
func (w *world) forget(c hub.ConversationSID, identity string, from, to int64) write {
	return w.with(c, func(tx hub.Tx, _ *hub.Conversation) error {
		if err := tx.Forget(c, hub.TraceQuery{Identity: identity, From: from, To: to}); err != nil {
			return err
		}
		return tx.ForgetMember(c, identity)
	})
}

// tombstone demands what the second message still says.
func (w *world) tombstone(c hub.ConversationSID, author, nonce string) {
	w.Helper()
	w.must(func(tx hub.Tx) error {
		if _, err := tx.Conversation(w.service.SID, hub.ConversationRef(c)); err != nil {
			return err
		}
		m, err := tx.Message(c, hub.MessageRef{Index: 1})
		if err == nil {
			equal(w, "the tombstone's author", m.Author, author)
			equal(w, "the tombstone's nonce", m.Nonce, nonce)
		}
		return err
	})
}

// forgetFiles: what ann uploaded goes, or where a message carries it stays without her name.
func (w *world) forgetFiles() {
	own, sent := w.putMedia(hub.MediaWhole), w.putMedia(hub.MediaWhole)
	w.carry(w.thread("bob"), sent)
	w.must(func(tx hub.Tx) error { return tx.ForgetFiles(w.service.SID, "ann") })
	w.must(func(tx hub.Tx) error {
		for m, state := range map[*hub.Media]hub.MediaState{own: hub.MediaGone, sent: hub.MediaAttached} {
			got, err := tx.Media(w.service.SID, m.SID)
			if err != nil {
				return err
			}
			equal(w, "the author of a file", got.Author, "")
			equal(w, "the state of a file", got.State, state)
		}
		return nil
	})
}
