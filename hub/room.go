package hub

import (
	"slices"
	"sync"
	"time"
)

// A room joins the sessions on this hub that see one conversation: their cursors, the revision delivered so far
// and a ring of the latest events. One exists for each conversation with a subscriber here.
type room struct {
	sid     ConversationSID
	service ServiceSID
	refs    int // guarded by the shard's mu

	mu      sync.RWMutex
	synced  bool     // ring.head is the store's revision, read after the room could be found (rule R18)
	ended   bool     // the conversation was deleted, or the last cursor is gone
	ring    ring     // ring.head is the revision delivered so far
	filling bool     // what is missing is being read
	failed  int      // reads of what is missing that failed, one after another
	early   []packet // by revision; they wait for those before them
	newest  Revision // that was heard of; what lies between the head and it is missing
	cursors []*cursor
	touched time.Time // of the last event

	departed []departure
	forgot   Revision // departures up to here are not remembered

	signals []signalSlot // passing facts, oldest first; the latest by key
	signalN uint32       // of the newest signal
	typers  []typer
	moves   []HorizonMove // read horizons not yet told
}

// departure remembers that a user's membership ended.
type departure struct {
	user UserSID
	at   Revision
}

const (
	// maxEarly bounds the events that wait for those before them (rule R16).
	maxEarly = 256
	// maxDeparted bounds the departures that a room remembers for those who attach (rule R20).
	maxDeparted = 64
)

// add lets a cursor read the room. A cursor whose user left after its membership was read is refused; where that is not
// known, it is to ask the store before it reads (rule R20).
func (r *room) add(c *cursor) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended || slices.ContainsFunc(r.departed, func(d departure) bool { return d.user == c.feed.user && d.at > c.since }) {
		return false
	}
	if c.since < r.forgot {
		c.state.Or(cursorUnsure)
	}
	c.slot, c.signal = uint32(len(r.cursors)), r.signalN
	r.cursors = append(r.cursors, c)
	return true
}

// remove closes a cursor: nothing more of the room is read through it, not even what it was behind by
// (rule R21). It reports whether it was open.
func (r *room) remove(c *cursor) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !c.close() {
		return false
	}
	if at := int(c.slot); at < len(r.cursors) && r.cursors[at] == c {
		last := len(r.cursors) - 1
		r.cursors[at] = r.cursors[last]
		r.cursors[at].slot = c.slot
		r.cursors[last] = nil
		r.cursors = r.cursors[:last]
	}
	return true
}

// depart remembers who left, for those who attach by an older reading.
func (r *room) depart(user UserSID, at Revision) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.departed) == maxDeparted {
		r.forgot = max(r.forgot, r.departed[0].at)
		r.departed = slices.Delete(r.departed, 0, 1)
	}
	r.departed = append(r.departed, departure{user, at})
}

// sync tells a room the store's revision. The first time it must have been read after the room could be found by all who
// deliver, and what came before waited for it (rule R18). Afterwards a store that is ahead means that something is
// missing, unless it is on its way.
func (h *Hub) sync(r *room, head Revision, deleted bool) {
	r.mu.Lock()
	if deleted {
		r.ended = true
		gone := slices.Clone(r.cursors)
		r.mu.Unlock()
		h.endCursors(r, gone)
		return
	}
	if r.ended {
		r.mu.Unlock()
		return
	}
	woken := !r.synced
	if !woken && head > r.newest {
		h.counters.found.Add(1)
	}
	r.newest = max(r.newest, head)
	if woken {
		r.synced = true
		h.counters.ringBytes.Add(-int64(r.ring.reset(head)))
		h.drainLocked(r)
	}
	gap := r.gapLocked()
	r.mu.Unlock()
	if woken {
		r.wake()
	}
	if gap {
		h.lookFor(r)
	}
}

// expect notes that the conversation is at a revision at least.
func (h *Hub) expect(r *room, revision Revision) {
	r.mu.Lock()
	r.newest = max(r.newest, revision)
	gap := r.gapLocked()
	r.mu.Unlock()
	if gap {
		h.lookFor(r)
	}
}

// gapLocked reports whether events are missing that came about. r.mu must be held.
func (r *room) gapLocked() bool { return r.synced && !r.ended && r.newest > r.ring.head }

// deliver gives an event to the room, in revision order. One that is not newer than what was delivered is dropped; one
// from the future waits for those before it, and soon they are read from the store (rule R16).
func (h *Hub) deliver(r *room, p *packet) {
	r.mu.Lock()
	if r.ended {
		r.mu.Unlock()
		return
	}
	r.newest = max(r.newest, p.revision)
	woken := r.synced && p.revision == r.ring.head+1
	if woken {
		h.pushLocked(r, p)
		h.drainLocked(r)
	} else if !r.synced || p.revision > r.ring.head {
		r.waitLocked(p)
	}
	gap := r.gapLocked()
	r.mu.Unlock()
	if woken {
		r.wake()
	}
	if gap {
		h.lookFor(r)
	}
}

// waitLocked keeps an event that came too early. Where there are too many the latest goes: it will be missed, and read.
func (r *room) waitLocked(p *packet) {
	at, there := slices.BinarySearchFunc(r.early, p.revision, func(e packet, rev Revision) int { return int(e.revision - rev) })
	if there {
		return
	}
	r.early = slices.Insert(r.early, at, *p)
	if len(r.early) > maxEarly {
		r.early = slices.Delete(r.early, maxEarly, len(r.early))
	}
}

// drainLocked delivers what waited and is due now.
func (h *Hub) drainLocked(r *room) {
	n := 0
	for ; n < len(r.early) && r.early[n].revision <= r.ring.head+1; n++ {
		if p := &r.early[n]; p.revision > r.ring.head {
			h.pushLocked(r, p)
		}
	}
	if n == len(r.early) {
		r.early = nil
	} else {
		r.early = slices.Delete(r.early, 0, n)
	}
}

// pushLocked puts the event after the head into the ring.
func (h *Hub) pushLocked(r *room, p *packet) {
	h.counters.events.Add(1)
	h.appendLocked(r, entry{to: p.revision, bytes: p.bytes})
	if p.kind == packetMessage {
		h.spokeLocked(r, p.identity)
	}
}

// appendLocked puts an entry into the ring, which is bounded by count, by bytes, and by a budget that all rooms share
// (rule R24).
func (h *Hub) appendLocked(r *room, e entry) {
	r.touched = time.Now()
	r.ring.push(e)
	held := h.counters.ringBytes.Add(int64(e.size()))
	for r.ring.n > h.config.RingEvents || r.ring.size > h.config.RingBytes ||
		held > h.config.AllRingBytes && r.ring.n > 1 {
		held = h.counters.ringBytes.Add(-int64(r.ring.drop()))
	}
}

// wake pushes every cursor of the room on its session's ready list, but for those that are there. Readers of the
// ring are not held up: it takes the lock as they do.
func (r *room) wake() {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, c := range r.cursors {
		c.wake()
	}
}

func (r *room) isSynced() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.synced
}
