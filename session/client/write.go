package client

import (
	"context"
	"time"

	"github.com/coder/websocket"
)

// batchBytes is how much is gathered in one frame, as the server does.
const batchBytes = 64 << 10

// write sends what there is to send until the connection ends.
func (l *link) write(ctx context.Context, cut context.CancelCauseFunc) {
	var frame []byte
	for {
		frame = l.client.gather(l, frame[:0])
		if len(frame) == 0 {
			select {
			case <-l.wake:
			case <-ctx.Done():
				return
			}
			continue
		}
		if err := l.ws.Write(ctx, websocket.MessageText, frame); err != nil {
			l.mourn(ctx, cut, err)
			return
		}
		l.client.count.framesOut.Add(1)
	}
}

// mourn leaves the reader a moment to find out why the connection ended: it gets the close.
func (l *link) mourn(ctx context.Context, cut context.CancelCauseFunc, err error) {
	timer := time.NewTimer(closeWait)
	defer timer.Stop()
	select {
	case <-timer.C:
		cut(err)
	case <-ctx.Done():
	}
}

// gather puts what waits to be written into one frame: a request, or a batch of them.
func (c *Client) gather(l *link, frame []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, taken := 0, 0
	for _, r := range c.out {
		if l.corked || len(l.inFlight) >= window || n > 0 && len(frame)+len(r.params)+envelope > l.batch() {
			break
		}
		taken++
		if e := c.tooLarge(r); e != nil { // this server takes less than the one before
			c.finishLocked(r, nil, e)
			continue
		}
		if n++; n == 1 {
			frame = append(frame, '[')
		} else {
			frame = append(frame, ',')
		}
		frame = c.launch(l, r, frame)
	}
	if c.out = c.out[taken:]; len(c.out) == 0 {
		c.out = nil
	}
	switch n {
	case 0:
		return nil
	case 1:
		return frame[1:]
	}
	return append(frame, ']')
}

// launch writes a request to the frame.
func (c *Client) launch(l *link, r *request, frame []byte) []byte {
	if r.notifies {
		c.finishLocked(r, nil, nil)
		return appendCall(frame, r.method, 0, r.params)
	}
	if r.ever && r.sends {
		c.count.resent.Add(1)
	}
	c.lastID++
	r.phase, r.id, r.ever = written, c.lastID, true
	l.inFlight[r.id] = r
	if r.lane != nil {
		r.lane.onWire++
	}
	return appendCall(frame, r.method, r.id, r.params)
}

// batch is how long a batch may be.
func (l *link) batch() int {
	if limit := l.session.Limits.Frame; limit > 0 {
		return int(min(limit, batchBytes))
	}
	return batchBytes
}
