package client

import (
	"cmp"
	"maps"
	"slices"

	"parley/hub"
	"parley/session/wire"
)

// maxResume bounds the positions in one connect. Beside a token of 8 KiB and a Name they fit in the 64 KiB that the
// server takes before it knows who is there.
const maxResume = 1000

// tracker knows how far the stream of events has come. It belongs to whoever reads the connection, and between two
// connections to whoever makes the next.
type tracker struct {
	epoch   string
	resumes bool // connect carries resume: there was a session before
	clock   uint64
	entries map[hub.ConversationSID]*entry
}

// An entry is one conversation.
type entry struct {
	at      hub.Revision // position
	listed  bool         // known from a list alone
	gone    bool         // left at that revision
	omitted bool         // had no room in resume: what was known of it is void
	touched uint64       // when it last moved
}

func newTracker(p Positions) tracker {
	t := tracker{epoch: p.Epoch, resumes: p.Revisions != nil, entries: map[hub.ConversationSID]*entry{}}
	for sid, at := range p.Revisions {
		t.entries[sid] = &entry{at: at}
	}
	return t
}

// resume chooses the positions for connect: all, or where they are too many those that moved last. The others
// will be reset.
func (t *tracker) resume() map[hub.ConversationSID]hub.Revision {
	if !t.resumes {
		return nil
	}
	maps.DeleteFunc(t.entries, func(_ hub.ConversationSID, x *entry) bool { return x.gone })
	order := slices.SortedFunc(maps.Keys(t.entries), func(a, b hub.ConversationSID) int {
		return cmp.Or(cmp.Compare(t.entries[b].touched, t.entries[a].touched), cmp.Compare(b, a))
	})
	positions := map[hub.ConversationSID]hub.Revision{}
	for _, sid := range order {
		x := t.entries[sid]
		if x.omitted = x.omitted || len(positions) == maxResume; !x.omitted {
			positions[sid] = x.at
		}
	}
	return positions
}

// begin takes the answer to connect. It reports whether the epoch is another than before, which voids all positions.
func (t *tracker) begin(s *Session) (changed bool) {
	if changed = t.epoch != "" && t.epoch != s.Epoch; changed {
		clear(t.entries)
	}
	t.epoch, t.resumes = s.Epoch, true
	return changed
}

// list takes conversations in the order of a list and gives the positions that begin with it: where nothing was known.
func (t *tracker) list(conversations []Conversation) map[hub.ConversationSID]hub.Revision {
	begun := map[hub.ConversationSID]hub.Revision{}
	for i := range conversations {
		c := &conversations[i]
		if t.entries[c.SID] == nil {
			t.entries[c.SID] = &entry{at: c.Revision, listed: true}
			begun[c.SID] = c.Revision
		}
	}
	return begun
}

// admit moves the position and reports whether the app is to see the event: not what it has seen. It may make
// a reset of it.
func (t *tracker) admit(e *wire.Event) bool {
	if e.ConversationSID == "" || e.Revision == 0 && e.Method != wire.EventConversationLeft {
		return true // a signal
	}
	x := t.entries[e.ConversationSID]
	if x == nil {
		x = &entry{at: -1}
		t.entries[e.ConversationSID] = x
	}
	switch e.Method {
	case wire.EventConversationReset:
		t.move(x, e.Revision)
		x.omitted = false
		return true
	case wire.EventConversationReplayed:
		return t.replayed(x, e.Revision)
	case wire.EventConversationJoined:
		return t.joined(x, e)
	case wire.EventConversationLeft:
		return t.left(x, e.Revision)
	}
	if !x.omitted && e.Revision <= x.at {
		return false
	}
	t.move(x, e.Revision)
	return true
}

func (t *tracker) move(x *entry, to hub.Revision) {
	t.clock++
	x.at, x.listed, x.gone, x.touched = to, false, false, t.clock
}

// replayed ends a replay. It is no change, so it may stand where the last event stood.
func (t *tracker) replayed(x *entry, at hub.Revision) bool {
	if x.gone || at < x.at {
		return false
	}
	t.move(x, at)
	return true
}

// joined stands above every list: that only showed the conversation, and events after this one are still to come.
func (t *tracker) joined(x *entry, e *wire.Event) bool {
	switch {
	case x.omitted:
		e.Method, x.omitted = wire.EventConversationReset, false
	case !x.listed && e.Revision <= x.at:
		return false
	}
	t.move(x, e.Revision)
	return true
}

// left ends a conversation; after a resume it comes without a revision.
func (t *tracker) left(x *entry, at hub.Revision) bool {
	if at == 0 && x.gone || at > 0 && at <= x.at && !x.omitted {
		return false
	}
	t.move(x, max(at, x.at))
	x.gone, x.omitted = true, false
	return true
}

// missing ends the conversations that had no room in resume and that the server, now that all replays are out, did not
// name: the user is no longer in them.
func (t *tracker) missing() []Event {
	var events []Event
	for _, sid := range slices.Sorted(maps.Keys(t.entries)) {
		if x := t.entries[sid]; x.omitted {
			x.gone, x.omitted = true, false
			events = append(events, left(sid))
		}
	}
	return events
}
