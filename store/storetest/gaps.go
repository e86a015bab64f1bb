package storetest

import (
	"fmt"
	"reflect"
	"strings"

	"parley/hub"
)

// wide are bounds on a read of gaps that nothing here reaches.
var wide = hub.GapQuery{Limit: 100, AllRows: 10000, AllBytes: 100 << 20}

func (w *world) gap(c hub.ConversationSID, since hub.Revision) hub.Gap {
	return hub.Gap{Service: w.service.SID, Conversation: c, Since: since}
}

// gaps: many conversations read at once are as each is when it is read alone, and those that are absent harm nobody.
func (w *world) gaps() {
	deleted, other := w.thread("ann"), w.newService("other")
	w.must(w.say(deleted, "ann", "x"), w.deleting(deleted))
	elsewhere := hub.NewConversationSID()
	w.must(putThreadOf(other.SID, elsewhere, ""))
	gaps := []hub.Gap{w.gap(hub.NewConversationSID(), 0), w.gap(deleted, 1), w.gap(elsewhere, 0)}
	for range 3 {
		c := w.thread("ann", "bob") // 1 to 3
		w.must(w.say(c, "ann", "one"), w.say(c, "bob", strings.Repeat("two", 2000)), w.say(c, "ann", "three"))
		w.must(w.edit(c, 0, "changed"), w.remove(c, 1), w.rename(c, "name of "+string(c)), w.unseat(c, "bob", hub.Left),
			w.decorate(c, "ann", `"x"`), w.say(c, "ann", "four"), w.join(c, "cyd")) // 7 to 13
		for since := range hub.Revision(15) {
			gaps = append(gaps, w.gap(c, since))
		}
		gaps = append(gaps, w.gap(w.thread(), 1), w.gap(deleted, 0))
	}
	for limit := range 12 {
		for _, bytes := range []int{0, 1, 3000, 9000} {
			w.sameAlone(gaps, limit+1, bytes)
		}
	}
	none, err := w.store.Gaps(w.Context(), nil, wide)
	w.ok(err)
	equal(w, "pages of nothing", len(none), 0)
	w.ok(w.store.Close())
	_, err = w.store.Gaps(w.Context(), gaps, wide)
	w.code(err, hub.CodeUnavailable, "Gaps")
}

// sameAlone demands that gaps are read together as they are alone.
func (w *world) sameAlone(gaps []hub.Gap, limit, bytes int) {
	w.Helper()
	q := wide
	q.Limit, q.Bytes = limit, bytes
	pages, err := w.store.Gaps(w.Context(), gaps, q)
	w.ok(err)
	if len(pages) != len(gaps) {
		w.Fatalf("%d pages of %d gaps", len(pages), len(gaps))
	}
	for i, g := range gaps {
		v := hub.Viewer{Service: g.Service}
		alone, err := w.store.Changes(w.Context(), v, g.Conversation, hub.ChangeQuery{Since: g.Since, Limit: limit, Bytes: bytes})
		if pages[i] == nil {
			w.code(err, hub.CodeConversationAbsent, fmt.Sprint("gap ", i))
			continue
		}
		w.ok(err)
		alone.View.Last = nil
		if !reflect.DeepEqual(pages[i], alone) {
			w.Fatalf("limits %d, %d: together %d since %d are %+v, alone %+v", limit, bytes, i, g.Since, pages[i], alone)
		}
	}
}

// gapsBounds: all pages of a read together hold what was allowed and one page at most; what was not reached is read next.
func (w *world) gapsBounds() {
	const threads, each, body = 8, 6, 2000
	var gaps []hub.Gap
	for i := range threads {
		c := w.thread()
		for range each * (i % 3) {
			w.must(w.say(c, "ann", strings.Repeat("x", body)))
		}
		gaps = append(gaps, w.gap(c, 1), w.gap(hub.NewConversationSID(), 0))
	}
	for _, bound := range []hub.GapQuery{
		{Limit: 10, AllRows: 1, AllBytes: 100 << 20},
		{Limit: 10, AllRows: 9, AllBytes: 100 << 20},
		{Limit: 10, AllRows: 20, AllBytes: 100 << 20},
		{Limit: 10, AllRows: 1000, AllBytes: 1},
		{Limit: 10, AllRows: 1000, AllBytes: 7 * body},
		{Limit: 10, Bytes: 3 * body, AllRows: 1000, AllBytes: 9 * body},
	} {
		reads, left := 0, gaps
		for ; len(left) > 0; reads++ {
			pages, err := w.store.Gaps(w.Context(), left, bound)
			w.ok(err)
			if len(pages) == 0 {
				w.Fatalf("%+v: nothing of %d gaps", bound, len(left))
			}
			w.within(pages, bound)
			left = left[len(pages):]
		}
		if reads < 2 || reads > threads+1 {
			w.Errorf("%+v: %d reads", bound, reads)
		}
	}
}

// within demands that pages are no more than a query allows, and that none is missing that it allows.
func (w *world) within(pages []*hub.Changes, q hub.GapQuery) {
	w.Helper()
	rows, bytes := 0, 0
	for i, p := range pages {
		if p == nil {
			continue
		}
		if rows >= q.AllRows || bytes >= q.AllBytes {
			w.Errorf("%+v: page %d is begun after %d rows with %d bytes", q, i, rows, bytes)
		}
		rows += len(p.Events)
		for _, e := range p.Events {
			bytes += len(e.Message.Body)
		}
	}
}
