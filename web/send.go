package web

import (
	"net"

	"github.com/coder/websocket"

	"parley/session"
)

// Send implements session.Sender. On TCP it attempts one write without waiting; over TLS, with compression and on
// systems that cannot attempt, it only keeps the frame for Flush.
func (c *conn) Send(frame []byte) (bool, error) {
	if !c.direct {
		return c.keep(frame)
	}
	out := seal(frame)
	free, err := c.line.gate.try()
	if err != nil {
		return false, err
	}
	if !free {
		c.pending = out
		return false, nil
	}
	return c.attempt(out)
}

// attempt writes what goes at once; the gate is ours. A rest keeps it until Flush is done.
func (c *conn) attempt(out []byte) (bool, error) {
	n, err := c.line.attempt(out)
	if err != nil {
		c.line.abort()
		return false, err
	}
	if n < len(out) {
		c.pending, c.held = out[n:], n > 0
		if !c.held {
			c.line.gate.leave()
		}
		return false, nil
	}
	c.line.gate.leave()
	return true, nil
}

// keep leaves the frame to Flush.
func (c *conn) keep(frame []byte) (bool, error) {
	if c.line.gate.isShut() {
		return false, net.ErrClosed
	}
	if c.deflate {
		c.pending = frame[session.Headroom:]
	} else {
		c.pending = seal(frame)
	}
	return false, nil
}

// Flush implements session.Sender.
func (c *conn) Flush() error {
	out := c.pending
	if out == nil {
		return nil
	}
	c.pending = nil
	if c.deflate {
		return c.ws.Write(lifelong, websocket.MessageText, out)
	}
	if !c.held {
		if err := c.line.gate.take(); err != nil {
			return err
		}
	}
	c.held = false
	if err := c.line.write(out); err != nil {
		return err
	}
	c.line.gate.leave()
	return nil
}

var emptyPing = []byte{finPing, 0}

// emptyPong is its answer, but for the mask's value in the last four bytes.
var emptyPong = [...]byte{finPong, maskBit, 0, 0, 0, 0}

// Ping implements session.Sender: an empty ping frame, which needs no answer to match since any byte of the peer
// counts as life; the library ignores the pong.
func (c *conn) Ping() {
	if c.line.sock.raw == nil {
		c.pingWaiting()
		return
	}
	free, err := c.line.gate.try()
	if err != nil || !free {
		return
	}
	switch {
	case c.line.plain:
		n, err := c.line.attempt(emptyPing)
		if err != nil {
			c.line.abort()
		}
		c.line.owed = c.line.owed || n == 1 // the kernel does split two bytes when it is about to be full
	case c.line.sock.roomy():
		_ = c.line.write(emptyPing) // which ends the connection where it fails
	}
	c.line.gate.leave()
}

// pingWaiting serves connections that can only be written by waiting: the goroutine ends when the ping is written, the
// peer takes nothing for the write timeout, or the connection ends.
func (c *conn) pingWaiting() {
	if free, err := c.line.gate.try(); err != nil || !free {
		return
	}
	c.line.gate.leave()
	go c.line.control(emptyPing) //nolint:errcheck // it ends the connection itself
}
