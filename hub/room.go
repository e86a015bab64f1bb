package hub

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A room joins the sessions on this hub that see one conversation: their cursors, the revision delivered so far
// and a ring of the latest events. One exists for each conversation with a subscriber here.
type room struct {
	sid  ConversationSID
	refs int // guarded by the shard's mu

	mu      sync.RWMutex
	synced  bool // head is known: it was read after the room could be found (rule R18)
	ended   bool // the conversation was deleted, or the last cursor is gone
	ring    ring // ring.last() is the head, the revision delivered so far
	early   []*Event
	cursors []*cursor
	touched time.Time // of the last event

	signals []signalSlot // passing facts, oldest first; the latest by key
	signalN uint32       // of the newest signal
	typers  []typer
	moves   []HorizonMove // read horizons not yet told
}

const roomShards = 64

// roomTable finds rooms by conversation.
type roomTable struct {
	held   *atomic.Int64 // bytes in all rings
	shards [roomShards]struct {
		mu    sync.Mutex
		rooms map[ConversationSID]*room
	}
}

func (t *roomTable) init(held *atomic.Int64) {
	t.held = held
	for i := range t.shards {
		t.shards[i].rooms = map[ConversationSID]*room{}
	}
}

// shard picks by the last two hex digits: they are random in a UUIDv7.
func (t *roomTable) shard(sid ConversationSID) int {
	if len(sid) < 2 {
		return 0
	}
	return int(hexDigit(sid[len(sid)-2])<<4|hexDigit(sid[len(sid)-1])) % roomShards
}

func hexDigit(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return (c | 0x20) - 'a' + 10
}

// find is the room, nil where nobody here is subscribed.
func (t *roomTable) find(sid ConversationSID) *room {
	s := &t.shards[t.shard(sid)]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rooms[sid]
}

// hold finds or makes the room and keeps it until release. A new one is not synced.
func (t *roomTable) hold(sid ConversationSID) *room {
	s := &t.shards[t.shard(sid)]
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[sid]
	if r == nil {
		r = &room{sid: sid, touched: time.Now()}
		s.rooms[sid] = r
	}
	r.refs++
	return r
}

// release gives back what hold gave; the last one ends the room.
func (t *roomTable) release(r *room) {
	s := &t.shards[t.shard(r.sid)]
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.refs--; r.refs > 0 {
		return
	}
	delete(s.rooms, r.sid)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true // a delivery that found the room before must not fill its ring
	t.held.Add(-int64(r.ring.reset(r.ring.last())))
}

// all gathers the rooms there are; the list is a moment's.
func (t *roomTable) all() []*room {
	var all []*room
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		for _, r := range s.rooms {
			all = append(all, r)
		}
		s.mu.Unlock()
	}
	return all
}

// add lets a cursor read the room. Where the room ended meanwhile it reports false.
func (r *room) add(c *cursor) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return false
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
	return r.removeLocked(c)
}

func (r *room) removeLocked(c *cursor) bool {
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

// sync tells a room the store's revision, read after the room could be found; events that came before wait until
// then (rule R18). Where the store is ahead of what was delivered, cursors read the difference for themselves.
func (h *Hub) sync(r *room, head Revision, deleted bool) {
	r.mu.Lock()
	if deleted {
		r.ended = true
		gone := slices.Clone(r.cursors)
		r.mu.Unlock()
		h.endCursors(r, gone)
		return
	}
	if r.ended || r.synced && head <= r.ring.last() {
		r.mu.Unlock()
		return
	}
	r.synced = true
	h.counters.ringBytes.Add(-int64(r.ring.reset(head)))
	early := r.early
	r.early = nil
	for _, e := range early {
		h.pushLocked(r, e)
	}
	r.mu.Unlock()
	r.wake()
}

// deliver gives an event to the room: encoded once, in revision order. One that is not newer than what was
// delivered is dropped; one that skips revisions makes cursors read them from the store.
func (h *Hub) deliver(r *room, e *Event) {
	r.mu.Lock()
	switch {
	case r.ended:
		r.mu.Unlock()
		return
	case !r.synced:
		r.early = append(r.early, e)
		r.mu.Unlock()
		return
	}
	h.pushLocked(r, e)
	r.mu.Unlock()
	r.wake()
}

// pushLocked is deliver for a synced room. r.mu must be held.
func (h *Hub) pushLocked(r *room, e *Event) {
	if e.Revision <= r.ring.last() {
		return
	}
	if e.Revision > r.ring.last()+1 {
		h.counters.ringBytes.Add(-int64(r.ring.reset(e.Revision - 1)))
	}
	bytes := h.enc.Event(nil, e, false)
	r.touched = time.Now()
	r.ring.push(entry{bytes: bytes})
	held := h.counters.ringBytes.Add(int64(len(bytes)))
	// Rule R24: bounded by count and bytes, and by a budget that all rooms share.
	for r.ring.n > h.config.RingEvents || r.ring.size > h.config.RingBytes ||
		held > h.config.AllRingBytes && r.ring.n > 1 {
		held = h.counters.ringBytes.Add(-int64(r.ring.drop()))
	}
	h.counters.events.Add(1)
	if e.Kind == MessageAdded {
		h.spokeLocked(r, e.Message.Author)
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
