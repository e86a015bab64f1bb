package client

import (
	"slices"
	"time"
)

// A lane is the messages of one conversation that are not acknowledged. They are written in order. When one is refused
// for now, the lane waits until nothing of it is on the wire and the time has come, and then sends all of them again,
// in order. Lanes are guarded by Client.mu.
type lane struct {
	conversation string
	sends        []*request // in the order in which they were handed over
	onWire       int
	waits        bool
	until        time.Time
	failures     int // in a row
}

// join adds a message to its lane.
func (c *Client) join(r *request) {
	l := c.lanes[r.conversation]
	if l == nil {
		l = &lane{conversation: r.conversation}
		c.lanes[r.conversation] = l
	}
	r.lane = l
	l.sends = append(l.sends, r)
	c.unacked++
}

// quit takes a finished message out of its lane.
func (c *Client) quit(r *request) {
	l := r.lane
	if i := slices.Index(l.sends, r); i >= 0 {
		l.sends = slices.Delete(l.sends, i, i+1)
		c.unacked--
	}
	if len(l.sends) == 0 {
		delete(c.lanes, l.conversation)
	}
}

// hold puts a message that was refused for now back into its lane, which waits.
func (c *Client) hold(r *request, e *Error, now time.Time) {
	l := r.lane
	r.phase = held
	r.doubt = r.doubt || !e.Definite
	wait := c.config.Backoff.delay(l.failures)
	if e.RetryAfter > 0 {
		wait = max(c.config.Backoff.atLeast(e.RetryAfter), e.RetryAfter)
	}
	if !l.waits {
		l.waits = true
		l.failures++
		c.recall(l)
	}
	if at := now.Add(wait); at.After(l.until) {
		l.until = at
	}
}

// recall takes what was not written yet back into its lane.
func (c *Client) recall(l *lane) {
	c.out = slices.DeleteFunc(c.out, func(r *request) bool {
		if r.lane != l {
			return false
		}
		r.phase = held
		return true
	})
}

// release lets the lanes go whose time has come, and gives the time until the next, 0 for none.
func (c *Client) release(now time.Time) (next time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.lanes {
		if !l.waits || l.onWire > 0 {
			continue
		}
		if left := l.until.Sub(now); left > 0 {
			if next == 0 || left < next {
				next = left
			}
			continue
		}
		l.waits = false
		for _, r := range l.sends {
			r.phase = queued
			c.out = append(c.out, r)
		}
		c.wakeLocked()
	}
	return next
}
