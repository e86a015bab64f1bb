package client

import (
	"context"
	"time"
)

// seconds is a duration as the protocol counts them.
func seconds(n int64) time.Duration { return time.Duration(max(n, 0)) * time.Second }

// reconnect makes the next connection, at a place where the client has moved to or from nothing. It gives none when ctx
// ends, or when coming back is no use: then the error says why.
func (c *Client) reconnect(ctx context.Context, end *Error, moved *arrival) (*link, error) {
	if moved != nil {
		l, err := c.openMoved(ctx, moved)
		if err == nil {
			return l, nil
		}
		end = ended(err)
	}
	for failures := 0; ctx.Err() == nil; failures++ {
		stop, wait := c.config.Backoff.after(end, failures)
		if stop {
			return nil, end
		}
		c.enter(Change{State: StateWaiting, Err: end, Wait: wait})
		if !pause(ctx, wait) {
			return nil, nil
		}
		c.enter(Change{State: StateConnecting})
		l, err := c.connect(ctx)
		if err == nil {
			return l, nil
		}
		end = ended(err)
	}
	return nil, nil
}

// openMoved connects on a connection that is open already.
func (c *Client) openMoved(ctx context.Context, a *arrival) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.ConnectTimeout)
	defer cancel()
	c.enter(Change{State: StateConnecting})
	return c.open(ctx, a)
}

// pause waits, and reports whether it was not ctx that ended it.
func pause(ctx context.Context, wait time.Duration) bool {
	if wait <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
