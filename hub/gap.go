package hub

import (
	"context"
	"slices"
	"time"
)

const (
	// reorderWindow is how long an event from the future waits for those before it (rule R16).
	reorderWindow = 30 * time.Millisecond
	// gapRetry is how long a room waits after a read that failed or found nothing.
	gapRetry = time.Second
	// gapReaders is how many reads of gaps are under way at a time (rule R16): while one waits for a slow store or brings
	// what it read into the rooms, another goes on.
	gapReaders = 2
	// gapRooms is how many rooms one read serves at most. What a read costs beside its rows is shared by so many; with
	// more, the first of them would wait for the last for longer than that saves.
	gapRooms = 64
	// gapRows and gapBytes bound what one read gives: rooms that it does not come to are read next. Usual gaps are a few
	// events and all fit; where each is a page, ten at a time are read. So all gaps that are being read hold at most
	// gapReaders times 1,100 rows and 2.25 MiB (rule R24).
	gapRows  = 1000
	gapBytes = 2 << 20
)

// lookFor has a room's missing events read from the store unless they come by themselves: they may be under way only
// where a bus works.
func (h *Hub) lookFor(r *room) {
	wait := time.Duration(0)
	if h.bus != nil && h.well.Load() {
		wait = reorderWindow
	}
	h.gaps.add(r, wait)
}

// A miss is a room that misses something, which is being read until filled.
type miss struct {
	room   *room
	gap    Gap
	failed int // reads of it that failed, one after another
}

// gapLoop reads the gaps of rooms: together those that fell due while the last read went on.
func (h *Hub) gapLoop(ctx context.Context) {
	for rooms := h.gaps.take(ctx, gapRooms); rooms != nil; rooms = h.gaps.take(ctx, gapRooms) {
		misses := h.misses(rooms)
		slices.SortStableFunc(misses, func(a, b miss) int { return a.failed - b.failed })
		for len(misses) > 0 {
			n := company(misses)
			h.fill(ctx, misses[:n])
			misses = misses[n:]
		}
	}
}

// company is how many of the first are read together. Those that a failed read left behind are read half as many at a
// time: a room that cannot be read soon fails alone, and the others get what they miss.
func company(misses []miss) int {
	n, most := 1, gapRooms>>misses[0].failed
	for n < min(most, len(misses)) && misses[n].failed == misses[0].failed {
		n++
	}
	return n
}

// misses picks the rooms that miss something.
func (h *Hub) misses(rooms []*room) (all []miss) {
	for _, r := range rooms {
		r.mu.Lock()
		m := miss{r, Gap{r.service, r.sid, r.ring.head}, r.failed}
		gap, busy := r.gapLocked(), r.filling
		r.filling = r.filling || gap
		r.mu.Unlock()
		switch {
		case !gap:
		case busy: // one read per room at a time
			h.gaps.add(r, reorderWindow)
		default:
			all = append(all, m)
		}
	}
	return all
}

// fill reads what rooms miss and puts it into their rings, each as one span, so that one read serves every session that
// had all before it (rule R3). Where a room misses more than a page its sessions read for themselves, each by its own pace.
func (h *Hub) fill(ctx context.Context, misses []miss) {
	gaps := make([]Gap, len(misses))
	for i, m := range misses {
		gaps[i] = m.gap
	}
	q := GapQuery{Limit: pageRows, Bytes: pageBytes, AllRows: gapRows, AllBytes: gapBytes}
	pages, err := h.store.Gaps(ctx, gaps, q)
	if err != nil && ctx.Err() == nil {
		h.log.WarnContext(ctx, "reading what rooms missed failed, trying again", "rooms", len(gaps), "conversation", gaps[0].Conversation, "err", err)
	}
	for i, m := range misses {
		wait := gapRetry
		switch {
		case err != nil:
		case i >= len(pages): // those before it had too much
			wait = 0
		case pages[i] == nil:
			h.sync(m.room, 0, true)
		default:
			h.counters.gaps.Add(1)
			h.bridge(m.room, m.gap.Since, pages[i])
			if m.room.at() > m.gap.Since { // else the store has it not yet, whoever spoke of it
				wait = 0
			}
		}
		if m.room.filled(err == nil) {
			h.gaps.add(m.room, wait)
		}
	}
}

// filled ends a read of what the room missed, and reports whether it still misses something.
func (r *room) filled(well bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.filling = false
	if r.failed++; well {
		r.failed = 0
	}
	return r.gapLocked()
}

// bridge puts a net change that begins at from into the ring.
func (h *Hub) bridge(r *room, from Revision, changes *Changes) {
	s := &span{}
	for _, e := range changes.Events {
		p := h.packet(e)
		if p.kind == packetLeft {
			h.leave(r, &p)
		} else {
			h.place(&p, nil)
		}
		s.msgs = append(s.msgs, p.bytes)
		s.size += len(p.bytes)
	}
	r.mu.Lock()
	if r.ended || r.ring.head != from {
		r.mu.Unlock() // the events came meanwhile
		return
	}
	switch {
	case changes.More: // cursors read for themselves
		h.counters.ringBytes.Add(-int64(r.ring.reset(changes.View.Revision)))
	case changes.To > from:
		h.appendLocked(r, entry{to: changes.To, span: s})
	}
	for _, e := range changes.Events {
		if e.Kind == MessageAdded {
			h.spokeLocked(r, e.Message.Author)
		}
	}
	if changes.More {
		r.forgot = max(r.forgot, changes.View.Revision) // who left in what was not read is not known (rule R20)
	}
	h.counters.events.Add(int64(len(changes.Events)))
	h.drainLocked(r)
	r.mu.Unlock()
	r.wake()
}

// at is the revision delivered so far.
func (r *room) at() Revision {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.ring.head
}
