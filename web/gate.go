package web

import (
	"net"
	"sync"
)

// gate lets one frame at a time onto the connection, whoever writes it: the session's data, its pings, and
// what the websocket library says of itself. Whoever took it keeps it until the frame is written whole.
// Once shut, nothing passes any more.
//
// It is a lock that one can stop waiting for: a connection that ends shuts it, and all who wait go home. It is handed
// on to those who wait before anybody else gets it: a pong must not starve behind a session that always has something to
// say. Its zero value is open.
type gate struct {
	mu      sync.Mutex
	taken   bool
	down    bool
	waiting int
	turn    chan struct{} // of size 1, made by the first who waits: a value hands the gate on; closed when it is shut
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
	turn, err := g.queue()
	if turn == nil {
		return err
	}
	if _, ok := <-turn; !ok {
		return net.ErrClosed
	}
	return nil
}

// queue takes the gate or a place among those who wait for their turn.
func (g *gate) queue() (turn <-chan struct{}, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.down:
		return nil, net.ErrClosed
	case !g.taken:
		g.taken = true
		return nil, nil
	case g.turn == nil:
		g.turn = make(chan struct{}, 1)
	}
	g.waiting++
	return g.turn, nil
}

// leave hands the gate on. There is one gate to hand on, so there is room for it in turn.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.down:
	case g.waiting > 0:
		g.waiting--
		g.turn <- struct{}{}
	default:
		g.taken = false
	}
}

// shut ends it for good, whoever holds it.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down {
		return
	}
	g.down = true
	if g.turn != nil {
		close(g.turn)
	}
}

func (g *gate) isShut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.down
}
