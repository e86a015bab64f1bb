package client

import (
	"context"
	"time"
)

// State is what a client is doing about its connection.
type State uint8

// The states. Connecting and Connected alternate with Waiting until, for good, Closed.
const (
	StateConnecting State = iota + 1
	StateConnected        // connect was answered; replays may still come, until the event resumed
	StateWaiting          // for the next attempt
	StateClosed           // by Close, or because coming back would be no use: see Client.Err
)

// String is the state's name.
func (s State) String() string {
	switch s {
	case StateConnecting:
		return "connecting"
	case StateConnected:
		return "connected"
	case StateWaiting:
		return "waiting"
	case StateClosed:
		return "closed"
	}
	return "new"
}

// A Change is the entering of a state.
type Change struct {
	State State
	Err   error         // why the connection ended, or the attempt failed; Waiting and Closed, nil after Close
	Wait  time.Duration // until the next attempt; Waiting
}

// enter changes the state and tells.
func (c *Client) enter(ch Change) {
	c.mu.Lock()
	c.state = ch.State
	if ch.State == StateClosed {
		c.err = ch.Err
	}
	close(c.changed)
	c.changed = make(chan struct{})
	c.mu.Unlock()
	if ch.Err != nil {
		c.config.Logger.Info("parley client", "state", ch.State.String(), "wait", ch.Wait, "error", ch.Err)
	}
	if c.config.OnState != nil {
		c.config.OnState(ch)
	}
}

// State is what the client is doing now.
func (c *Client) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Await returns when the client is in the given state. A closed client reaches no other: its error is returned.
func (c *Client) Await(ctx context.Context, want State) error {
	for {
		c.mu.Lock()
		state, changed := c.state, c.changed
		c.mu.Unlock()
		switch state {
		case want:
			return nil
		case StateClosed:
			return c.closedError("await " + want.String())
		default:
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return &Error{Op: "await " + want.String(), Message: "the client is " + state.String(), Definite: true, Err: ctx.Err()}
		}
	}
}

// Err is why the client closed by itself: an *Error whose Close is 1008 or 4403, say. It is nil before, and after Close.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Done is closed when the client is closed and everything it started is over.
func (c *Client) Done() <-chan struct{} { return c.done }
