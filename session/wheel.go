package session

import (
	"sync"
	"time"
)

// wheel looks at each session when something of it may be due: its connect, a ping, silence, the token's end. One
// goroutine and one ticker serve all sessions.
type wheel struct {
	mu    sync.Mutex
	slots [wheelSlots][]*Session
	now   int // ticks so far
	stop  chan struct{}
}

const (
	wheelTick  = time.Second
	wheelSlots = 64
)

func newWheel(wg *sync.WaitGroup) *wheel {
	w := &wheel{stop: make(chan struct{})}
	wg.Go(w.run)
	return w
}

func (w *wheel) close() { close(w.stop) }

// add has the session looked at within a tick.
func (w *wheel) add(s *Session) { w.put(s, 0) }

// put has the session looked at after d, or sooner where that is beyond a turn of the wheel. What was
// planned for it before no longer counts.
func (w *wheel) put(s *Session, d time.Duration) {
	ticks := min(max(int((d+wheelTick-1)/wheelTick), 1), wheelSlots-1)
	w.mu.Lock()
	defer w.mu.Unlock()
	s.tick = w.now + ticks
	w.slots[s.tick%wheelSlots] = append(w.slots[s.tick%wheelSlots], s)
}

func (w *wheel) run() {
	tick := time.NewTicker(wheelTick)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-w.stop:
			return
		}
		now := time.Now()
		for _, s := range w.turn() {
			if next := s.look(now); next > 0 {
				w.put(s, next)
			}
		}
	}
}

// turn goes on by one tick and takes the sessions that are due.
func (w *wheel) turn() []*Session {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now++
	slot := &w.slots[w.now%wheelSlots]
	all := *slot
	*slot = nil
	due := all[:0]
	for _, s := range all {
		if s.tick == w.now {
			due = append(due, s)
		}
	}
	return due
}
