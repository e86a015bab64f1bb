package hub

import (
	"context"
	"errors"
	"time"
)

const (
	// reorderWindow is how long an event from the future waits for those before it (rule R16).
	reorderWindow = 30 * time.Millisecond
	// gapRetry is how long a room waits after a read that failed or found nothing.
	gapRetry = time.Second
	// gapReaders is how many rooms read their gaps at a time (rule R16).
	gapReaders = 4
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

func (h *Hub) gapLoop(ctx context.Context) {
	for rooms := h.gaps.take(ctx, 1); rooms != nil; rooms = h.gaps.take(ctx, 1) {
		h.fill(ctx, rooms[0])
	}
}

// fill reads what a room misses and puts it into its ring as one span, so that one read serves every session that had
// all before it (rule R3). Where it is more than a page the sessions read for themselves, each by its own pace.
func (h *Hub) fill(ctx context.Context, r *room) {
	r.mu.Lock()
	from, gap, busy := r.ring.head, r.gapLocked(), r.filling
	r.filling = r.filling || gap
	r.mu.Unlock()
	switch {
	case !gap:
		return
	case busy: // one read per room at a time
		h.gaps.add(r, reorderWindow)
		return
	}
	q := ChangeQuery{Since: from, Limit: pageRows, Bytes: pageBytes}
	changes, err := h.store.Changes(ctx, Viewer{Service: r.service}, r.sid, q)
	if err == nil {
		h.counters.gaps.Add(1)
		h.bridge(r, from, changes)
	}
	r.mu.Lock()
	r.filling = false
	gap = r.gapLocked()
	r.mu.Unlock()
	switch {
	case errors.Is(err, ErrAbsent):
		h.sync(r, 0, true)
	case err != nil && ctx.Err() == nil:
		h.log.WarnContext(ctx, "reading what a room missed failed, trying again", "conversation", r.sid, "err", err)
		h.gaps.add(r, gapRetry)
	case gap && r.at() == from: // the store has it not yet, whoever spoke of it
		h.gaps.add(r, gapRetry)
	case gap:
		h.gaps.add(r, 0)
	}
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
