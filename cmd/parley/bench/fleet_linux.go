package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// fleet is all clients of a run, and what they saw.
type fleet struct {
	loop    *loop
	opts    *Options
	ctx     context.Context //nolint:containedctx // of the run, which is one call
	doors   []*door
	run     string // what this run's identities begin with
	epoch   string
	conns   []*conn
	rooms   []*room
	padding string // the rest of each body
	failed  error
	source  byte // last of the four numbers of the loopback address that clients come from; 0 leaves it to the system

	waiting  []*conn // to be dialled
	underway int     // handshakes
	connects int     // that were answered

	tally
	onSeen func(r *room)              // a message reached one more member
	told   func(c *conn, name string) // an event but messageAdded came
}

// room is one conversation.
type room struct {
	sid     string
	sender  *conn
	members []*conn
	sent    int64
	seen    int64 // deliveries
}

// mostUnderway is how many handshakes are under way at a time: a listening socket's queue holds 4,096.
const mostUnderway = 500

func newFleet(ctx context.Context, opts *Options) (*fleet, error) {
	l, err := newLoop()
	if err != nil {
		return nil, err
	}
	f := &fleet{loop: l, opts: opts, ctx: ctx, run: "b" + text36(time.Now().UnixNano()) + "-", padding: strings.Repeat("x", max(0, opts.Payload-dueDigits))}
	for i, url := range opts.URLs {
		d, err := newDoor(ctx, url, i)
		if err != nil {
			l.close()
			return nil, err
		}
		f.doors = append(f.doors, d)
	}
	for i := range opts.Clients {
		f.conns = append(f.conns, &conn{loop: l, fleet: f, who: i, door: f.doors[i%len(f.doors)]})
	}
	return f, nil
}

// from has a socket come from the loopback address whose turn it is.
func (f *fleet) from(fd int, to netip.Addr) error {
	if f.source == 0 || !to.Is4() || !to.IsLoopback() {
		return nil
	}
	return unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, f.source}})
}

// nextSource reports whether there is another loopback address to come from, when the ports of one have run out.
func (f *fleet) nextSource() bool {
	if f.source == 0 {
		f.source = 1
	}
	f.source++
	return f.source < 250
}

func (f *fleet) token(who int) (string, error) { return f.opts.Token(f.identity(who)) }

func (f *fleet) identity(who int) string { return fmt.Sprintf("%s%d", f.run, who) }

// fail ends the run.
func (f *fleet) fail(err error) {
	if f.failed == nil {
		f.failed = err
	}
}

// until lets the loop run until something is so.
func (f *fleet) until(what string, within time.Duration, so func() bool) error {
	late := f.loop.clock() + within
	for !so() {
		if err := f.step(late - f.loop.clock()); err != nil {
			return err
		}
		if f.loop.clock() > late {
			return fmt.Errorf("after %v it had not come about: %s", within, what)
		}
	}
	return nil
}

// step lets the loop run once.
func (f *fleet) step(most time.Duration) error {
	if err := f.loop.pass(min(most, 100*time.Millisecond)); err != nil {
		return err
	}
	f.tick()
	if err := context.Cause(f.ctx); err != nil {
		return err
	}
	return f.failed
}

// connect opens some connections and waits for all of them.
func (f *fleet) connect(conns []*conn) error {
	want := f.connects + len(conns)
	f.dial(conns)
	return f.until(fmt.Sprintf("%d clients are connected", len(conns)), 2*time.Minute, func() bool { return f.connects >= want })
}

// dial opens connections as those before are answered.
func (f *fleet) dial(conns []*conn) {
	f.waiting = append(f.waiting, conns...)
	for f.underway < mostUnderway && len(f.waiting) > 0 {
		c := f.waiting[0]
		f.waiting = f.waiting[1:]
		f.underway++
		c.begun = true
		if err := c.dial(); err != nil {
			f.fail(err)
			return
		}
	}
}

func (f *fleet) greeted(c *conn) {
	f.connects++
	f.underway--
	c.begun = false
	f.dial(nil)
}

// broke handles the end of a connection that the client did not end.
func (f *fleet) broke(c *conn, err error) {
	if c.begun {
		c.begun = false
		f.underway--
	}
	if busy, ok := errors.AsType[*busyError](err); ok {
		f.loop.after(busy.wait+time.Duration(c.who%1000)*time.Millisecond, func() { f.dial([]*conn{c}) })
		return
	}
	f.fail(fmt.Errorf("client %d: %w", c.who, err))
}

// gather makes conversations of so many members each, in the order of the clients, whose first is the one who sends.
func (f *fleet) gather(size int) error {
	var owners []*conn
	for i := 0; i+size <= len(f.conns); i += size {
		r := &room{sender: f.conns[i], members: f.conns[i : i+size]}
		for _, c := range r.members {
			c.room = r
		}
		f.rooms = append(f.rooms, r)
		owners = append(owners, r.sender)
	}
	if err := f.connect(owners); err != nil {
		return err
	}
	left := len(f.rooms)
	for _, r := range f.rooms {
		f.found(r, func() { left-- })
	}
	return f.until("the conversations are there", 5*time.Minute, func() bool { return left == 0 })
}

// found makes a conversation and has everybody be in it.
func (f *fleet) found(r *room, done func()) {
	owner := r.sender
	owner.call("conversation.create", `{"friendly_name":"parley bench"}`, func(answer []byte) {
		var c struct {
			SID string `json:"sid"`
		}
		if err := json.NewDecoder(bytes.NewReader(answer)).Decode(&c); err != nil || len(c.SID) != sidLength {
			f.fail(fmt.Errorf("conversation.create was answered with %.200q", answer))
			return
		}
		r.sid = c.SID
		owner.call("conversation.join", `{"conversation":"`+r.sid+`"}`, func([]byte) { f.add(r, 1, done) })
	})
}

// add brings members in, many at a time.
func (f *fleet) add(r *room, from int, done func()) {
	const window = 50
	to := min(from+window, len(r.members))
	if from == to {
		done()
		return
	}
	left := to - from
	for _, c := range r.members[from:to] {
		r.sender.call("participant.add", `{"conversation":"`+r.sid+`","identity":"`+f.identity(c.who)+`"}`, func([]byte) {
			if left--; left == 0 {
				f.add(r, to, done)
			}
		})
	}
}

// enter connects everybody who is not yet.
func (f *fleet) enter() error {
	var rest []*conn
	for _, c := range f.conns {
		if c.stage == closed {
			rest = append(rest, c)
		}
	}
	return f.connect(rest)
}
