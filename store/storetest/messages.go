package storetest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"parley/hub"
)

func (w *world) page(v hub.Viewer, c hub.ConversationSID, q hub.MessageQuery) *hub.MessagePage {
	w.Helper()
	page, err := w.store.Messages(w.Context(), v, hub.ConversationRef(c), q)
	w.ok(err)
	return page
}

func indexes(page *hub.MessagePage) (all []int64) {
	for _, m := range page.Messages {
		all = append(all, m.Index)
	}
	return all
}

// messages come back as they were saved; tombstones have no content.
func (w *world) messages() {
	c := w.thread("ann")
	own, err := w.store.Participant(w.Context(), w.account(), hub.ConversationRef(c), "ann")
	w.ok(err)
	m := &hub.Message{Author: "ann", Participant: own.SID, Body: "héllo\n", Subject: "s", Attributes: `{"k":[1]}`, Nonce: "n"}
	w.must(w.send(c, m))
	for _, ref := range []hub.MessageRef{{Index: 0}, {SID: m.SID}} {
		got, err := w.store.Message(w.Context(), w.as("ann"), hub.ConversationRef(c), ref)
		w.ok(err)
		if !reflect.DeepEqual(got, m) {
			w.Errorf("saved %+v, read %+v", m, got)
		}
	}
	_, err = w.store.Message(w.Context(), w.account(), hub.ConversationRef(w.thread()), hub.MessageRef{SID: m.SID})
	w.code(err, hub.CodeMessageAbsent, "by sid in another conversation")
	_, err = w.store.Message(w.Context(), w.account(), hub.ConversationRef(c), hub.MessageRef{Index: 1})
	w.code(err, hub.CodeMessageAbsent, "one past the end")
	w.must(w.edit(c, 0, "edited"), w.say(c, "bob", strings.Repeat("é", 200)))
	got, err := w.store.Message(w.Context(), w.account(), hub.ConversationRef(c), hub.MessageRef{})
	w.ok(err)
	if got.Body != "edited" || got.LastUpdatedBy != "editor" || got.Changed != 4 || got.Created != 3 || got.Subject != "s" {
		w.Errorf("edited it is %+v", got)
	}
	v := w.view(c)
	if v.Last == nil || v.Last.Author != "bob" || v.Last.Index != 1 || len(v.Last.Body) > hub.LastMessageBytes || !strings.HasPrefix(v.Last.Body, "éé") {
		w.Errorf("the last message is %+v", v.Last)
	}
	w.must(w.remove(c, 1))
	v = w.view(c)
	if v.Last == nil || v.Last.Index != 0 || v.LastIndex != 1 || v.LastLive != 0 || v.Messages != 1 {
		w.Errorf("after a removal: %+v, last %+v", v.Head, v.Last)
	}
	w.must(w.remove(c, 0), func(tx hub.Tx) error {
		m, err := tx.Message(c, hub.MessageRef{Index: 0})
		if err == nil && (m == nil || !m.Removed || m.Body+m.Subject+string(m.Attributes) != "" || m.Author != "ann" || m.Changed != 7) {
			w.Errorf("the tombstone is %+v", m)
		}
		if n, err := tx.NewestMessage(c, 9); err != nil || n != nil {
			w.Errorf("the newest is %+v, %v", n, err)
		}
		if n, err := tx.Removals(c, 0); err != nil || n != 1 {
			w.Errorf("removals above 0 are %d, %v", n, err)
		}
		return err
	})
	_, err = w.store.Message(w.Context(), w.account(), hub.ConversationRef(c), hub.MessageRef{SID: m.SID})
	w.code(err, hub.CodeMessageAbsent, "a removed one")
	if v = w.view(c); v.Last != nil || v.LastLive != hub.NoIndex {
		w.Errorf("with nothing left the last message is %+v", v.Last)
	}
}

// messagePaging walks over gaps in both directions, from any anchor.
func (w *world) messagePaging() {
	c := w.thread()
	empty := w.page(w.account(), c, hub.MessageQuery{Anchor: hub.NoIndex, Limit: 5})
	if len(empty.Messages) != 0 || empty.HasNext || empty.HasPrev || empty.Conversation != c || empty.Revision != 1 {
		w.Errorf("of nothing: %+v", empty)
	}
	const n = 12
	var live []int64
	for i := range n {
		w.must(w.say(c, "ann", fmt.Sprint(i)))
	}
	for i := range int64(n) {
		if i == 0 || i == 3 || i == 4 || i == 5 || i == 11 {
			w.must(w.remove(c, i))
		} else {
			live = append(live, i)
		}
	}
	for limit := 1; limit <= n; limit++ {
		for anchor := hub.NoIndex; anchor <= n+1; anchor++ {
			for _, forward := range []bool{false, true} {
				page := w.page(w.account(), c, hub.MessageQuery{Anchor: anchor, Forward: forward, Limit: limit})
				var want []int64
				for _, i := range live {
					if forward && i >= anchor || !forward && (anchor == hub.NoIndex || i <= anchor) {
						want = append(want, i)
					}
				}
				from, to := 0, min(limit, len(want))
				if !forward {
					from, to = max(0, len(want)-limit), len(want)
				}
				all := want
				want = want[from:to]
				name := fmt.Sprintf("anchor %d, forward %v, limit %d", anchor, forward, limit)
				if !slices.Equal(indexes(page), want) {
					w.Fatalf("%s: %v, want %v", name, indexes(page), want)
				}
				prev, next := len(all) < len(live), len(want) < len(all)
				if !forward {
					prev, next = next, prev
				}
				equal(w, name+": has previous", page.HasPrev, prev)
				equal(w, name+": has next", page.HasNext, next)
			}
		}
	}
}

// messageBytes: a page ends before it exceeds its bytes, but holds one message at least.
func (w *world) messageBytes() {
	c := w.thread()
	for i := range 6 {
		w.must(w.say(c, "ann", strings.Repeat("x", 3000*(i+1))))
	}
	for _, forward := range []bool{false, true} {
		page := w.page(w.account(), c, hub.MessageQuery{Anchor: hub.NoIndex, Forward: forward, Limit: 10, Bytes: 1})
		equal(w, "of one byte", len(page.Messages), 1)
		for bytes := 2000; bytes < 80000; bytes += 5000 {
			page := w.page(w.account(), c, hub.MessageQuery{Anchor: hub.NoIndex, Forward: forward, Limit: 10, Bytes: bytes})
			total := 0
			for _, m := range page.Messages {
				total += len(m.Body)
			}
			if total > bytes && len(page.Messages) > 1 {
				w.Errorf("%d bytes where %d were asked", total, bytes)
			}
			more := page.HasPrev
			if forward {
				more = page.HasNext
			}
			equal(w, "more", more, len(page.Messages) < 6)
		}
		page = w.page(w.account(), c, hub.MessageQuery{Anchor: hub.NoIndex, Forward: forward, Limit: 10, Bytes: 1 << 20})
		equal(w, "of many bytes", len(page.Messages), 6)
	}
}

// reactions are counted by name; the first of those who reacted are named, oldest first.
func (w *world) reactions() {
	c := w.thread()
	w.must(w.say(c, "ann", "hi"))
	react := func(name, who string, add, changes bool) write {
		return w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
			m, err := tx.Message(c.SID, hub.MessageRef{Index: 0})
			if err != nil {
				return err
			}
			reactions, changed, err := tx.React(m, name, who, add)
			if err != nil {
				return err
			}
			equal(w, name+" of "+who+" changed", changed, changes)
			if !changed {
				return nil
			}
			c.Revision++
			m.Reactions, m.Changed = reactions, c.Revision
			if err := tx.PutMessage(m); err != nil {
				return err
			}
			return tx.PutHead(c)
		})
	}
	read := func() []hub.Reaction {
		m, err := w.store.Message(w.Context(), w.account(), hub.ConversationRef(c), hub.MessageRef{Index: 0})
		w.ok(err)
		return m.Reactions
	}
	w.must(react("b", "zoe", true, true), react("a", "bob", true, true), react("b", "ann", true, true), react("b", "ann", true, false),
		react("c", "ann", false, false))
	want := []hub.Reaction{{Name: "a", Count: 1, Identities: []string{"bob"}}, {Name: "b", Count: 2, Identities: []string{"zoe", "ann"}}}
	if got := read(); !reflect.DeepEqual(got, want) {
		w.Errorf("reactions are %v, want %v", got, want)
	}
	w.must(react("b", "zoe", false, true), react("b", "zoe", true, true), react("a", "bob", false, true), w.edit(c, 0, "edited"))
	want = []hub.Reaction{{Name: "b", Count: 2, Identities: []string{"ann", "zoe"}}}
	if got := read(); !reflect.DeepEqual(got, want) {
		w.Errorf("reactions are %v, want %v", got, want)
	}
	for i := range 30 {
		w.must(react("b", fmt.Sprint(i), true, true))
	}
	if got := read(); got[0].Count != 32 || len(got[0].Identities) != hub.ReactionIdentities || got[0].Identities[2] != "0" {
		w.Errorf("of many: %v", got)
	}
	w.must(w.remove(c, 0), func(tx hub.Tx) error {
		m, err := tx.Message(c, hub.MessageRef{Index: 0})
		if err == nil {
			equal(w, "reactions of a removed message", len(m.Reactions), 0)
		}
		return err
	})
}
