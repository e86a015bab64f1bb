package client

import (
	"context"
	"maps"
	"sync"

	"parley/hub"
	"parley/session/wire"
)

// queue holds the events between the reader of a connection and the app's handler, and knows what the app has applied.
type queue struct {
	soft  int
	ready chan struct{} // something is there, or it is closed
	room  chan struct{} // there is room again, or another reason to look
	idle  chan struct{} // all is handled

	mu      sync.Mutex
	items   []item
	held    int // in items and in the handler's hands
	closed  bool
	applied Positions
	handled uint64
}

// An item is an event, or positions that begin with a list, or both.
type item struct {
	event  *Event
	listed map[hub.ConversationSID]hub.Revision
}

func newQueue(soft int, from Positions) *queue {
	q := &queue{soft: soft, ready: make(chan struct{}, 1), room: make(chan struct{}, 1), idle: make(chan struct{}, 1)}
	q.applied = Positions{Epoch: from.Epoch, Revisions: maps.Clone(from.Revisions)}
	if q.applied.Revisions == nil {
		q.applied.Revisions = map[hub.ConversationSID]hub.Revision{}
	}
	return q
}

// signal wakes whoever waits on c, now or next time.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// push adds items whatever their number: who reads asks load before.
func (q *queue) push(items ...item) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, items...)
	q.held += len(items)
	signal(q.ready)
}

// load is how many items are not handled yet.
func (q *queue) load() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.held
}

// close has run return when everything is handled.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	signal(q.ready)
}

// run hands the events to the app until the queue is closed and empty, or ctx ends.
func (q *queue) run(ctx context.Context, handle func(Event)) {
	var items []item
	for {
		q.mu.Lock()
		items, q.items = q.items, items[:0]
		closed := q.closed
		q.mu.Unlock()
		if len(items) == 0 {
			if closed {
				return
			}
			select {
			case <-q.ready:
			case <-ctx.Done():
				return
			}
			continue
		}
		for i := range items {
			if ctx.Err() != nil {
				return
			}
			if e := items[i].event; e != nil && handle != nil {
				handle(*e)
			}
			q.done(&items[i])
			items[i] = item{}
		}
	}
}

// done counts an item as applied.
func (q *queue) done(it *item) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if it.event != nil {
		q.apply(it.event)
	}
	for sid, at := range it.listed {
		if _, known := q.applied.Revisions[sid]; !known {
			q.applied.Revisions[sid] = at
		}
	}
	if q.held--; q.held < q.soft {
		signal(q.room)
	}
	if q.held == 0 {
		signal(q.idle)
	}
}

func (q *queue) apply(e *Event) {
	q.handled++
	switch {
	case e.Method == EventConnected:
		if e.EpochChanged {
			clear(q.applied.Revisions)
		}
		q.applied.Epoch = e.Session.Epoch
	case e.Method == wire.EventConversationLeft:
		delete(q.applied.Revisions, e.ConversationSID)
	case e.ConversationSID != "" && e.Revision > 0:
		q.applied.Revisions[e.ConversationSID] = e.Revision
	}
}

// positions is a copy of what was applied.
func (q *queue) positions() Positions {
	q.mu.Lock()
	defer q.mu.Unlock()
	return Positions{Epoch: q.applied.Epoch, Revisions: maps.Clone(q.applied.Revisions)}
}
