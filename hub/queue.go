package hub

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// dueQueue holds things to be looked at, each once and at its time. The zero value is empty.
type dueQueue[T comparable] struct {
	mu    sync.Mutex
	at    map[T]*due[T]
	order dueHeap[T]
	wake  chan struct{} // closed and replaced when something may fall due earlier than those who wait know
}

type due[T comparable] struct {
	what T
	when time.Time
	slot int
}

// add puts what into the queue; where it is there already, the earlier time counts.
func (q *dueQueue[T]) add(what T, after time.Duration) {
	when := time.Now().Add(after)
	q.mu.Lock()
	defer q.mu.Unlock()
	if d := q.at[what]; d != nil {
		if !when.Before(d.when) {
			return
		}
		d.when = when
		heap.Fix(&q.order, d.slot)
	} else {
		if q.at == nil {
			q.at = map[T]*due[T]{}
		}
		d = &due[T]{what: what, when: when}
		q.at[what] = d
		heap.Push(&q.order, d)
	}
	if q.wake != nil {
		close(q.wake)
		q.wake = nil
	}
}

// take gives what is due, at most so many; it waits until something is. It gives nothing when ctx ends.
func (q *dueQueue[T]) take(ctx context.Context, most int) []T {
	for {
		all, wait, wake := q.poll(most)
		if len(all) > 0 {
			return all
		}
		var timer *time.Timer
		var rings <-chan time.Time
		if wait >= 0 {
			timer = time.NewTimer(wait)
			rings = timer.C
		}
		select {
		case <-rings:
		case <-wake:
		case <-ctx.Done():
		}
		if timer != nil {
			timer.Stop()
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}

// poll gives what is due; else how long it is until something will be, negative where the queue is empty, and a channel
// that is closed when that changes.
func (q *dueQueue[T]) poll(most int) (all []T, wait time.Duration, wake <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	for len(q.order) > 0 && len(all) < most && !q.order[0].when.After(now) {
		all = append(all, q.popLocked())
	}
	if q.wake == nil {
		q.wake = make(chan struct{})
	}
	wait = -1
	if len(q.order) > 0 {
		wait = max(0, q.order[0].when.Sub(now))
	}
	return all, wait, q.wake
}

// size is how many wait.
func (q *dueQueue[T]) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.order)
}

// pull gives what waits, due or not, at most so many.
func (q *dueQueue[T]) pull(most int) (all []T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.order) > 0 && len(all) < most {
		all = append(all, q.popLocked())
	}
	return all
}

func (q *dueQueue[T]) popLocked() T {
	d := heap.Pop(&q.order).(*due[T])
	delete(q.at, d.what)
	return d.what
}

// late is for how long the first that waits has been due; 0 where none is.
func (q *dueQueue[T]) late() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.order) == 0 {
		return 0
	}
	return max(0, time.Since(q.order[0].when))
}

// dueHeap orders by time, for container/heap.
type dueHeap[T comparable] []*due[T]

func (h dueHeap[T]) Len() int           { return len(h) }
func (h dueHeap[T]) Less(i, j int) bool { return h[i].when.Before(h[j].when) }
func (h dueHeap[T]) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].slot, h[j].slot = i, j
}

func (h *dueHeap[T]) Push(x any) {
	d := x.(*due[T])
	d.slot = len(*h)
	*h = append(*h, d)
}

func (h *dueHeap[T]) Pop() any {
	last := len(*h) - 1
	d := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return d
}
