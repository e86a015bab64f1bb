package client

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
)

// phase is where a request is. The lists that hold it follow from it.
type phase uint8

const (
	queued  phase = iota // in calls.out
	written              // in link.inFlight
	held                 // in its lane alone, which waits
	finished
)

// request is one call, over as many attempts as it takes.
type request struct {
	method string
	params []byte // JSON text

	reads    bool // changes nothing: may be sent again
	sends    bool // bears a nonce: may be sent again
	notifies bool // wants no answer
	volatile bool // of no use on another connection

	note func(result json.RawMessage) // run by the reader, in the order of the stream

	conversation string // of a message
	draft        *Draft
	lane         *lane

	phase  phase // guarded by Client.mu
	id     int64 // of the attempt under way
	ever   bool  // was written before
	doubt  bool  // an attempt before this one may have had its effect
	done   chan struct{}
	result json.RawMessage // set before done is closed
	err    *Error
}

// calls is everything that waits for an answer, or to be written. It is part of Client and guarded by its mu.
type calls struct {
	lastID  int64
	out     []*request // to be written, in this order
	lanes   map[string]*lane
	unacked int // messages in the lanes
}

// window bounds the unanswered calls on a connection: the server stops reading beyond as many.
const window = 64

// envelope is more than what surrounds the params in a frame.
const envelope = 128

// appendCall appends a request; id 0 makes a notification of it.
func appendCall(dst []byte, method string, id int64, params []byte) []byte {
	dst = append(dst, `{"jsonrpc":"2.0"`...)
	if id != 0 {
		dst = strconv.AppendInt(append(dst, `,"id":`...), id, 10)
	}
	dst = append(append(dst, `,"method":"`...), method...)
	dst = append(dst, '"')
	if params != nil {
		dst = append(append(dst, `,"params":`...), params...)
	}
	return append(dst, '}')
}

// newRequest makes a request; params nil leaves them out.
func newRequest(method string, params any) (*request, error) {
	r := &request{method: method, done: make(chan struct{})}
	if params == nil {
		return r, nil
	}
	var err error
	if r.params, err = json.Marshal(params); err != nil {
		return nil, &Error{Op: method, Message: "params are not JSON", Definite: true, Err: err}
	}
	return r, nil
}

// submit queues a request, or refuses it.
func (c *Client) submit(r *request) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return c.closedError(r.method)
	}
	if e := c.tooLarge(r); e != nil {
		return e
	}
	if r.sends {
		if c.unacked >= c.config.MaxOutbox {
			return &Error{Op: r.method, Message: ErrOutboxFull.Error(), Definite: true, Err: ErrOutboxFull}
		}
		c.join(r)
		if r.lane.waits {
			r.phase = held
			return nil
		}
	}
	c.out = append(c.out, r)
	c.wakeLocked()
	return nil
}

// tooLarge refuses what the server would end the connection for.
func (c *Client) tooLarge(r *request) *Error {
	if limit := c.session.Limits.Frame; limit > 0 && int64(len(r.params)+envelope) > limit {
		return &Error{Op: r.method, Message: ErrTooLarge.Error(), Definite: !r.doubt, Err: ErrTooLarge}
	}
	return nil
}

// wakeLocked has the writer look, and the reader too: with a call under way it reads on.
func (c *Client) wakeLocked() {
	if c.link != nil {
		signal(c.link.wake)
	}
	signal(c.events.room)
}

// finishLocked ends a request, which is in no list any more but its lane.
func (c *Client) finishLocked(r *request, result json.RawMessage, err *Error) {
	r.phase, r.result, r.err = finished, result, err
	if r.lane != nil {
		c.quit(r)
	}
	close(r.done)
}

// abandon ends a request that nobody waits for any more.
func (c *Client) abandon(r *request, cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch r.phase {
	case finished:
		return
	case queued:
		c.out = slices.DeleteFunc(c.out, func(other *request) bool { return other == r })
	case written:
		c.landLocked(r)
	case held: // in its lane alone, which finishing sees to
	}
	c.finishLocked(r, nil, unanswered(r, cause))
	c.wakeLocked()
}

// failAll ends every request of a client that is closing.
func (c *Client) failAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	for _, l := range c.lanes {
		for _, r := range l.sends {
			if r.phase == held {
				c.out = append(c.out, r)
			}
		}
	}
	for _, r := range c.out {
		if r.phase != finished {
			c.finishLocked(r, nil, unanswered(r, ErrClosed))
		}
	}
	c.out = nil
}

// do makes a call and waits for its answer.
func (c *Client) do(ctx context.Context, r *request) (json.RawMessage, error) {
	if err := ctx.Err(); err != nil {
		return nil, unanswered(r, err)
	}
	if err := c.submit(r); err != nil {
		return nil, err
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		c.abandon(r, ctx.Err())
	}
	if r.err != nil {
		return nil, r.err
	}
	return r.result, nil
}

// Call makes any call and gives its result as JSON text. It is not repeated when its connection ends.
func (c *Client) Call(ctx context.Context, method string, params any) (json.RawMessage, error) {
	r, err := newRequest(method, params)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, r)
}

// change makes a call that has an effect.
func change[T any](ctx context.Context, c *Client, method string, params any) (*T, error) {
	result, err := c.Call(ctx, method, params)
	if err != nil {
		return nil, err
	}
	return decode[T](method, result)
}

// ask makes a call that has none, and so may be repeated.
func ask[T any](ctx context.Context, c *Client, method string, params any) (*T, error) {
	r, err := newRequest(method, params)
	if err != nil {
		return nil, err
	}
	r.reads = true
	result, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	return decode[T](method, result)
}
