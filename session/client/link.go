package client

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"parley/session/wire"
)

// link is one connection on which connect was answered.
type link struct {
	*arrival
	client    *Client
	session   *Session
	heartbeat time.Duration
	first     []wire.Incoming // came with the answer to connect

	wake     chan struct{}      // the writer is to look
	nudge    chan struct{}      // the watch is to look: something was answered
	draining chan time.Duration // the server asks to move within that time
	leaving  chan struct{}      // closed when the goodbye begins: nothing more is handed on
	stuck    atomic.Bool        // the reader waits for the handler
	lagging  atomic.Bool        // events are not taken any more
	work     sync.WaitGroup     // reader, writer, the renewal of the token

	// Guarded by Client.mu.
	inFlight map[int64]*request
	corked   bool // nothing more is written
}

// heartbeatDefault stands in where the server names no interval.
const heartbeatDefault = 25 * time.Second

func newLink(c *Client, a *arrival, s *Session, first []wire.Incoming) *link {
	return &link{
		arrival: a, client: c, session: s, first: first,
		heartbeat: or(time.Duration(s.Heartbeat)*time.Second, heartbeatDefault),
		wake:      make(chan struct{}, 1), nudge: make(chan struct{}, 1), draining: make(chan time.Duration, 1),
		leaving: make(chan struct{}), inFlight: map[int64]*request{},
	}
}

// serve works on a connection until it ends. It gives why, and where the client moved to.
func (c *Client) serve(ctx context.Context, l *link) (*Error, *arrival) {
	// The connection outlives ctx by the goodbye.
	alive, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	l.work.Go(func() { cut(l.read(alive)) })
	l.work.Go(func() { l.write(alive, cut) })
	next := l.watch(ctx, alive, cut)
	cut(nil)
	l.ws.CloseNow() //nolint:errcheck // most often it is closed already
	l.work.Wait()
	c.unlink(l)
	if next != nil || ctx.Err() != nil {
		return ended(errLeft), next
	}
	e := ended(context.Cause(alive))
	c.note(e)
	return e, nil
}

// unlink takes back what was on the wire: what may be sent again goes in front of what waits.
func (c *Client) unlink(l *link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.link = nil
	again := []*request{}
	for _, id := range slices.Sorted(maps.Keys(l.inFlight)) {
		r := l.inFlight[id]
		c.landLocked(r)
		switch {
		case r.volatile || !r.reads && !r.sends:
			c.finishLocked(r, nil, unanswered(r, ErrConnectionLost))
		case r.lane != nil && r.lane.waits:
			r.phase, r.doubt = held, true
		default:
			r.phase, r.doubt = queued, true
			again = append(again, r)
		}
	}
	for _, r := range c.out {
		if r.volatile && r.phase == queued {
			c.finishLocked(r, nil, unanswered(r, ErrConnectionLost))
		}
	}
	c.out = append(again, c.out...)
}

// landLocked takes a request off the wire.
func (c *Client) landLocked(r *request) {
	if c.link != nil {
		delete(c.link.inFlight, r.id)
		if c.link.corked || r.lane != nil && r.lane.waits {
			signal(c.link.nudge)
		}
	}
	if r.lane != nil {
		r.lane.onWire--
	}
}

// answer takes the answer to a request.
func (l *link) answer(in *wire.Incoming) {
	c := l.client
	id, err := strconv.ParseInt(string(in.ID), 10, 64)
	c.mu.Lock()
	r := l.inFlight[id]
	c.mu.Unlock()
	if err != nil || r == nil {
		l.stray(in)
		return
	}
	if r.note != nil && in.Error == nil {
		r.note(in.Result)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.phase != written || r.id != id {
		return // given up meanwhile
	}
	c.landLocked(r)
	c.settle(r, in)
	c.wakeLocked()
}

// settle ends a request with its answer, or has a message wait that was refused for now.
func (c *Client) settle(r *request, in *wire.Incoming) {
	if in.Error == nil {
		if r.lane != nil {
			r.lane.failures = 0
		}
		c.finishLocked(r, in.Result, nil)
		return
	}
	e := refusal(r.method, in.Error)
	if r.sends && !r.draft.Once && e.retryable() {
		c.hold(r, e, time.Now())
		signal(c.link.nudge)
		return
	}
	e.Definite = e.Definite && !r.doubt
	c.finishLocked(r, nil, e)
}

// stray counts an answer that nobody waits for: it was given up, repeated, or is to no request at all. Pings of the
// watch have done their work by being heard.
func (l *link) stray(in *wire.Incoming) {
	if string(in.ID) == pingID {
		return
	}
	l.client.count.strays.Add(1)
	if in.Error != nil && (in.ID == nil || string(in.ID) == "null") {
		l.client.config.Logger.Warn("parley client: the server refused a frame", "error", in.Error)
	}
}
