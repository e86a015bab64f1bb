package client

import (
	"context"
	"sync"
)

// Client is one user's place at a server, over as many connections as it takes. Its methods may be called by any
// goroutine.
type Client struct {
	config Config
	events *queue
	count  counters
	track  tracker // of the reader of the connection; between two connections of run
	stop   func()
	done   chan struct{}

	mu         sync.Mutex
	state      State
	changed    chan struct{} // closed at every change of state
	err        error
	over       bool // no more calls are taken
	link       *link
	session    *Session
	lastClose  CloseCode
	lastReason string
	calls                      // guarded by mu
	watched    map[string]bool // users subscribed to
}

// Dial connects and returns when the server has answered. What goes wrong up to there is returned, an *Error but for a
// wrong config; what goes wrong later leads to reconnecting, for as long as that is any use, until Close. ctx bounds
// the first connecting alone; its values go on to Token.
func Dial(ctx context.Context, config Config) (*Client, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	c := &Client{
		config: config, events: newQueue(config.MaxEvents, config.Resume), track: newTracker(config.Resume),
		done: make(chan struct{}), changed: make(chan struct{}), watched: map[string]bool{},
		calls: calls{lanes: map[string]*lane{}},
	}
	c.enter(Change{State: StateConnecting})
	l, err := c.connect(ctx)
	if err != nil {
		c.enter(Change{State: StateClosed, Err: err})
		return nil, err
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.stop = stop
	go c.run(life, l)
	return c, nil
}

// run keeps the client connected until ctx ends or coming back is no use.
func (c *Client) run(ctx context.Context, l *link) {
	defer close(c.done)
	var handler sync.WaitGroup
	handler.Go(func() { c.events.run(ctx, c.config.OnEvent) })
	var err error
	for l != nil {
		end, next := c.serve(ctx, l)
		l, err = c.reconnect(ctx, end, next)
	}
	c.failAll()
	c.enter(Change{State: StateClosed, Err: err})
	c.events.close()
	handler.Wait()
	c.stop()
}

// Close says goodbye, ends every call with ErrClosed and returns when everything the client started is over; so OnEvent
// must not call it. Events that were not handled are dropped: Positions does not count them.
func (c *Client) Close() {
	c.stop()
	<-c.done
}

// Session is the answer to the latest connect. It is shared: not to be changed.
func (c *Client) Session() *Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// Positions is how far the app has come: what lies behind events that OnEvent has returned from. As Config.Resume it
// has another process go on from here.
func (c *Client) Positions() Positions { return c.events.positions() }

// Epoch is the server's history that Positions speaks of.
func (c *Client) Epoch() string { return c.events.positions().Epoch }

// closedError is the error of a call to a closed client.
func (c *Client) closedError(op string) *Error {
	return &Error{Op: op, Message: ErrClosed.Error(), Definite: true, Err: ErrClosed}
}
