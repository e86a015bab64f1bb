package web

import (
	"bufio"
	"net"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// line is the connection as the websocket library has it: it reads through it and writes its control frames to
// it. What the session sends goes around the library, so both meet at the gate. A line knows nothing of
// the library's connection: that one has a finalizer, which a cycle would disable.
type line struct {
	net.Conn         // *socket, or the *tls.Conn over it
	sock     *socket // where bytes move
	plain    bool    // the two are one, and it can be written without waiting
	gate     gate

	early   []byte        // what net/http had read beyond the request; owned by the reader
	ahead   *bufio.Reader // the library's, which reads ahead; owned by the reader
	message time.Duration // how long a message may take from its first byte

	begun   atomic.Int64 // when the message that is being read began, since birth; 0 between messages
	inside  atomic.Bool  // the library has given the message out: pings in its midst do not end it
	armed   atomic.Bool  // a read deadline is set
	broken  atomic.Bool  // reading from the network failed
	goodbye atomic.Bool  // a close frame was written

	owed bool // the last byte of a ping, which goes before anything else; owned by who has the gate

	// Owned by the library's frame in progress; the library writes one at a time.
	left int64 // bytes of it still to come
	last bool  // it is a close frame
}

// Read gives what came with the request first. While a message is incomplete it must be whole within l.message of its
// first byte, so that nobody can hold a connection by trickling a frame.
func (l *line) Read(p []byte) (int, error) {
	if len(l.early) > 0 {
		n := copy(p, l.early)
		if l.early = l.early[n:]; len(l.early) == 0 {
			l.early = nil
		}
		l.start()
		return n, nil
	}
	l.arm()
	n, err := l.Conn.Read(p)
	if n > 0 {
		l.start()
	}
	if err != nil {
		l.broken.Store(true)
	}
	return n, err
}

// quiet reports whether all that came has been read, so that the socket says when there is more.
func (l *line) quiet() bool {
	if !l.plain || len(l.early) > 0 || l.ahead.Buffered() > 0 || l.begun.Load() != 0 {
		return false
	}
	l.arm()
	return true
}

// start notes that a message or control frame has begun.
func (l *line) start() {
	if l.begun.Load() == 0 {
		l.begun.Store(int64(time.Since(birth)))
	}
}

// rest notes that all that began is over.
func (l *line) rest() {
	l.inside.Store(false)
	l.begun.Store(0)
}

// controlled is told of every ping and pong that was read whole.
func (l *line) controlled() {
	if !l.inside.Load() {
		l.begun.Store(0)
	}
}

// arm sets the deadline of a message that has begun, and clears it between messages. A frame that comes in one piece,
// as nearly all do, costs neither.
func (l *line) arm() {
	if begun := l.begun.Load(); begun != 0 {
		l.armed.Store(true)
		l.SetReadDeadline(birth.Add(time.Duration(begun) + l.message)) //nolint:errcheck // the read says so
	} else if l.armed.Swap(false) {
		l.SetReadDeadline(time.Time{}) //nolint:errcheck // the read says so
	}
}

// Write is the library's: whole control frames, and with compression data frames in several pieces. It waits for
// the gate until the connection ends, which the library brings about for a control frame after 5 s.
func (l *line) Write(p []byte) (int, error) {
	out := p
	if l.left == 0 {
		if err := l.gate.take(); err != nil {
			return 0, err
		}
		if err := l.pay(); err != nil {
			return 0, err
		}
		l.left, l.last = frameLen(p), p[0] == finClose
		if l.last {
			out = soundClose(p)
		}
	}
	if _, err := l.Conn.Write(out); err != nil {
		l.abort()
		return 0, err
	}
	if l.left -= int64(len(p)); l.left > 0 {
		return len(p), nil
	}
	l.left = 0
	l.release(l.last)
	return len(p), nil
}

// release ends a frame: the gate opens for the next one, but never after a close frame (RFC 6455 5.5.1).
func (l *line) release(closed bool) {
	if closed {
		l.goodbye.Store(true)
		l.gate.shut()
		return
	}
	l.gate.leave()
}

// soundClose gives the close frame to write where the library wants to write p. It echoes the peer's reason
// without a look, but one that is not UTF-8 has to fail the connection (RFC 6455 8.1).
func soundClose(p []byte) []byte {
	if len(p) <= 4 || utf8.Valid(p[4:]) {
		return p
	}
	return closeFrame(uint16(websocket.StatusInvalidFramePayloadData), "close reason is not UTF-8")
}

// control writes one of our own control frames, waiting for its turn.
func (l *line) control(frame []byte) error {
	if err := l.gate.take(); err != nil {
		return err
	}
	if err := l.write(frame); err != nil {
		return err
	}
	l.release(frame[0] == finClose)
	return nil
}

// write writes a frame, or the rest of one, and waits for it; the gate is the caller's. A failure ends the connection,
// since nobody can go on after a piece of a frame.
func (l *line) write(p []byte) error {
	if err := l.pay(); err != nil {
		return err
	}
	if _, err := l.Conn.Write(p); err != nil {
		l.abort()
		return err
	}
	return nil
}

// pay writes the byte that a ping still owes, if there is one.
func (l *line) pay() error {
	if !l.owed {
		return nil
	}
	l.owed = false
	return l.write(emptyPing[1:])
}

// attempt writes what goes at once, as socket.try does; the gate is the caller's.
func (l *line) attempt(p []byte) (int, error) {
	if l.owed {
		n, err := l.sock.try(emptyPing[1:])
		if l.owed = n == 0; l.owed || err != nil {
			return 0, err
		}
	}
	return l.sock.try(p)
}

// Close is the library's way of ending the connection. TLS gets no farewell of its own, which could
// wait: the close frame was that.
func (l *line) Close() error {
	l.gate.shut()
	return l.sock.Close()
}

// abort ends the connection without waiting for anything. Whoever reads, writes or waits to write returns.
func (l *line) abort() { l.Close() } //nolint:errcheck // closed before is closed
