//go:build unix

package web

import (
	"errors"
	"io"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// canTry says that sockets can be written without waiting.
const canTry = true

// write moves bytes of out into the socket until it is full. Answering false makes the caller wait for room.
func (s *socket) write(fd uintptr) bool {
	for s.n < len(s.out) {
		n, err := syscall.Write(int(fd), s.out[s.n:])
		switch {
		case n > 0:
			s.n += n
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EAGAIN):
			return !s.wait || s.n > 0
		case err == nil:
			s.err = io.ErrUnexpectedEOF
			return true
		default:
			s.err = os.NewSyscallError("write", err)
			return true
		}
	}
	return true
}

// await returns when there is something to read, or to fail with. A pong that comes alone, as one does every half minute on an
// idle connection, is taken out here: nobody has to go deep for it.
func (s *socket) await() { s.raw.Read(s.look) } //nolint:errcheck // whoever reads then meets the error

// arrived looks at what is there; answering false makes its caller wait for more.
func (s *socket) arrived(fd uintptr) bool {
	var head [len(emptyPong) + 1]byte
	for {
		n, _, err := unix.Recvfrom(int(fd), head[:], unix.MSG_PEEK)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			return false
		case n != len(emptyPong) || head[0] != emptyPong[0] || head[1] != emptyPong[1]:
			return true
		default:
			n, err := unix.Read(int(fd), head[:n]) // what was there is there: nobody else reads
			if err != nil || n != len(emptyPong) {
				return true
			}
			s.heard.Store(int64(time.Since(birth)))
		}
	}
}

// roomy reports whether a small write would go through at once: the kernel calls a socket writable
// while a third of its buffer is free.
func (s *socket) roomy() bool {
	if s.raw == nil {
		return false
	}
	ready := false
	err := s.raw.Control(func(fd uintptr) {
		poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
		n, err := unix.Poll(poll, 0)
		ready = err == nil && n == 1 && poll[0].Revents&unix.POLLOUT != 0
	})
	return err == nil && ready
}
