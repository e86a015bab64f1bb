package storetest

import (
	"fmt"
	"maps"
	"strings"

	"pgregory.net/rapid"

	"parley/hub"
)

// state is what a client that has everything knows: a text for each row.
type state map[string]string

func messageKey(m *hub.Message) (key, text string) {
	return fmt.Sprint("message ", m.Index), m.Body
}

// apply does what a client does with an event.
func (s state) apply(e *hub.Event) error {
	var key, text string
	var remove bool
	switch e.Kind {
	case hub.MessageAdded, hub.MessageUpdated, hub.MessageRemoved:
		key, text = messageKey(e.Message)
		remove = e.Kind == hub.MessageRemoved
	case hub.ParticipantJoined, hub.ParticipantUpdated, hub.ParticipantLeft:
		key, text = "participant "+string(e.Participant.SID), e.Participant.Identity+string(e.Participant.Attributes)
		remove = e.Kind == hub.ParticipantLeft
	case hub.ConversationUpdated:
		s["conversation"] = e.Thread.UniqueName
		return nil
	default:
		return fmt.Errorf("kind %d has no place in a net read", e.Kind)
	}
	_, there := s[key]
	// What came and went within a replay that was cut in between is taken away without having been given.
	if fresh := e.Kind == hub.MessageAdded || e.Kind == hub.ParticipantJoined; there == fresh && !remove {
		return fmt.Errorf("event of kind %d at %d: %q is there: %v", e.Kind, e.Revision, key, there)
	}
	if s[key] = text; remove {
		delete(s, key)
	}
	return nil
}

// history is the model: the state at each revision, and what became of each row.
type history struct {
	w      *world
	c      hub.ConversationSID
	at     []state // by revision
	rows   map[string]*row
	in     map[string]hub.ParticipantSID
	live   []int64
	last   int64
	writes []write
}

type row struct{ created, changed hub.Revision }

// step records one event.
func (h *history) step(key, text string, gone bool) {
	rev := hub.Revision(len(h.at))
	now := maps.Clone(h.at[rev-1])
	if now[key] = text; gone {
		delete(now, key)
	}
	h.at = append(h.at, now)
	if h.rows[key] == nil {
		h.rows[key] = &row{created: rev}
	}
	h.rows[key].changed = rev
}

// random does one thing, and flushes now and then, so that batches have all sizes.
func (h *history) random(t *rapid.T) {
	w, c := h.w, h.c
	people := []string{"ann", "bob", "cyd"}
	who := rapid.SampledFrom(people).Draw(t, "who")
	seat, isIn := h.in[who]
	text := fmt.Sprintf(`"%d"`, len(h.at))
	switch rapid.SampledFrom([]string{"say", "say", "say", "edit", "remove", "seat", "decorate", "rename", "flush"}).Draw(t, "what") {
	case "say":
		h.last++
		h.live = append(h.live, h.last)
		h.writes = append(h.writes, w.say(c, who, text))
		h.step(fmt.Sprint("message ", h.last), text, false)
	case "edit", "remove":
		if len(h.live) == 0 {
			return
		}
		n := rapid.IntRange(0, len(h.live)-1).Draw(t, "message")
		index := h.live[n]
		key := fmt.Sprint("message ", index)
		if rapid.Bool().Draw(t, "remove") {
			h.live = append(h.live[:n:n], h.live[n+1:]...)
			h.writes = append(h.writes, w.remove(c, index))
			h.step(key, "", true)
			return
		}
		h.writes = append(h.writes, w.edit(c, index, text))
		h.step(key, text, false)
	case "seat":
		if isIn {
			h.writes = append(h.writes, w.unseat(c, hub.ParticipantRef(who), hub.Left))
			delete(h.in, who)
			h.step("participant "+string(seat), "", true)
			return
		}
		h.writes = append(h.writes, w.join(c, who))
		h.flush()
		p, err := w.store.Participant(w.Context(), w.account(), hub.ConversationRef(c), hub.ParticipantRef(who))
		w.ok(err)
		h.in[who] = p.SID
		h.step("participant "+string(p.SID), who+string(p.Attributes), false)
	case "decorate":
		if isIn {
			h.writes = append(h.writes, w.decorate(c, who, text))
			h.step("participant "+string(seat), who+text, false)
		}
	case "rename":
		name := string(hub.NewMessageSID())[10:]
		h.writes = append(h.writes, w.rename(c, name))
		h.step("conversation", name, false)
	default:
		h.flush()
	}
}

func (h *history) flush() {
	h.w.must(h.writes...)
	h.writes = nil
}

// changes holds the net read against the model (rule R2).
func (w *world) changes() {
	rapid.Check(w.T, func(t *rapid.T) {
		h := &history{w: w, c: hub.NewConversationSID(), rows: map[string]*row{}, in: map[string]hub.ParticipantSID{}, last: hub.NoIndex}
		h.at = []state{{}, {"conversation": ""}}
		h.writes = []write{w.putThread(h.c, "")}
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			h.random(t)
		}
		h.flush()
		for range 5 {
			since := rapid.IntRange(1, len(h.at)-1).Draw(t, "since")
			if err := h.replay(t, hub.Revision(since)); err != nil {
				t.Fatalf("since %d of %d: %v", since, len(h.at)-1, err)
			}
		}
	})
}

// replay reads from since to the end, cutting at will, and demands the model's state.
func (h *history) replay(t *rapid.T, since hub.Revision) error {
	got := maps.Clone(h.at[since])
	head := hub.Revision(len(h.at) - 1)
	index := hub.NoIndex
	for from := since; ; {
		q := hub.ChangeQuery{Since: from, Limit: rapid.IntRange(1, 12).Draw(t, "limit"), Bytes: rapid.IntRange(0, 6000).Draw(t, "bytes")}
		ch, err := h.w.store.Changes(h.w.Context(), h.w.account(), h.c, q)
		if err != nil {
			return err
		}
		if len(ch.Events) > q.Limit || ch.More && len(ch.Events) == 0 {
			return fmt.Errorf("%d events with limit %d", len(ch.Events), q.Limit)
		}
		if ch.View.Revision != head || !ch.More && ch.To != head || ch.More && ch.To != ch.Events[len(ch.Events)-1].Revision {
			return fmt.Errorf("reaches %d (more: %v), head %d", ch.To, ch.More, ch.View.Revision)
		}
		// A cut anywhere goes on from the last event received.
		cut := len(ch.Events)
		if cut > 0 {
			cut = rapid.IntRange(1, cut).Draw(t, "cut")
		}
		before := from
		for _, e := range ch.Events[:cut] {
			if err := h.fits(e, before, from); err != nil {
				return err
			}
			if before = e.Revision; e.Kind == hub.MessageAdded {
				if e.Message.Index <= index {
					return fmt.Errorf("message %d comes after %d", e.Message.Index, index)
				}
				index = e.Message.Index
			}
			if err := got.apply(e); err != nil {
				return err
			}
		}
		if cut == len(ch.Events) && !ch.More {
			break
		}
		from = before
	}
	if want := h.at[head]; !maps.Equal(got, want) {
		return fmt.Errorf("the state is %v, want %v", got, want)
	}
	return nil
}

// fits checks an event's position and that its row was not both made and removed since the read's beginning.
func (h *history) fits(e *hub.Event, before, since hub.Revision) error {
	key := "conversation"
	switch {
	case e.Message != nil:
		key, _ = messageKey(e.Message)
	case e.Participant != nil:
		key = "participant " + string(e.Participant.SID)
	}
	r := h.rows[key]
	if r == nil || e.Revision <= before || e.Conversation != h.c || e.Service != h.w.service.SID {
		return fmt.Errorf("%q at %d after %d: %+v", key, e.Revision, before, r)
	}
	_, there := h.at[len(h.at)-1][key]
	if !there && r.created > since {
		return fmt.Errorf("%q came and went since", key)
	}
	if e.Kind == hub.MessageAdded || e.Kind == hub.ParticipantJoined {
		if e.Revision != r.created {
			return fmt.Errorf("%q is added at %d, want %d", key, e.Revision, r.created)
		}
	} else if e.Revision != r.changed {
		return fmt.Errorf("%q changes at %d, want %d", key, e.Revision, r.changed)
	}
	return nil
}

// changesTooMany: where more messages and participants changed than are wanted there is their number and nothing else.
func (w *world) changesTooMany() {
	c := w.thread("ann", "bob") // 1 to 3
	for range 6 {
		w.must(w.say(c, "ann", "x")) // 4 to 9
	}
	w.must(w.edit(c, 0, "y"), w.remove(c, 1), w.unseat(c, "bob", hub.Left), w.rename(c, "n")) // 10 to 13
	read := func(since hub.Revision, many int) *hub.Changes {
		ch, err := w.store.Changes(w.Context(), w.as("ann"), c, hub.ChangeQuery{Since: since, Limit: 100, TooMany: many})
		w.ok(err)
		equal(w, "the view's revision", ch.View.Revision, 13)
		equal(w, "the view is ann's", ch.View.Own.Identity, "ann")
		return ch
	}
	for since, want := range map[hub.Revision]int{3: 7, 8: 4, 9: 3, 10: 2, 11: 1, 12: 0, 13: 0} {
		equal(w, fmt.Sprint("total since ", since), read(since, 50).Total, want)
		if want == 0 {
			continue
		}
		equal(w, fmt.Sprint("total since ", since, " that is just enough"), read(since, want).Total, want)
		if ch := read(since, want-1+min(1, max(0, 2-want))); want > 1 && (ch.Total <= want-1 || len(ch.Events) != 0) {
			w.Errorf("since %d: %d events of %d", since, len(ch.Events), ch.Total)
		}
	}
	equal(w, "events since 9", len(read(9, 50).Events), 4)
	equal(w, "total without a bound", read(3, 0).Total, 0)
	// Ahead of the store there is nothing: the caller compares heads (rule R4).
	if ch := read(99, 50); len(ch.Events) != 0 || ch.Total != 0 || ch.More || ch.To != 13 {
		w.Errorf("from the future: %+v", ch)
	}
}

// changesBytes: a page ends before it exceeds its bytes, but holds one event at least.
func (w *world) changesBytes() {
	c := w.thread()
	for i := range 6 {
		w.must(w.say(c, "ann", strings.Repeat("x", 3000*(i+1))))
	}
	for bytes := 1; bytes < 80000; bytes += 2500 {
		ch, err := w.store.Changes(w.Context(), w.account(), c, hub.ChangeQuery{Since: 1, Limit: 10, Bytes: bytes})
		w.ok(err)
		total := 0
		for _, e := range ch.Events {
			total += len(e.Message.Body)
		}
		if total > bytes && len(ch.Events) > 1 || len(ch.Events) == 0 {
			w.Errorf("%d bytes in %d events where %d bytes were asked", total, len(ch.Events), bytes)
		}
		equal(w, "more", ch.More, len(ch.Events) < 6)
	}
}
