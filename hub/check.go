package hub

import (
	"fmt"
)

// Check compares the hub's maps, lists and counters with each other and answers the first thing that does not fit. It
// may be asked of a hub at work: what is merely in motion is looked at again. /debug/check serves it, and every
// end-to-end test ends with it.
func (h *Hub) Check() error {
	var err error
	for range 5 {
		if err = h.check(); err == nil {
			return nil
		}
	}
	return err
}

func (h *Hub) check() error {
	var held int64
	counted := h.counters.ringBytes.Load()
	for _, r := range h.rooms.all() {
		bytes, err := h.checkRoom(r)
		if err != nil {
			return fmt.Errorf("room %s: %w", r.sid, err)
		}
		held += bytes
	}
	if counted != held && counted == h.counters.ringBytes.Load() { // else rooms came, went or grew meanwhile
		return fmt.Errorf("rings hold %d bytes, but %d are counted", held, counted)
	}
	h.presence.mu.Lock()
	defer h.presence.mu.Unlock()
	for user, u := range h.presence.users {
		if len(u.feeds) == 0 && len(u.watchers) == 0 {
			return fmt.Errorf("user %s has an empty record", user)
		}
		for _, f := range u.feeds {
			if err := f.check(user); err != nil {
				return fmt.Errorf("user %s: %w", user, err)
			}
		}
	}
	return nil
}

func (h *Hub) checkRoom(r *room) (bytes int64, err error) {
	s := &h.rooms.shards[h.rooms.shard(r.sid)]
	s.mu.Lock()
	refs, found := r.refs, s.rooms[r.sid]
	s.mu.Unlock()
	r.mu.RLock()
	defer r.mu.RUnlock()
	switch {
	case found != r:
		return 0, nil // ended since it was listed
	case refs < len(r.cursors):
		return 0, fmt.Errorf("%d cursors but %d references", len(r.cursors), refs)
	case r.ring.n > h.config.RingEvents || r.ring.size > h.config.RingBytes+maxEventBytes:
		return 0, fmt.Errorf("ring holds %d events and %d bytes, over its bounds", r.ring.n, r.ring.size)
	case !r.synced && r.ring.n > 0:
		return 0, fmt.Errorf("ring holds %d events before it was synced", r.ring.n)
	}
	for i, c := range r.cursors {
		switch {
		case c.closed():
			return 0, fmt.Errorf("cursor %d is closed", i)
		case int(c.slot) != i || c.room != r:
			return 0, fmt.Errorf("cursor %d says it is %d", i, c.slot)
		}
	}
	size := 0
	for i := range r.ring.n {
		size += r.ring.slot(i).size()
	}
	if size != r.ring.size {
		return 0, fmt.Errorf("ring holds %d bytes, but counts %d", size, r.ring.size)
	}
	return int64(size), nil
}

// maxEventBytes is more than any single event takes: a ring may hold one beyond its bytes.
const maxEventBytes = 1 << 20

func (f *Feed) check(user UserSID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.user != user {
		return fmt.Errorf("a feed of %s is filed there", f.user)
	}
	queued := 0
	for _, o := range f.queue {
		queued += len(o.bytes)
	}
	if queued != f.queued {
		return fmt.Errorf("%d bytes are queued, but %d are counted", queued, f.queued)
	}
	owing := 0
	for i, c := range f.cursors {
		if int(c.at) != i || c.feed != f {
			return fmt.Errorf("cursor %d says it is %d", i, c.at)
		}
		if c.has(cursorOwing) {
			owing++
		}
	}
	if owing != f.owing {
		return fmt.Errorf("%d replays are owed, but %d are counted", owing, f.owing)
	}
	if asleep := !f.awake && !f.held && !f.closed; asleep && (len(f.queue) > 0 || f.ready.head != nil) {
		return fmt.Errorf("asleep with %d messages and a ready room waiting", len(f.queue))
	}
	return nil
}
