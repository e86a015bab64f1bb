package storetest

import (
	"fmt"
	"slices"
	"time"

	"parley/hub"
)

// day is when what is imported was made.
var day = time.Date(2019, 5, 17, 10, 11, 12, 345e6, time.UTC)

// imported keeps what the account may say of conversations, participants and messages, dates above all.
func (w *world) imported() {
	c := w.thread("ann")
	email := hub.EmailBinding{Address: "team@example.test", Name: "The team"}
	w.must(w.alter(c, func(c *hub.Conversation) {
		c.MessagingService, c.Email = "MG00000000000000000000000000000001", email
		c.DateCreated, c.DateUpdated = day, day.Add(time.Hour)
	}))
	v := w.view(c)
	if v.MessagingService != "MG00000000000000000000000000000001" || v.Email != email || !v.DateCreated.Equal(day) || !v.DateUpdated.Equal(day.Add(time.Hour)) {
		w.Errorf("the conversation is %+v", v.Conversation)
	}
	mail := &hub.Participant{}
	w.must(w.bind(c, mail, "cyd@example.test", "team@example.test"), w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
		p, err := tx.Participant(c.SID, "ann")
		if err != nil {
			return err
		}
		p.DateCreated, p.DateUpdated = day, day.Add(time.Minute)
		return tx.PutParticipant(p)
	}))
	p, err := w.store.Participant(w.Context(), w.account(), hub.ConversationRef(c), "ann")
	w.ok(err)
	equal(w, "joined", p.DateCreated, day)
	other := &hub.Participant{Binding: &hub.Binding{Kind: hub.KindEmail, Address: "dan@example.test", ProxyAddress: "team@example.test", Name: "Dan", Level: "cc"}}
	m := &hub.Message{Author: "ann", Body: "b", ContentSID: "HX00000000000000000000000000000001", ContentVariables: `{"1":"x"}`, Delivery: hub.Delivery{Total: 3}}
	w.must(w.with(c, func(tx hub.Tx, c *hub.Conversation) error { return w.seat(tx, c, other) }), w.send(c, m))
	p, err = w.store.Participant(w.Context(), w.account(), hub.ConversationRef(c), hub.ParticipantRef(other.SID))
	w.ok(err)
	equal(w, "the binding", *p.Binding, *other.Binding)
	said := func() *hub.Message {
		m, err := w.store.Message(w.Context(), w.account(), hub.ConversationRef(c), hub.MessageRef{Index: 0})
		w.ok(err)
		return m
	}
	if got := said(); got.ContentSID != m.ContentSID || got.ContentVariables != m.ContentVariables || got.Delivery != m.Delivery {
		w.Errorf("the message is %+v", got)
	}
	counted := hub.Delivery{Total: 3, Sent: 2, Delivered: 1, Failed: 1}
	w.must(w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
		m, err := tx.Message(c.SID, hub.MessageRef{Index: 0})
		if err != nil {
			return err
		}
		c.Revision++
		m.Author, m.DateCreated, m.DateUpdated, m.Delivery, m.Changed = "dan", day, day, counted, c.Revision
		if err := tx.PutMessage(m); err != nil {
			return err
		}
		return tx.PutHead(c)
	}))
	if got := said(); got.Author != "dan" || !got.DateCreated.Equal(day) || got.Delivery != counted {
		w.Errorf("changed it is %+v", got)
	}
	w.must(w.remove(c, 0), func(tx hub.Tx) error {
		m, err := tx.Message(c, hub.MessageRef{Index: 0})
		if err == nil && m.ContentSID+m.ContentVariables+fmt.Sprint(m.Delivery) != fmt.Sprint(hub.Delivery{}) {
			w.Errorf("the tombstone is %+v", m)
		}
		return err
	})
}

// atAddress finds those in one conversation, in a batch too.
func (w *world) atAddress() {
	a, b := w.thread("+1"), w.thread()
	first, second, gone := &hub.Participant{}, &hub.Participant{}, &hub.Participant{}
	at := func(c hub.ConversationSID, address string, want ...*hub.Participant) write {
		return func(tx hub.Tx) error {
			got, err := tx.AtAddress(c, address)
			if len(got) != len(want) {
				w.Errorf("%d are at %s, want %d", len(got), address, len(want))
				return err
			}
			for i := range got {
				equal(w, "at "+address, got[i].SID, want[i].SID)
			}
			return err
		}
	}
	w.must(w.bind(a, first, "+1", "+8"), w.bind(a, gone, "+1", "+6"), w.bind(a, second, "+1", "+9"), w.bind(b, &hub.Participant{}, "+1", "+7"),
		at(a, "+1", first, gone, second))
	w.must(w.unseat(a, hub.ParticipantRef(gone.SID), hub.Left), at(a, "+1", first, second), at(a, ""), at(a, "+2"))
}

// serviceConversations lists all of a service by creation, whoever is in them.
func (w *world) serviceConversations() {
	made := map[hub.ConversationSID]int{}
	var sids []hub.ConversationSID
	for i := range 9 {
		c := w.thread()
		made[c], sids = i, append(sids, c)
		at := day.AddDate(0, 0, i)
		if i == 5 {
			at = day.AddDate(0, 0, 4) // the same moment as another's
		}
		w.must(w.alter(c, func(c *hub.Conversation) { c.DateCreated = at }))
	}
	w.must(w.say(sids[2], "ann", "last"), w.closing(sids[3]), w.deleting(sids[6]),
		w.alter(sids[7], func(c *hub.Conversation) { c.State = hub.StateInactive }),
		putThreadOf(w.newService("other").SID, hub.NewConversationSID(), "elsewhere"))
	list := func(q hub.ServiceQuery) (got []int) {
		for {
			page, err := w.store.ServiceConversations(w.Context(), w.service.SID, q)
			w.ok(err)
			for _, v := range page.Views {
				if v.Own != nil || (v.Last != nil) != (made[v.SID] == 2) {
					w.Errorf("listed as %+v", v)
				}
				got = append(got, made[v.SID])
			}
			if q.After = page.Next; q.After == "" || len(got) > 20 {
				return got
			}
		}
	}
	demand := func(what string, got []int, want ...int) {
		for i := range len(got) - 1 { // 4 and 5 are of one moment: either may be first
			if got[i] == 4 && got[i+1] == 5 {
				got[i], got[i+1] = 5, 4
			}
		}
		if !slices.Equal(got, want) {
			w.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	for limit := 1; limit < 10; limit++ {
		demand(fmt.Sprint("in pages of ", limit), list(hub.ServiceQuery{PageQuery: hub.PageQuery{Limit: limit}}), 8, 7, 5, 4, 3, 2, 1, 0)
	}
	demand("in a byte each", list(hub.ServiceQuery{PageQuery: hub.PageQuery{Limit: 9, Bytes: 1}}), 8, 7, 5, 4, 3, 2, 1, 0)
	some := hub.PageQuery{Limit: 2}
	demand("from then on", list(hub.ServiceQuery{From: day.AddDate(0, 0, 4), PageQuery: some}), 8, 7, 5, 4)
	demand("before", list(hub.ServiceQuery{To: day.AddDate(0, 0, 4), PageQuery: some}), 3, 2, 1, 0)
	demand("between", list(hub.ServiceQuery{From: day.AddDate(0, 0, 1), To: day.AddDate(0, 0, 3), PageQuery: some}), 2, 1)
	demand("closed", list(hub.ServiceQuery{States: []hub.State{hub.StateClosed}, PageQuery: some}), 3)
	demand("open", list(hub.ServiceQuery{States: []hub.State{hub.StateActive, hub.StateInactive}, PageQuery: some}), 8, 7, 5, 4, 2, 1, 0)
	demand("of a state that none is in", list(hub.ServiceQuery{States: []hub.State{"initializing"}, PageQuery: some}))
}

// seats lists where an identity or an address is in, closed conversations included.
func (w *world) seats() {
	made := map[hub.ConversationSID]int{}
	var sids []hub.ConversationSID
	for i := range 8 {
		c := w.thread("ann", "bob")
		made[c], sids = i, append(sids, c)
		w.must(w.bind(c, &hub.Participant{}, "+1", fmt.Sprint("+9", i)))
	}
	left := &hub.Participant{}
	w.must(w.bind(sids[1], &hub.Participant{}, "+1", "+88"), w.closing(sids[2]), w.deleting(sids[3]), w.unseat(sids[4], "ann", hub.Left),
		w.unseat(sids[5], "ann", hub.Left), w.join(sids[5], "ann"), w.bind(sids[6], left, "+2", "+9"))
	w.must(w.unseat(sids[6], hub.ParticipantRef(left.SID), hub.Left))
	list := func(q hub.SeatQuery) (got []int) {
		for {
			page, err := w.store.Seats(w.Context(), w.service.SID, q)
			w.ok(err)
			for _, s := range page.Seats {
				if s.Participant.Conversation != s.Conversation.SID || s.Participant.Identity != q.Identity || s.Participant.Chat() != (q.Address == "") {
					w.Errorf("%+v is listed in %+v", s.Participant, s.Conversation)
				}
				got = append(got, made[s.Conversation.SID])
			}
			if q.After = page.Next; q.After == "" || len(got) > 20 {
				slices.Sort(got)
				return got
			}
		}
	}
	for limit := 1; limit < 9; limit++ {
		for _, bytes := range []int{0, 1} {
			q := hub.PageQuery{Limit: limit, Bytes: bytes}
			if got := list(hub.SeatQuery{Identity: "ann", PageQuery: q}); !slices.Equal(got, []int{0, 1, 2, 5, 6, 7}) {
				w.Errorf("ann is in %v", got)
			}
			if got := list(hub.SeatQuery{Address: "+1", PageQuery: q}); !slices.Equal(got, []int{0, 1, 1, 2, 4, 5, 6, 7}) {
				w.Errorf("+1 is in %v", got)
			}
		}
	}
	for _, q := range []hub.SeatQuery{{Identity: "nobody"}, {Address: "+2"}, {Address: "+3"}} {
		q.Limit = 5
		equal(w, "seats of "+q.Identity+q.Address, len(list(q)), 0)
	}
	page, err := w.store.Seats(w.Context(), w.newService("other").SID, hub.SeatQuery{Address: "+1", PageQuery: hub.PageQuery{Limit: 5}})
	w.ok(err)
	equal(w, "in another service", len(page.Seats), 0)
}
