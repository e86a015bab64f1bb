//go:build unix

package web

import (
	"errors"
	"io"
	"os"
	"syscall"

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
