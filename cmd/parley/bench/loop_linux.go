package bench

import (
	"container/heap"
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// readBytes is how much one read takes. A socket that has more is read again in the next pass.
	readBytes = 256 << 10
	// scratchBytes holds the beginning of the largest frame, and a read.
	scratchBytes = 2<<20 + readBytes
)

// loop waits for sockets and alarms, all in one goroutine.
type loop struct {
	epoll   int
	timer   int // wakes it for the next alarm: epoll itself counts in whole milliseconds
	events  [256]unix.EpollEvent
	conns   []*conn // by file descriptor
	scratch []byte
	began   time.Time
	now     time.Duration // of the current pass, since began
	alarms  alarms
}

func newLoop() (*loop, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	timer, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err == nil {
		err = unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, timer, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(timer)})
	}
	if err != nil {
		unix.Close(epoll) //nolint:errcheck // nothing is in it
		return nil, err
	}
	return &loop{epoll: epoll, timer: timer, conns: make([]*conn, timer+1), scratch: make([]byte, scratchBytes), began: time.Now()}, nil
}

func (l *loop) close() {
	for _, c := range l.conns {
		if c != nil {
			c.close()
		}
	}
	unix.Close(l.timer) //nolint:errcheck // nobody waits for it
	unix.Close(l.epoll) //nolint:errcheck // nothing is left in it
}

// clock is the time since the loop began, now rather than at the beginning of the pass.
func (l *loop) clock() time.Duration { return time.Since(l.began) }

// pass handles what is ready and due, having waited for at most so long.
func (l *loop) pass(most time.Duration) error {
	n, err := unix.EpollWait(l.epoll, l.events[:], int(max(0, most)/time.Millisecond)+1)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return err
	}
	l.now = l.clock()
	for _, e := range l.events[:max(0, n)] {
		if c := l.conns[e.Fd]; c != nil {
			c.ready(e.Events)
		}
	}
	rang := false
	for l.alarms.Len() > 0 && l.alarms[0].at <= l.now {
		rang = true
		heap.Pop(&l.alarms).(alarm).ring()
	}
	if rang {
		l.arm()
	}
	return nil
}

// arm sets the timer to the next alarm. Setting it takes back that it has rung.
func (l *loop) arm() {
	var spec unix.ItimerSpec
	if l.alarms.Len() > 0 {
		spec.Value = unix.NsecToTimespec(int64(max(1, l.alarms[0].at-l.clock())))
	}
	unix.TimerfdSettime(l.timer, 0, &spec, nil) //nolint:errcheck // a pass comes anyway, a little later
}

// after has something be done later.
func (l *loop) after(d time.Duration, ring func()) {
	a := alarm{l.clock() + d, ring}
	heap.Push(&l.alarms, a)
	if l.alarms[0].at == a.at {
		l.arm()
	}
}

// watch begins to wait for a socket.
func (l *loop) watch(c *conn, events uint32) error {
	for len(l.conns) <= c.fd {
		l.conns = append(l.conns, nil)
	}
	l.conns[c.fd] = c
	return unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, c.fd, &unix.EpollEvent{Events: events, Fd: int32(c.fd)})
}

// rewatch waits for other events of a socket.
func (l *loop) rewatch(c *conn, events uint32) error {
	return unix.EpollCtl(l.epoll, unix.EPOLL_CTL_MOD, c.fd, &unix.EpollEvent{Events: events, Fd: int32(c.fd)})
}

// alarm is something to do at a time.
type alarm struct {
	at   time.Duration
	ring func()
}

// alarms implements heap.Interface.
type alarms []alarm

func (a alarms) Len() int           { return len(a) }
func (a alarms) Less(i, j int) bool { return a[i].at < a[j].at }
func (a alarms) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *alarms) Push(x any)        { *a = append(*a, x.(alarm)) }
func (a *alarms) Pop() any {
	last := len(*a) - 1
	x := (*a)[last]
	*a = (*a)[:last]
	return x
}
