package web

import (
	"net"
	"sync"
)

// gate lets one frame at a time onto the connection, whoever writes it: the session's data, its pings, and
// what the websocket library says of itself. Whoever took it keeps it until the frame is written whole.
// Once shut, nothing passes any more.
//
// It is a lock that one can stop waiting for: a connection that ends shuts it, and all who wait go home.
// Its zero value is open.
type gate struct {
	mu    sync.Mutex
	taken bool
	down  bool
	wake  chan struct{} // made by the first who waits; closed when it is worth looking again
}

// try takes the gate if nobody has it.
func (g *gate) try() (ok bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down {
		return false, net.ErrClosed
	}
	if g.taken {
		return false, nil
	}
	g.taken = true
	return true, nil
}

// take waits for the gate.
func (g *gate) take() error {
	for {
		ok, wake, err := g.tryOrWake()
		if ok || err != nil {
			return err
		}
		<-wake
	}
}

func (g *gate) tryOrWake() (ok bool, wake <-chan struct{}, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.down:
		return false, nil, net.ErrClosed
	case !g.taken:
		g.taken = true
		return true, nil, nil
	case g.wake == nil:
		g.wake = make(chan struct{})
	}
	return false, g.wake, nil
}

// leave gives the gate back.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.taken = false
	g.rouse()
}

// shut ends it for good, whoever holds it.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.down = true
	g.rouse()
}

func (g *gate) isShut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.down
}

// rouse wakes those who wait; mu is held.
func (g *gate) rouse() {
	if g.wake != nil {
		close(g.wake)
		g.wake = nil
	}
}
