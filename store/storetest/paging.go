package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/hub"
)

// participantPaging lists those who are in, by creation.
func (w *world) participantPaging() {
	c := w.thread("a", "b", "c", "d", "e", "f", "g")
	w.must(w.unseat(c, "a", hub.Left), w.unseat(c, "d", hub.Removed), w.unseat(c, "g", hub.Left), w.join(c, "a"),
		w.decorate(c, "b", `"`+strings.Repeat("x", 5000)+`"`))
	want := []string{"b", "c", "e", "f", "a"}
	for limit := 1; limit < 7; limit++ {
		for _, bytes := range []int{0, 1, 6500} {
			var got []string
			q := hub.PageQuery{Limit: limit, Bytes: bytes}
			for {
				page, err := w.store.Participants(w.Context(), w.as("b"), hub.ConversationRef(c), q)
				w.ok(err)
				for _, p := range page.Participants {
					got = append(got, p.Identity)
				}
				if bytes == 1 {
					equal(w, "participants in a byte", len(page.Participants), 1)
				}
				if q.After = page.Next; q.After == "" || len(got) > 10 {
					break
				}
			}
			if !slices.Equal(got, want) {
				w.Errorf("in pages of %d (%d bytes): %v", limit, bytes, got)
			}
		}
	}
}

// conversationPaging lists one's own by activity, which a message, and joining for the one who joins, brings up.
func (w *world) conversationPaging() {
	at := time.Now().UTC().Truncate(time.Millisecond)
	made := map[hub.ConversationSID]int{}
	var sids []hub.ConversationSID
	for i := range 7 {
		c := w.thread("ann")
		at = at.Add(time.Minute)
		w.must(w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
			c.Activity = at
			return tx.PutHead(c)
		}))
		made[c], sids = i, append(sids, c)
	}
	later := at.Add(time.Hour)
	w.must(w.with(sids[2], func(tx hub.Tx, c *hub.Conversation) error { // last to be active
		c.Activity = later
		return tx.PutHead(c)
	}), w.with(sids[3], func(tx hub.Tx, c *hub.Conversation) error { // the same moment as another's
		c.Activity = at
		return tx.PutHead(c)
	}), w.closing(sids[0]), w.deleting(sids[1]), w.unseat(sids[4], "ann", hub.Left),
		w.alter(sids[5], func(c *hub.Conversation) { c.State = hub.StateInactive }))
	list := func(q hub.ConversationQuery) (got []int) {
		for {
			page, err := w.store.Conversations(w.Context(), w.as("ann"), q)
			w.ok(err)
			for _, v := range page.Views {
				if v.Own == nil || v.Own.Identity != "ann" || len(v.Permissions) == 0 {
					w.Errorf("the reader's own part is missing in %+v", v)
				}
				got = append(got, made[v.SID])
			}
			if q.Bytes == 1 {
				equal(w, "conversations in a byte", len(page.Views), 1)
			}
			if q.After = page.Next; q.After == "" || len(got) > 10 {
				return got
			}
		}
	}
	for limit := 1; limit < 9; limit++ {
		for _, bytes := range []int{0, 1} {
			got := list(hub.ConversationQuery{Limit: limit, Bytes: bytes})
			if len(got) == 4 {
				slices.Sort(got[1:3]) // 3 and 6 are of one moment: either may be first
			}
			if !slices.Equal(got, []int{2, 3, 6, 5}) {
				w.Errorf("in pages of %d (%d bytes): %v", limit, bytes, got)
			}
		}
	}
	for want, states := range map[string][]hub.State{"[0]": {hub.StateClosed}, "[5]": {hub.StateInactive}, "[5 0]": {hub.StateInactive, hub.StateClosed}} {
		equal(w, "by state", fmt.Sprint(list(hub.ConversationQuery{Limit: 3, States: states})), want)
	}
	page, err := w.store.Conversations(w.Context(), w.as("nobody"), hub.ConversationQuery{Limit: 5})
	w.ok(err)
	equal(w, "a stranger's list", len(page.Views), 0)
}

// badTokens: what no page gave is refused.
func (w *world) badTokens() {
	c := w.thread("ann")
	for _, token := range []string{"x", "PT", "PT!!", "PTAAAA", "PTMS4yLjM", strings.Repeat("PT", 1000)} {
		_, err := w.store.Participants(w.Context(), w.account(), hub.ConversationRef(c), hub.PageQuery{After: token, Limit: 1})
		w.code(err, hub.CodePageToken, "participants after "+token)
		_, err = w.store.Conversations(w.Context(), w.as("ann"), hub.ConversationQuery{After: token, Limit: 1})
		w.code(err, hub.CodePageToken, "conversations after "+token)
		q := hub.PageQuery{After: token, Limit: 1}
		_, err = w.store.ServiceConversations(w.Context(), w.service.SID, hub.ServiceQuery{PageQuery: q})
		w.code(err, hub.CodePageToken, "a service's conversations after "+token)
		_, err = w.store.Seats(w.Context(), w.service.SID, hub.SeatQuery{Identity: "ann", PageQuery: q})
		w.code(err, hub.CodePageToken, "seats after "+token)
		_, err = w.store.Receipts(w.Context(), w.account(), hub.ConversationRef(c), hub.MessageRef{}, q)
		w.code(err, hub.CodePageToken, "receipts after "+token)
	}
}
