package client

import (
	"bytes"
	"context"

	"github.com/coder/websocket"

	"parley/session/wire"
)

// read takes in frames until the connection ends, and gives why.
func (l *link) read(ctx context.Context) error {
	var all []wire.Incoming
	var frame bytes.Buffer
	for all = l.first; ; {
		if err := l.take(ctx, all); err != nil {
			return err
		}
		kind, r, err := l.ws.Reader(ctx)
		if err != nil {
			return err
		}
		frame.Reset()
		if _, err := frame.ReadFrom(r); err != nil {
			return err
		}
		if kind != websocket.MessageText {
			return errStrange
		}
		l.hear()
		l.client.count.framesIn.Add(1)
		if all, err = wire.DecodeIncoming(all[:0], frame.Bytes()); err != nil {
			return err
		}
		if frame.Cap() > keptBuffer {
			frame = bytes.Buffer{}
		}
	}
}

// keptBuffer bounds what an idle connection holds.
const keptBuffer = 64 << 10

// take deals with the messages of one frame.
func (l *link) take(ctx context.Context, all []wire.Incoming) error {
	for i := range all {
		if all[i].Method == "" {
			l.answer(&all[i])
			continue
		}
		e, err := all[i].Event()
		if err != nil {
			return err
		}
		l.event(ctx, e)
	}
	return nil
}

// event deals with one event: what concerns the connection at once, all else in the app's time.
func (l *link) event(ctx context.Context, e *wire.Event) {
	switch e.Method {
	case wire.EventServerDraining:
		select {
		case l.draining <- seconds(e.ReconnectWithin):
		default: // it is moving already
		}
	case wire.EventTokenAboutToExpire:
		l.work.Go(func() { l.renew(ctx) })
	}
	if !l.room(ctx) {
		return // positions stay where they are: the next connection brings it again
	}
	t := &l.client.track
	if e.Method == wire.EventResumed {
		for _, gone := range t.missing() {
			l.client.events.push(item{event: &gone})
		}
	}
	if !t.admit(e) {
		l.client.count.repeats.Add(1)
		return
	}
	if e.Method == wire.EventConversationReset {
		l.client.count.resets.Add(1)
	}
	l.client.events.push(item{event: &Event{Event: *e}})
}

// room waits until an event may be put in the queue. It reports false where none is taken any more on this
// connection: the handler fell too far behind while answers were awaited, or the goodbye has begun.
func (l *link) room(ctx context.Context) bool {
	q := l.client.events
	for !l.lagging.Load() {
		load := q.load()
		if load < q.soft {
			return true
		}
		if l.client.awaits() {
			if load < eventSlack*q.soft {
				return true
			}
			l.lagging.Store(true)
			l.client.count.lagged.Add(1)
			break
		}
		l.stuck.Store(true)
		select {
		case <-q.room:
		case <-l.leaving:
			l.lagging.Store(true)
		case <-ctx.Done():
			l.lagging.Store(true)
		}
		l.hear()
		l.stuck.Store(false)
	}
	return false
}

// awaits reports whether a call is under way.
func (c *Client) awaits() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.out) > 0 || c.link != nil && len(c.link.inFlight) > 0
}

// renew replaces the token that is about to expire. What fails is mended by the next connect.
func (l *link) renew(ctx context.Context) {
	token, err := l.client.config.Token(ctx)
	if err == nil {
		_, err = l.client.UpdateToken(ctx, token)
	}
	if err != nil && ctx.Err() == nil {
		l.client.config.Logger.WarnContext(ctx, "parley client: token not renewed", "error", err)
	}
}
