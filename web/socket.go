package web

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// socket is an accepted connection below TLS and websocket. It knows when bytes last moved, can write without
// waiting, and when it does wait it gives up only on a peer that takes nothing at all. One goroutine
// at a time writes.
type socket struct {
	net.Conn
	raw     syscall.RawConn       // nil where the system offers blocking writes only
	attempt func(fd uintptr) bool // s.write
	look    func(fd uintptr) bool // s.arrived

	patience time.Duration // how long a peer may take no byte; 0, as net/http has it, before the upgrade
	heard    atomic.Int64  // when a byte last came in, as nanoseconds since birth
	wrote    atomic.Int64  // when one was last accepted

	// Owned by whoever writes; attempt works on them, so that no write needs a closure of its own.
	out  []byte
	n    int
	wait bool // come back only with a byte written
	err  error
}

// birth is what times are kept relative to: the monotonic clock, in eight bytes that can be stored atomically.
var birth = time.Now()

// slowChunk bounds a write that may wait on a connection that cannot say how much it took meanwhile.
const slowChunk = 4 << 10

func newSocket(c net.Conn) *socket {
	s := &socket{Conn: c}
	s.attempt, s.look = s.write, s.arrived
	if sc, ok := c.(syscall.Conn); ok && canTry {
		if raw, err := sc.SyscallConn(); err == nil {
			s.raw = raw
		}
	}
	now := int64(time.Since(birth))
	s.heard.Store(now)
	s.wrote.Store(now)
	return s
}

func (s *socket) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	if n > 0 {
		s.heard.Store(int64(time.Since(birth)))
	}
	return n, err
}

// ReadFrom keeps net/http's way of sending files without copying them.
func (s *socket) ReadFrom(r io.Reader) (int64, error) {
	if rf, ok := s.Conn.(io.ReaderFrom); ok {
		return rf.ReadFrom(r)
	}
	return io.Copy(struct{ io.Writer }{s.Conn}, r)
}

// Write writes all of p, waiting as push does. Before the upgrade net/http's own deadlines hold instead.
func (s *socket) Write(p []byte) (int, error) {
	if s.patience == 0 {
		return s.Conn.Write(p)
	}
	if s.raw == nil {
		return s.push(p)
	}
	n, err := s.try(p)
	if err != nil || n == len(p) {
		return n, err
	}
	m, err := s.push(p[n:])
	return n + m, err
}

// try writes what the connection takes at once: fewer than len(p) bytes without an error mean that the rest would have
// had to wait. It needs raw.
func (s *socket) try(p []byte) (int, error) { return s.move(p, false) }

// push writes all of p and waits as long as the peer takes at least a byte within its patience (rule R24).
func (s *socket) push(p []byte) (done int, err error) {
	defer s.SetWriteDeadline(time.Time{}) //nolint:errcheck // a connection that is closed has no deadline to clear
	for done < len(p) {
		if err := s.SetWriteDeadline(time.Now().Add(s.patience)); err != nil {
			return done, err
		}
		n, err := s.some(p[done:])
		done += n
		if err != nil && (n == 0 || !errors.Is(err, os.ErrDeadlineExceeded)) {
			return done, err
		}
	}
	return done, nil
}

// some waits until it wrote at least a byte of p.
func (s *socket) some(p []byte) (int, error) {
	if s.raw != nil {
		return s.move(p, true)
	}
	n, err := s.Conn.Write(p[:min(len(p), slowChunk)])
	s.took(n)
	return n, err
}

func (s *socket) move(p []byte, wait bool) (int, error) {
	s.out, s.n, s.wait, s.err = p, 0, wait, nil
	err := s.raw.Write(s.attempt)
	if err == nil {
		err = s.err
	}
	s.out = nil
	s.took(s.n)
	return s.n, err
}

func (s *socket) took(n int) {
	if n > 0 {
		s.wrote.Store(int64(time.Since(birth)))
	}
}

func (s *socket) lastHeard() time.Time { return birth.Add(time.Duration(s.heard.Load())) }
func (s *socket) lastWrote() time.Time { return birth.Add(time.Duration(s.wrote.Load())) }
