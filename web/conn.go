package web

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/coder/websocket"

	"parley/session"
)

// conn is a websocket as a session has it. The library reads and minds the protocol; data frames go
// around it, straight to the socket.
type conn struct {
	ws   *websocket.Conn
	line *line
	body body

	deflate bool // the peer and we compress: data frames are the library's
	direct  bool // Send may write to the socket itself
	ended   bool // reading is over; owned by the reader

	mu      sync.Mutex
	closing bool // Close has begun, and reads too

	// Owned by the sender.
	pending []byte // what Send began and Flush must finish: of a frame, or with deflate a payload
	held    bool   // pending is the rest of a frame in the midst, and the gate is ours

	ticket ticket // set before the session has the connection
}

var _ session.Conn = (*conn)(nil)

// lifelong is the context of all that is asked of the library: it has no Done, which saves the library a timer and
// four allocations for each operation. What may not last is bounded by the line.
var lifelong = context.Background() //nolint:forbidigo // ends never: see above

// Await implements session.Receiver. Where bytes pass through TLS it returns at once, and Next waits.
func (c *conn) Await() {
	if c.body.r == nil && c.quiet() {
		c.line.sock.await()
	}
}

// quiet reports whether nothing that came is still to be read, and only Next will read it.
func (c *conn) quiet() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.closing && c.line.quiet()
}

// Next implements session.Receiver.
func (c *conn) Next() (io.Reader, bool, error) {
	if c.body.r != nil {
		if _, err := io.Copy(io.Discard, &c.body); err != nil {
			return nil, false, err
		}
	}
	kind, r, err := c.ws.Reader(lifelong)
	if err != nil {
		return nil, false, c.fail(err)
	}
	c.line.inside.Store(true)
	c.body = body{conn: c, r: r}
	return &c.body, kind == websocket.MessageText, nil
}

// body reads one message.
type body struct {
	conn *conn
	r    io.Reader // nil once at its end
	err  error
}

func (b *body) Read(p []byte) (int, error) {
	if b.r == nil {
		return 0, b.end()
	}
	n, err := b.r.Read(p)
	if err == nil {
		return n, nil
	}
	b.r = nil
	if errors.Is(err, io.EOF) {
		b.conn.line.rest()
	} else {
		b.err = b.conn.fail(err)
	}
	return n, b.end()
}

func (b *body) end() error {
	if b.err != nil {
		return b.err
	}
	return io.EOF
}

// Limit implements session.Receiver.
func (c *conn) Limit(bytes int64) { c.ws.SetReadLimit(bytes) }

// Heard implements session.Receiver.
func (c *conn) Heard() time.Time { return c.line.sock.lastHeard() }

// Wrote implements session.Sender.
func (c *conn) Wrote() time.Time { return c.line.sock.lastWrote() }

// Admitted ends the probation of the peer: it no longer counts against Config.Unconnected. It is an add-on to
// session.Conn, to be called when connect succeeded.
func (c *conn) Admitted() { c.ticket.admitted() }
