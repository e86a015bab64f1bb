package web

import (
	"bytes"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"

	"parley/session"
)

func TestSeal(t *testing.T) {
	for size, head := range map[int][]byte{
		0:       {0x81, 0},
		1:       {0x81, 1},
		125:     {0x81, 125},
		126:     {0x81, 126, 0, 126},
		65535:   {0x81, 126, 0xff, 0xff},
		65536:   {0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0},
		1 << 20: {0x81, 127, 0, 0, 0, 0, 0, 0x10, 0, 0},
	} {
		frame := make([]byte, session.Headroom+size)
		for range 2 { // the second time it is there already
			out := seal(frame)
			if !bytes.Equal(out[:len(head)], head) || len(out) != len(head)+size {
				t.Errorf("%d bytes: head %x, %d in all", size, out[:len(head)], len(out))
			}
			if got := frameLen(out); got != int64(len(out)) {
				t.Errorf("%d bytes: frameLen %d, want %d", size, got, len(out))
			}
		}
	}
}

// TestSealShared: a frame that was sent once may be sent by many at once; the race detector judges.
func TestSealShared(_ *testing.T) {
	frame := make([]byte, session.Headroom+200)
	seal(frame)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { seal(frame) })
	}
	wg.Wait()
}

func TestSoundClose(t *testing.T) {
	for _, tc := range []struct{ p, want []byte }{
		{closeFrame(1000, ""), closeFrame(1000, "")},
		{closeFrame(4401, "schön"), closeFrame(4401, "schön")},
		{[]byte{finClose, 0}, []byte{finClose, 0}},
		{closeFrame(1000, "\xff"), closeFrame(1007, "close reason is not UTF-8")},
	} {
		if got := soundClose(tc.p); !bytes.Equal(got, tc.want) {
			t.Errorf("%x: %x, want %x", tc.p, got, tc.want)
		}
	}
}

// TestGate: one at a time, whoever waits gets it, and all go home when it is shut.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		if err := g.take(); err != nil {
			t.Fatal(err)
		}
		if ok, err := g.try(); ok || err != nil {
			t.Fatal("taken twice", err)
		}
		results := make(chan error, 3)
		for range 3 {
			go func() { results <- g.take() }()
		}
		synctest.Wait()
		if len(results) != 0 {
			t.Fatal("taken twice")
		}
		g.leave()
		if ok, err := g.try(); ok || err != nil {
			t.Fatal("somebody who did not wait got it first", err)
		}
		synctest.Wait()
		if len(results) != 1 || <-results != nil {
			t.Fatal("not handed on to exactly one")
		}
		g.shut()
		synctest.Wait()
		for range 2 {
			if err := <-results; !errors.Is(err, net.ErrClosed) {
				t.Fatal(err)
			}
		}
		g.leave()
		if ok, err := g.try(); ok || !errors.Is(err, net.ErrClosed) || !g.isShut() {
			t.Fatal("opened again", err)
		}
	})
}

// TestForeignConn: a connection that can only be written by waiting, as on systems without attempts, is served by Flush.
func TestForeignConn(t *testing.T) {
	ours, theirs := net.Pipe()
	defer func() { _ = theirs.Close() }()
	l := newTransport(Config{}.defaulted().Transport).wrap(ours, nil)
	if l.plain {
		t.Fatal("a pipe cannot be attempted")
	}
	c := &conn{line: l}
	done, err := c.Send(append(make([]byte, session.Headroom), "hello"...))
	if done || err != nil {
		t.Fatal(done, err)
	}
	flushed := make(chan error, 1)
	go func() { flushed <- c.Flush() }()
	wantBytes(t, theirs, "\x81\x05hello")
	if err := <-flushed; err != nil {
		t.Fatal(err)
	}
	c.Ping()
	wantBytes(t, theirs, "\x89\x00")
	l.abort()
	c.Ping()
	if err := c.line.control(emptyPing); !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
}

func wantBytes(t *testing.T, c net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	for at := 0; at < len(got); {
		n, err := c.Read(got[at:])
		if at += n; err != nil {
			t.Fatal(err)
		}
	}
	if string(got) != want {
		t.Fatalf("%x, want %x", got, want)
	}
}

func (c Config) defaulted() Config {
	c.defaults()
	return c
}

// TestHalfPing: a ping of which the socket took one byte is completed before anything else is written.
func TestHalfPing(t *testing.T) {
	hello := append(make([]byte, session.Headroom), "hello"...)
	for name, write := range map[string]func(*conn) error{
		"then a frame": func(c *conn) error {
			_, err := c.Send(hello)
			return err
		},
		"then the rest of one": func(c *conn) error {
			c.pending = seal(hello)
			return c.Flush()
		},
		"then the library": func(c *conn) error {
			_, err := c.line.Write(seal(hello))
			return err
		},
		"then a ping": func(c *conn) error {
			c.Ping()
			_, err := c.Send(hello)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := tcpPair(t)
			l := newTransport(Config{}.defaulted().Transport).wrap(newSocket(ours), nil)
			c := &conn{line: l, direct: l.plain}
			if _, err := l.sock.try(emptyPing[:1]); err != nil {
				t.Fatal(err)
			}
			l.owed = true
			if err := write(c); err != nil {
				t.Fatal(err)
			}
			want := "\x89\x00\x81\x05hello"
			if name == "then a ping" {
				want = "\x89\x00" + want
			}
			wantBytes(t, theirs, want)
		})
	}
}

func tcpPair(t *testing.T) (ours, theirs net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if theirs, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if ours, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = ours.Close(), theirs.Close() })
	return ours, theirs
}
