package bench

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// stage is where a connection is in its life.
type stage int

const (
	closed    stage = iota
	dialing         // waits for the other end to take it
	upgrading       // waits for the answer to the upgrade
	greeting        // waits for the answer to connect
	open
)

// conn is one websocket of one client.
type conn struct {
	loop  *loop
	fleet *fleet
	fd    int
	stage stage
	tail  []byte // of the latest read: a frame that has not come whole
	out   []byte // what the socket did not take yet

	who   int   // number of the client
	begun bool  // its handshake is under way
	door  *door // where it connects
	calls map[int64]func(answer []byte)
	ids   int64 // of requests

	room     *room
	next     int64              // index that is due
	missing  map[int64]struct{} // indexes that others overtook
	revision int64              // latest that was seen
	resumes  bool               // connects with what it has seen
}

// door is one address of a server.
type door struct {
	host string
	path string
	addr netip.AddrPort
	hub  int // number of the hub behind it

	centrifuge bool // it is a Centrifuge server, package peers
}

// dial begins to connect.
func (c *conn) dial() error {
	ip, port := c.door.addr.Addr(), int(c.door.addr.Port())
	family, to := unix.AF_INET6, unix.Sockaddr(&unix.SockaddrInet6{Port: port, Addr: ip.As16()})
	if ip.Is4() {
		family, to = unix.AF_INET, &unix.SockaddrInet4{Port: port, Addr: ip.As4()}
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("a socket: %w", err)
	}
	c.fd, c.tail, c.out, c.calls, c.ids = fd, c.tail[:0], c.out[:0], map[int64]func([]byte){}, 0
	unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) //nolint:errcheck // slower without
	if err := c.fleet.from(fd, c.door.addr.Addr()); err != nil {
		unix.Close(fd) //nolint:errcheck // it was never used
		return err
	}
	if err := unix.Connect(fd, to); err != nil && !errors.Is(err, unix.EINPROGRESS) {
		unix.Close(fd) //nolint:errcheck // likewise
		if errors.Is(err, unix.EADDRNOTAVAIL) && c.fleet.nextSource() {
			return c.dial()
		}
		return fmt.Errorf("connecting to %s: %w", c.door.addr, err)
	}
	c.stage = dialing
	return c.loop.watch(c, unix.EPOLLOUT)
}

// close ends the connection at once, with a reset: thousands that ended in good order would keep their ports for a minute.
func (c *conn) close() {
	if c.stage == closed {
		return
	}
	c.stage = closed
	c.loop.conns[c.fd] = nil
	unix.SetsockoptLinger(c.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}) //nolint:errcheck // it ends all the same
	unix.Close(c.fd)                                                                     //nolint:errcheck // likewise
}

// ready handles what epoll says of the socket.
func (c *conn) ready(events uint32) {
	var err error
	switch {
	case c.stage == dialing:
		err = c.dialed()
	case events&unix.EPOLLOUT != 0:
		err = c.flush()
	}
	if err == nil && events&(unix.EPOLLIN|unix.EPOLLHUP|unix.EPOLLERR) != 0 && c.stage > dialing {
		err = c.read()
	}
	if err != nil && c.stage != closed {
		c.close()
		c.fleet.broke(c, err)
	}
}

func (c *conn) dialed() error {
	code, err := unix.GetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && code != 0 {
		err = unix.Errno(code)
	}
	if err != nil {
		return fmt.Errorf("connecting to %s: %w", c.door.addr, err)
	}
	if err := c.loop.rewatch(c, unix.EPOLLIN); err != nil {
		return err
	}
	c.stage = upgrading
	return c.write([]byte("GET " + c.door.path + " HTTP/1.1\r\nHost: " + c.door.host +
		"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Protocol: parley.v1.json\r\n\r\n"))
}

// write sends bytes, or keeps those that the socket does not take.
func (c *conn) write(bytes []byte) error {
	if len(c.out) > 0 {
		c.out = append(c.out, bytes...)
		return nil
	}
	n, err := unix.Write(c.fd, bytes)
	if err != nil && !errors.Is(err, unix.EAGAIN) {
		return err
	}
	if n = max(n, 0); n == len(bytes) {
		return nil
	}
	c.out = append(c.out, bytes[n:]...)
	return c.loop.rewatch(c, unix.EPOLLIN|unix.EPOLLOUT)
}

func (c *conn) flush() error {
	n, err := unix.Write(c.fd, c.out)
	if err != nil {
		if errors.Is(err, unix.EAGAIN) {
			return nil
		}
		return err
	}
	if c.out = slices.Delete(c.out, 0, n); len(c.out) == 0 {
		return c.loop.rewatch(c, unix.EPOLLIN)
	}
	return nil
}

// read takes what the socket has, and handles every frame that is whole.
func (c *conn) read() error {
	l := c.loop
	kept := copy(l.scratch, c.tail)
	n, err := unix.Read(c.fd, l.scratch[kept:kept+readBytes])
	switch {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return nil
	case err != nil:
		return err
	case n == 0:
		return errors.New("the server closed the connection")
	}
	rest := l.scratch[:kept+n]
	if c.stage == upgrading {
		if rest, err = c.upgraded(rest); err != nil || c.stage == upgrading {
			c.tail = append(c.tail[:0], rest...)
			return err
		}
	}
	for c.stage > upgrading {
		f, size, err := parseFrame(rest)
		if err != nil || size > scratchBytes-readBytes {
			return errors.Join(err, errors.New("a frame that is too large, or none"))
		}
		if size == 0 || size > len(rest) {
			break
		}
		rest = rest[size:]
		if err := c.frame(f); err != nil {
			return err
		}
	}
	c.tail = append(c.tail[:0], rest...)
	return nil
}

// upgraded reads the answer to the upgrade, and greets.
func (c *conn) upgraded(got []byte) (rest []byte, err error) {
	before, after, ok := bytes.Cut(got, []byte("\r\n\r\n"))
	if !ok {
		return got, nil
	}
	head := string(before)
	if len(head) > 12 && head[9:12] == "503" {
		return nil, &busyError{retryAfter(head)}
	}
	if len(head) < 12 || head[9:12] != "101" {
		return nil, fmt.Errorf("the server does not upgrade: %.100q", head)
	}
	c.stage = greeting
	return after, c.greet()
}

// busyError says that a server takes nobody just now.
type busyError struct{ wait time.Duration }

func (e *busyError) Error() string { return fmt.Sprintf("the server is busy for %v", e.wait) }

func retryAfter(head string) time.Duration {
	lower := bytes.ToLower([]byte(head))
	_, after, _ := bytes.Cut(lower, []byte("\r\nretry-after: "))
	seconds, err := strconv.Atoi(string(bytes.SplitN(after, []byte("\r"), 2)[0]))
	if err != nil {
		return time.Second
	}
	return time.Duration(seconds) * time.Second
}
