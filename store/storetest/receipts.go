package storetest

import (
	"reflect"
	"slices"
	"strings"

	"parley/hub"
)

// receipts are of one message, and go with it.
func (w *world) receipts() {
	c, ref := w.thread("ann"), hub.MessageRef{Index: 0}
	w.must(w.say(c, "ann", "one"), w.say(c, "ann", "two"))
	put := func(rs ...*hub.Receipt) write {
		return w.with(c, func(tx hub.Tx, _ *hub.Conversation) error {
			for _, r := range rs {
				if err := tx.PutReceipt(r); err != nil {
					return err
				}
			}
			return nil
		})
	}
	said, err := w.store.Message(w.Context(), w.account(), hub.ConversationRef(c), ref)
	w.ok(err)
	var made []*hub.Receipt
	for range 5 {
		made = append(made, &hub.Receipt{
			SID: hub.NewReceiptSID(), Conversation: c, Message: said.SID, Participant: hub.NewParticipantSID(), ChannelMessage: "SM1",
			Status: hub.ReceiptSent, ErrorCode: 7, DateCreated: day, DateUpdated: day,
		})
	}
	slices.SortFunc(made, func(a, b *hub.Receipt) int { return strings.Compare(string(a.SID), string(b.SID)) })
	other := &hub.Receipt{SID: hub.NewReceiptSID(), Conversation: c, Index: 1, Status: hub.ReceiptRead}
	w.must(put(append(made, other)...))
	made[1].Status, made[1].ErrorCode, made[1].ChannelMessage, made[1].DateUpdated = hub.ReceiptDelivered, 0, "SM2", day.AddDate(0, 0, 1)
	w.must(put(made[1]), func(tx hub.Tx) error {
		all, err := tx.Receipts(said)
		if !reflect.DeepEqual(all, made) {
			w.Errorf("inside they are %v", all)
		}
		return err
	})
	for _, by := range []hub.MessageRef{ref, {SID: said.SID, Index: hub.NoIndex}} {
		for limit := 1; limit < 7; limit++ {
			var got []*hub.Receipt
			q := hub.PageQuery{Limit: limit}
			for {
				page, err := w.store.Receipts(w.Context(), w.as("ann"), hub.ConversationRef(c), by, q)
				w.ok(err)
				equal(w, "their conversation", page.Conversation, c)
				got = append(got, page.Receipts...)
				if q.After = page.Next; q.After == "" || len(got) > 10 {
					break
				}
			}
			if !reflect.DeepEqual(got, made) {
				w.Errorf("in pages of %d: %v", limit, got)
			}
		}
	}
	one, err := w.store.Receipt(w.Context(), w.as("ann"), hub.ConversationRef(c), ref, made[1].SID)
	w.ok(err)
	equal(w, "one", *one, *made[1])
	_, err = w.store.Receipt(w.Context(), w.as("ann"), hub.ConversationRef(c), ref, other.SID)
	w.code(err, hub.CodeReceiptAbsent, "another message's")
	_, err = w.store.Receipt(w.Context(), w.as("eve"), hub.ConversationRef(c), ref, made[1].SID)
	w.code(err, hub.CodeConversationAbsent, "for an outsider")
	_, err = w.store.Receipts(w.Context(), w.as("eve"), hub.ConversationRef(c), ref, hub.PageQuery{Limit: 5})
	w.code(err, hub.CodeConversationAbsent, "all for an outsider")
	_, err = w.store.Receipts(w.Context(), w.account(), hub.ConversationRef(c), hub.MessageRef{Index: 2}, hub.PageQuery{Limit: 5})
	w.code(err, hub.CodeMessageAbsent, "of no message")
	w.must(w.remove(c, 0), func(tx hub.Tx) error {
		all, err := tx.Receipts(said)
		equal(w, "of a removed message", len(all), 0)
		return err
	})
	_, err = w.store.Receipts(w.Context(), w.account(), hub.ConversationRef(c), ref, hub.PageQuery{Limit: 5})
	w.code(err, hub.CodeMessageAbsent, "of a removed message")
	rest, err := w.store.Receipts(w.Context(), w.account(), hub.ConversationRef(c), hub.MessageRef{Index: 1}, hub.PageQuery{Limit: 5})
	w.ok(err)
	equal(w, "of the other", len(rest.Receipts), 1)
	w.must(w.deleting(c))
	for more := true; more; {
		more, err = w.store.Purge(w.Context())
		w.ok(err)
	}
	w.must(func(tx hub.Tx) error {
		all, err := tx.Receipts(&hub.Message{Conversation: c, Index: 1})
		equal(w, "of a purged conversation", len(all), 0)
		return err
	})
}
