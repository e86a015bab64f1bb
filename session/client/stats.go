package client

import "sync/atomic"

// Stats counts what a client did since Dial.
type Stats struct {
	Attempts   uint64 // to connect, the successful ones included
	Connects   uint64 // answered; all but the first are reconnects
	FramesIn   uint64
	FramesOut  uint64
	Events     uint64 // handled by the app
	Repeats    uint64 // events dropped because the app had seen them
	Resets     uint64 // conversationReset, those made by the client included
	Resent     uint64 // messages written again, whatever for
	Strays     uint64 // answers that no call was waiting for
	Lagged     uint64 // connections given up because the handler was too slow
	LastClose  CloseCode
	LastReason string

	Outbox  int // messages not acknowledged
	Waiting int // events not handled
}

// counters are Stats while they are counted.
type counters struct {
	attempts, connects, framesIn, framesOut, repeats, resets, resent, strays, lagged atomic.Uint64
}

// Stats are the counts so far.
func (c *Client) Stats() Stats {
	s := Stats{
		Attempts: c.count.attempts.Load(), Connects: c.count.connects.Load(),
		FramesIn: c.count.framesIn.Load(), FramesOut: c.count.framesOut.Load(),
		Repeats: c.count.repeats.Load(), Resets: c.count.resets.Load(), Resent: c.count.resent.Load(),
		Strays: c.count.strays.Load(), Lagged: c.count.lagged.Load(),
	}
	c.events.mu.Lock()
	s.Events, s.Waiting = c.events.handled, c.events.held
	c.events.mu.Unlock()
	c.mu.Lock()
	s.LastClose, s.LastReason, s.Outbox = c.lastClose, c.lastReason, c.unacked
	c.mu.Unlock()
	return s
}
