package client

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"parley/session/wire"
)

const (
	// readLimit bounds a frame of the server, whose own limit (server_frame_bytes) is not known beforehand.
	readLimit = 16 << 20
	// closeWait is how long the close of a refused connect may take to follow the refusal, and the answer to a
	// goodbye to follow that.
	closeWait = time.Second
)

// arrival is an open websocket on which connect was not sent yet.
type arrival struct {
	ws    *websocket.Conn
	token string
	began time.Time
	heard atomic.Int64 // when the server was last heard of, in nanoseconds since began: clocks that are set do not count
}

// connect makes a connection from nothing.
func (c *Client) connect(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.ConnectTimeout)
	defer cancel()
	c.count.attempts.Add(1)
	a, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	return c.open(ctx, a)
}

// dial gets a token and opens a websocket.
func (c *Client) dial(ctx context.Context) (*arrival, error) {
	token, err := c.config.Token(ctx)
	if err != nil {
		return nil, &Error{Op: opConnect, Message: "no token", Definite: true, Err: err}
	}
	a := &arrival{token: token, began: time.Now()}
	ws, answer, err := websocket.Dial(ctx, c.config.URL, &websocket.DialOptions{ //nolint:bodyclose // the library sees to it
		HTTPClient: c.config.HTTPClient, HTTPHeader: c.config.Header.Clone(), Subprotocols: []string{wire.Subprotocol},
		OnPingReceived: func(context.Context, []byte) bool { a.hear(); return true },
	})
	if err != nil {
		return nil, unopened(answer, err)
	}
	ws.SetReadLimit(readLimit)
	a.ws = ws
	a.hear()
	return a, nil
}

func (a *arrival) hear() { a.heard.Store(int64(time.Since(a.began))) }

// unopened is the error of an opening that failed, on the way or by the server's refusal.
func unopened(answer *http.Response, err error) *Error {
	e := &Error{Op: opConnect, Message: "no connection", Definite: true, Err: err}
	if answer != nil && answer.StatusCode != http.StatusSwitchingProtocols {
		e.Status, e.Message = answer.StatusCode, "the server answered "+answer.Status
		if s, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && s > 0 {
			e.RetryAfter = time.Duration(s) * time.Second
		}
	}
	return e
}

// open sends connect and makes the connection the client's.
func (c *Client) open(ctx context.Context, a *arrival) (*link, error) {
	answer, rest, err := c.introduce(ctx, a)
	if err == nil && answer.Error != nil {
		err = c.refused(ctx, a, refusal(opConnect, answer.Error))
	}
	var s *Session
	if err == nil {
		s, err = decode[Session](opConnect, answer.Result)
	}
	if err != nil {
		a.ws.CloseNow() //nolint:errcheck // it is of no use any more
		e := ended(err)
		c.note(e)
		return nil, e
	}
	return c.welcome(a, s, rest), nil
}

// introduce sends connect and reads up to its answer; rest is what came behind that in the same frame.
func (c *Client) introduce(ctx context.Context, a *arrival) (answer *wire.Incoming, rest []wire.Incoming, err error) {
	frame, err := c.connectFrame(a.token)
	if err != nil {
		return nil, nil, err
	}
	if err := a.ws.Write(ctx, websocket.MessageText, frame); err != nil {
		return nil, nil, err
	}
	c.count.framesOut.Add(1)
	for {
		_, frame, err := a.ws.Read(ctx)
		if err != nil {
			return nil, nil, err
		}
		a.hear()
		c.count.framesIn.Add(1)
		all, err := wire.DecodeIncoming(nil, frame)
		if err != nil {
			return nil, nil, err
		}
		for i := range all {
			if all[i].Method == "" {
				return &all[i], all[i+1:], nil
			}
		}
	}
}

func (c *Client) connectFrame(token string) ([]byte, error) {
	p := wire.ConnectParams{Token: token, Client: c.config.Name, Epoch: c.track.epoch, Resume: c.track.resume()}
	if n := max(c.config.Conversations, 0); c.config.Conversations != 0 {
		p.Conversations = &n
	}
	params, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	return appendCall(nil, wire.MethodConnect, 1, params), nil
}

// refused waits for the close that follows a refusal: it says whether to come back.
func (c *Client) refused(ctx context.Context, a *arrival, e *Error) error {
	ctx, cancel := context.WithTimeout(ctx, closeWait)
	defer cancel()
	for {
		if _, _, err := a.ws.Read(ctx); err != nil {
			e.Close = ended(err).Close
			return e
		}
	}
}

// welcome takes the answer to connect: it goes in front of all events.
func (c *Client) welcome(a *arrival, s *Session, rest []wire.Incoming) *link {
	c.count.connects.Add(1)
	changed := c.track.begin(s)
	c.events.push(item{
		event:  &Event{Event: wire.Event{Method: EventConnected}, Session: s, EpochChanged: changed},
		listed: c.track.list(s.Conversations),
	})
	l := newLink(c, a, s, rest)
	c.mu.Lock()
	c.link, c.session = l, s
	c.mu.Unlock()
	c.enter(Change{State: StateConnected})
	c.watchAgain()
	return l
}

// note keeps how a connection ended.
func (c *Client) note(e *Error) {
	if e.Close == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastClose, c.lastReason = e.Close, e.reason
}
