package storetest

import (
	"slices"

	"parley/hub"
)

// index brings the index of a conversation up to date, in steps of so many changes.
func (w *world) index(c hub.ConversationSID, rows int) {
	w.Helper()
	for {
		marks, err := w.store.Indexed(w.Context(), []hub.ConversationSID{c})
		w.ok(err)
		if len(marks) == 0 || marks[0].Indexed == marks[0].Revision {
			return
		}
		w.ok(w.store.Index(w.Context(), []hub.IndexStep{w.step(c, marks[0].Indexed, rows)}))
	}
}

// step reads what a step of the index is made of.
func (w *world) step(c hub.ConversationSID, from hub.Revision, rows int) hub.IndexStep {
	w.Helper()
	changes, err := w.store.Changes(w.Context(), w.account(), c, hub.ChangeQuery{Since: from, Limit: rows})
	w.ok(err)
	return hub.NewIndexStep(c, from, changes)
}

// find gives the bodies of what a viewer finds, in pages of so many.
func (w *world) find(v hub.Viewer, query string, c hub.ConversationRef, limit int) (bodies []string) {
	w.Helper()
	terms, err := hub.ParseSearch(query)
	w.ok(err)
	for after, pages := "", 0; ; pages++ {
		page, err := w.store.Search(w.Context(), v, hub.SearchQuery{Terms: terms, Conversation: c, After: after, Limit: limit})
		w.ok(err)
		for i, m := range page.Messages {
			if bodies = append(bodies, m.Body); m.Removed || m.Conversation == "" || i >= limit {
				w.Errorf("searching %q: %d of %d is %+v", query, i, limit, m)
			}
		}
		if after = page.Next; after == "" {
			return bodies
		}
		if pages > 1000 {
			w.Fatalf("searching %q does not end", query)
		}
	}
}

func (w *world) finds(v hub.Viewer, query string, want ...string) {
	w.Helper()
	got := w.find(v, query, "", 2)
	slices.Sort(got) // several of one millisecond come in any order
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.Errorf("%q finds %q, want %q", query, got, want)
	}
}

// searching follows messages through the index.
func (w *world) searching() {
	ann := w.as("ann")
	c, other := w.thread("ann", "bob"), w.thread("bob")
	w.must(w.say(c, "ann", "Green tea, please"), w.say(c, "ann", "tea that is GREEN"), w.say(c, "bob", "Ünïcode and teapots"),
		w.say(c, "bob", "東京タワーに行く"), w.say(other, "bob", "green tea for bob"))
	w.finds(ann, "tea")
	w.index(c, 2)
	w.index(other, 100)
	w.finds(ann, "green TEA", "Green tea, please", "tea that is GREEN")
	w.finds(ann, `"green tea"`, "Green tea, please")
	w.finds(ann, "tea*", "Green tea, please", "tea that is GREEN", "Ünïcode and teapots")
	w.finds(ann, "teapo*", "Ünïcode and teapots")
	w.finds(ann, "ünï* and", "Ünïcode and teapots")
	w.finds(ann, "タワー", "東京タワーに行く")
	w.finds(ann, "京東")
	w.finds(w.as("bob"), `"green tea"`, "Green tea, please", "green tea for bob")
	w.finds(w.account(), `"green tea" please`, "Green tea, please")
	w.finds(w.as("nobody"), "tea")
	w.finds(hub.Viewer{Service: w.newService("another").SID}, "tea")

	w.must(w.edit(c, 0, "coffee after all"), w.remove(c, 1), w.say(c, "ann", "gone at once"), w.decorate(c, "ann", `{}`))
	w.must(w.remove(c, 4))
	w.finds(ann, "green", "coffee after all") // as it is, by the words it had
	w.index(c, 1)
	w.finds(ann, "green")
	w.finds(ann, "gone")
	w.finds(ann, "coffee", "coffee after all")
	equal(w, "in the one", len(w.find(w.as("bob"), "tea", hub.ConversationRef(c), 1)), 0)
	equal(w, "in the other", len(w.find(w.as("bob"), "tea", hub.ConversationRef(other), 1)), 1)
	_, err := w.store.Search(w.Context(), ann, hub.SearchQuery{
		Terms: []hub.SearchTerm{{Words: []string{"tea"}}}, Conversation: hub.ConversationRef(other), Limit: 1,
	})
	w.code(err, hub.CodeConversationAbsent, "in a conversation of others")
	w.must(w.unseat(c, "ann", hub.Removed))
	w.finds(ann, "coffee")
	w.finds(w.as("bob"), "coffee", "coffee after all")
	w.must(w.deleting(c))
	w.finds(w.account(), "coffee")
	for more := true; more; {
		more, err = w.store.Purge(w.Context())
		w.ok(err)
	}
	w.finds(w.account(), "coffee")
	w.finds(w.account(), "green", "green tea for bob")
}

// indexPositions: a step counts from its position alone, and only while the conversation is there.
func (w *world) indexPositions() {
	c, far := w.thread("ann"), w.thread("ann")
	w.must(w.say(c, "ann", "first"), w.say(far, "ann", "afar"))
	stale := w.step(c, 0, 100)
	w.ok(w.store.Index(w.Context(), []hub.IndexStep{stale, w.step(far, 0, 100)}))
	w.must(w.edit(c, 0, "second"))
	w.index(c, 100)
	w.ok(w.store.Index(w.Context(), []hub.IndexStep{stale}))
	w.finds(w.as("ann"), "first")
	w.finds(w.as("ann"), "second", "second")
	w.finds(w.as("ann"), "afar", "afar")
	behind := func() []hub.ConversationSID {
		var sids []hub.ConversationSID
		for after := hub.ConversationSID(""); ; {
			marks, next, err := w.store.Behind(w.Context(), after, 1)
			w.ok(err)
			for _, m := range marks {
				equal(w, "service", m.Service, w.service.SID)
				sids = append(sids, m.Conversation)
			}
			if after = next; after == "" {
				return sids
			}
		}
	}
	of := func(v hub.Viewer, ref hub.ConversationRef, limit int) int {
		marks, err := w.store.BehindFor(w.Context(), v, ref, limit)
		w.ok(err)
		return len(marks)
	}
	equal(w, "behind when all is done", len(behind()), 0)
	w.must(w.say(far, "ann", "more"), w.say(c, "ann", "more"))
	equal(w, "behind", len(behind()), 2)
	equal(w, "behind for ann", of(w.as("ann"), "", 10), 2)
	equal(w, "behind for ann, at most one", of(w.as("ann"), "", 1), 1)
	equal(w, "behind for ann in one", of(w.as("ann"), hub.ConversationRef(far), 10), 1)
	equal(w, "behind for the account in one", of(w.account(), hub.ConversationRef(far), 10), 1)
	equal(w, "behind for bob", of(w.as("bob"), hub.ConversationRef(far), 10)+of(w.as("bob"), "", 10), 0)
	marks, err := w.store.Indexed(w.Context(), []hub.ConversationSID{c, hub.NewConversationSID()})
	w.ok(err)
	if want := (hub.IndexMark{Service: w.service.SID, Conversation: c, Indexed: 4, Revision: 5}); len(marks) != 1 || marks[0] != want {
		w.Errorf("got %+v, want %+v", marks, want)
	}
	late := w.step(c, 4, 100)
	w.must(w.deleting(c))
	for more := true; more; {
		more, err = w.store.Purge(w.Context())
		w.ok(err)
	}
	late.From = 0 // as one that never was indexed
	w.ok(w.store.Index(w.Context(), []hub.IndexStep{late}))
	marks, err = w.store.Indexed(w.Context(), []hub.ConversationSID{c})
	w.ok(err)
	equal(w, "marks of a deleted conversation", len(marks), 0)
	equal(w, "behind", len(behind()), 1)
}

// badSearches are refused.
func (w *world) badSearches() {
	for _, token := range []string{"x", "PT", "PT!!", "PTAAAA"} {
		_, err := w.store.Search(w.Context(), w.account(), hub.SearchQuery{
			Terms: []hub.SearchTerm{{Words: []string{"tea"}}}, After: token, Limit: 1,
		})
		w.code(err, hub.CodePageToken, "found after "+token)
	}
}
