package web

import (
	"compress/flate"
	"errors"
	"io"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// Farewells are bounded, since they depend on a peer that may be hostile or gone.
const (
	closeWait = 5 * time.Second // for the whole of Close
	linger    = 2 * time.Second // for the peer to read why it was cut off
)

// maxReason is the longest reason of a close frame (RFC 6455 5.5).
const maxReason = 123

// Close implements session.Ender.
func (c *conn) Close(code int, reason string) {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	bound := time.AfterFunc(closeWait, c.line.abort)
	defer bound.Stop()
	c.ws.Close(websocket.StatusCode(code), clip(reason)) //nolint:errcheck // the peer need not agree
	c.Abort()
}

// clip cuts a reason to what a close frame holds, at a code point.
func clip(reason string) string {
	if len(reason) <= maxReason {
		return reason
	}
	n := maxReason
	for n > 0 && !utf8.RuneStart(reason[n]) {
		n--
	}
	return reason[:n]
}

// Abort implements session.Ender. The library learns of it from its reader.
func (c *conn) Abort() {
	c.line.abort()
	c.ticket.giveUp()
}

// fail ends the connection after reading failed, tells the peer why where that is its fault and the library did not,
// and answers err. It runs in the reader's goroutine and lasts at most closeWait and linger.
func (c *conn) fail(err error) error {
	if c.ended {
		return err
	}
	c.ended = true
	c.mu.Lock()
	closing := c.closing
	c.mu.Unlock()
	if closing { // Close sees to the rest
		return err
	}
	if websocket.CloseStatus(err) == -1 && !c.line.broken.Load() {
		c.complain(err)
	}
	c.Abort()
	c.ws.CloseNow() //nolint:errcheck // frees what the library keeps; the socket is closed
	return err
}

// complain says why in a close frame unless the library has, and lets the peer read it.
func (c *conn) complain(err error) {
	bound := time.AfterFunc(closeWait, c.line.abort)
	defer bound.Stop()
	if !c.line.goodbye.Load() {
		code, reason := fault(err)
		if c.line.control(closeFrame(uint16(code), reason)) != nil {
			return
		}
	}
	c.line.drain()
}

// fault names the peer's mistakes about which the library keeps silent: frames without a mask, lengths with the
// highest bit set (RFC 6455 5.1, 5.2) and data that does not inflate.
func fault(err error) (websocket.StatusCode, string) {
	if _, ok := errors.AsType[flate.CorruptInputError](err); ok {
		return websocket.StatusInvalidFramePayloadData, "data does not inflate"
	}
	return websocket.StatusProtocolError, "malformed frame"
}

// drain half-closes and reads on for a little: closing a socket with unread input resets the connection, and
// the peer would lose the close frame that says what it did wrong (RFC 6455 7.1.1).
func (l *line) drain() {
	if half, ok := l.sock.Conn.(interface{ CloseWrite() error }); ok {
		half.CloseWrite() //nolint:errcheck // the reads below end either way
	}
	l.sock.SetReadDeadline(time.Now().Add(linger)) //nolint:errcheck // bounded by closeWait as well
	io.Copy(io.Discard, l.sock)                    //nolint:errcheck // nothing is kept
}
