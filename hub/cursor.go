package hub

import "sync/atomic"

// A cursor is the one small record (64 bytes) that joins a session and a room: how far the session has read.
// Who may touch what: slot under room.mu, at and next under feed.mu, state atomically, the rest by the session's
// flush alone, but while loading is set by the loader alone.
type cursor struct {
	feed   *Feed
	room   *room
	pos    atomic.Int64 // the Revision read so far
	page   *page        // what the loader read, being written
	next   *cursor      // in the feed's ready list or its line of those behind
	since  Revision     // at which the store said that the user is in; static
	slot   uint32       // in room.cursors
	at     uint32       // in feed.cursors
	signal uint32       // newest signal seen
	state  atomic.Uint32
}

// The bits of a cursor's state.
const (
	cursorReady   = 1 << iota // on its feed's ready list
	cursorClosed              // read no more
	cursorLoading             // the loader has it
	cursorBehind              // in the feed's line for the loader

	// What the loader is to bring; none of them: the net change, as live events.
	cursorReplay   // the net change since the client's position, then conversationReplayed
	cursorReset    // conversationReset
	cursorAnnounce // conversationJoined

	cursorPaging // a page of the replay was read
	cursorUnsure // the store is to say that the user is still in, before anything is read (rule R20)
)

// cursorOwing marks what a resume still owes to the client.
const cursorOwing = cursorReplay | cursorReset | cursorAnnounce

// wake puts the cursor on its feed's ready list; one atomic step where it is there.
func (c *cursor) wake() {
	for {
		s := c.state.Load()
		// One that the loader has or will get is looked at again when its page is there; until then its link
		// in the line of those behind must not be touched.
		if s&(cursorReady|cursorClosed|cursorLoading|cursorBehind) != 0 {
			return
		}
		if c.state.CompareAndSwap(s, s|cursorReady) {
			c.feed.push(c)
			return
		}
	}
}

// close ends the cursor and reports whether it was open.
func (c *cursor) close() bool { return c.state.Or(cursorClosed)&cursorClosed == 0 }

func (c *cursor) closed() bool { return c.state.Load()&cursorClosed != 0 }

func (c *cursor) has(bits uint32) bool { return c.state.Load()&bits != 0 }

// turnBytes is how much of one room a flush takes before it turns to the next (rule R23).
const turnBytes = 16 << 10

// read appends to b what is ready for the cursor, up to one turn. It reports whether the cursor must be
// looked at again, and whether it needs the loader.
func (c *cursor) read(b *Batch) (again, load bool) {
	c.state.And(^uint32(cursorReady)) // before looking: what comes later wakes it anew
	if c.page != nil && !c.readPage(b) {
		return !c.closed(), false
	}
	if c.has(cursorOwing) {
		return false, !c.closed()
	}
	r := c.room
	r.mu.RLock()
	defer r.mu.RUnlock()
	if c.closed() || !r.synced {
		return false, false
	}
	stop := b.size + turnBytes
	pos := Revision(c.pos.Load())
	i, ok := r.ring.find(pos)
	if !ok || c.has(cursorUnsure) {
		return false, true // the store has it
	}
	for ; i < r.ring.n; i++ {
		e := r.ring.slot(i)
		if e.span != nil { // it stands at its beginning, and takes it to its end
			c.page = &page{msgs: e.span.msgs, to: e.to}
			c.pos.Store(int64(pos))
			return true, false
		}
		if b.size >= stop || !b.add(e.bytes) {
			c.pos.Store(int64(pos))
			return true, false
		}
		pos = e.to
	}
	c.pos.Store(int64(pos))
	return !c.readSignals(b), false
}

// readSignals appends the signals that the cursor has not seen; false where they did not fit. room.mu is held.
func (c *cursor) readSignals(b *Batch) bool {
	r := c.room
	for i := range r.signals {
		s := &r.signals[i]
		if int32(s.n-c.signal) <= 0 {
			continue
		}
		if !b.add(s.bytes) {
			return false
		}
		c.signal = s.n
	}
	c.signal = r.signalN
	return true
}
