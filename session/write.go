package session

import (
	"runtime"
	"sync"

	"parley/hub"
)

func defaultWriters() int { return runtime.GOMAXPROCS(0) }

// writers is the fixed pool that writes to clients. A session that has something to say stands in one lane; a
// writer takes it, gathers one frame and tries to write it without waiting. A socket that would block gets a
// goroutine of its own until it has caught up, so one stuck client never holds up a lane.
type writers struct {
	lanes []*lane
	wg    *sync.WaitGroup
}

type lane struct {
	mu     sync.Mutex
	queue  []*Session
	more   sync.Cond
	closed bool
}

func newWriters(n int, wg *sync.WaitGroup) *writers {
	w := &writers{wg: wg}
	for range n {
		l := &lane{}
		l.more.L = &l.mu
		w.lanes = append(w.lanes, l)
		wg.Go(l.run)
	}
	return w
}

// push puts a session at the end of its lane. It never waits.
func (w *writers) push(s *Session) {
	l := w.lanes[s.number%uint64(len(w.lanes))]
	l.mu.Lock()
	l.queue = append(l.queue, s)
	l.mu.Unlock()
	l.more.Signal()
}

func (w *writers) close() {
	for _, l := range w.lanes {
		l.mu.Lock()
		l.closed = true
		l.mu.Unlock()
		l.more.Signal()
	}
}

// run writes for the sessions of the lane, in turn. It swaps the whole queue out, so that the lock is
// taken once for as many sessions as came meanwhile.
func (l *lane) run() {
	buf := newBatch()
	var turn []*Session
	for {
		l.mu.Lock()
		for len(l.queue) == 0 && !l.closed {
			l.more.Wait()
		}
		if l.closed {
			l.mu.Unlock()
			return
		}
		turn, l.queue = l.queue, turn[:0]
		l.mu.Unlock()
		for i, s := range turn {
			turn[i] = nil
			if !s.flush(buf) {
				buf = newBatch() // the session's own goroutine writes from it now
			}
		}
		if cap(buf.Bytes) > maxKept {
			buf = newBatch()
		}
		if cap(turn) > maxTurn {
			turn = nil
		}
	}
}

const (
	// maxKept bounds the buffer that a writer keeps between frames; single large messages make it larger for a while.
	maxKept = 256 << 10
	maxTurn = 16 << 10
	// prefix is what precedes the messages in a batch: the connection's headroom and the bracket of an array.
	prefix = Headroom + 1
)

func newBatch() *hub.Batch {
	return &hub.Batch{Bytes: make([]byte, prefix, prefix+gatherBytes), Limit: gatherBytes}
}

// flush writes one frame of what is ready, and stands in line again when there may be more. It reports false
// where the socket would not take it all: then buf belongs to another goroutine.
func (s *Session) flush(buf *hub.Batch) bool {
	if s.slow.Load() {
		return true // its own goroutine is at it, and stands in line again when done
	}
	buf.Reset(prefix)
	s.feed.Take(buf)
	if buf.Count == 0 {
		s.flushed()
		return true
	}
	done, err := s.send(buf)
	if err != nil {
		s.fail(err)
		return true
	}
	if !done {
		s.slow.Store(true)
		s.server.counts.slow.Add(1)
		s.server.writers.wg.Go(func() { s.flushSlowly(buf) })
		return false
	}
	s.wroteSome()
	s.server.writers.push(s)
	return true
}

// flushSlowly waits for the socket, then goes on until nothing is ready.
func (s *Session) flushSlowly(buf *hub.Batch) {
	for {
		if err := s.conn.Flush(); err != nil {
			s.fail(err)
			return
		}
		s.wroteSome()
		buf.Reset(prefix)
		s.feed.Take(buf)
		if buf.Count == 0 {
			s.slow.Store(false)
			s.server.writers.push(s)
			return
		}
		if _, err := s.send(buf); err != nil {
			s.fail(err)
			return
		}
	}
}

// send begins to write the gathered messages as one frame: one alone, or several as an array.
func (s *Session) send(buf *hub.Batch) (bool, error) {
	frame := buf.Bytes[1:]
	if buf.Count > 1 {
		buf.Bytes[Headroom] = '['
		buf.Bytes = append(buf.Bytes, ']')
		frame = buf.Bytes
	}
	s.server.counts.frames.Add(1)
	s.server.counts.bytes.Add(int64(len(frame) - Headroom))
	s.framesOut.Add(1)
	return s.conn.Send(frame)
}
