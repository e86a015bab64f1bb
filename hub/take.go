package hub

// A Batch gathers messages into one frame: joined by commas, as members of a JSON array.
type Batch struct {
	Bytes []byte // what is gathered, behind whatever was there before
	Count int    // messages gathered
	Limit int    // bytes to gather at most; one larger message may go alone

	size int
}

// Reset begins anew behind the given prefix.
func (b *Batch) Reset(prefix int) {
	b.Bytes, b.Count, b.size = b.Bytes[:prefix], 0, 0
}

// add appends a message and reports whether it fitted.
func (b *Batch) add(msg []byte) bool {
	if b.Count > 0 {
		if b.size+len(msg)+1 > b.Limit {
			return false
		}
		b.Bytes = append(b.Bytes, ',')
		b.size++
	}
	b.Bytes = append(b.Bytes, msg...)
	b.size += len(msg)
	b.Count++
	return true
}

func (b *Batch) full() bool { return b.size >= b.Limit }

// Take gathers what is ready for the session: replies, notices and signals first, then the ready rooms in turn. It never
// waits. When it gathers nothing the feed sleeps until the next Wake. One goroutine at a time may take.
func (f *Feed) Take(b *Batch) {
	for !b.full() {
		c := f.next(b)
		if c == nil {
			return
		}
		before := b.Count
		again, load := c.read(b)
		f.hub.counters.deliveries.Add(int64(b.Count - before))
		switch {
		case load:
			f.fallBehind(c)
		case again:
			c.wake()
			if b.Count > 0 && b.Count == before {
				return // it did not fit
			}
		}
	}
}

// next moves the queue into the batch and pops a ready cursor. Doing both under one lock is what keeps
// a notice ahead of the events that follow it: a cursor that became ready after its notice was queued is never
// popped before that was taken.
func (f *Feed) next(b *Batch) *cursor {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.held || f.closed {
		f.awake = false
		return nil
	}
	n := 0
	for n < len(f.queue) && b.add(f.queue[n].bytes) {
		f.queued -= len(f.queue[n].bytes)
		n++
	}
	if n > 0 {
		f.queue = append(f.queue[:0], f.queue[n:]...)
		clear(f.queue[len(f.queue):cap(f.queue)])
	}
	if len(f.queue) > 0 || b.full() {
		return nil
	}
	c := f.ready.pop()
	if c == nil && b.Count == 0 {
		f.awake, f.queue = false, nil // one that sleeps holds no array
	}
	return c
}
