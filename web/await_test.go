package web_test

import (
	"testing"
	"time"

	"parley/session"
	"parley/web"
	"parley/web/frametest"
)

// awaiting calls Await, and tells when it has returned.
func awaiting(t *testing.T, c session.Conn) <-chan struct{} {
	t.Helper()
	done := make(chan struct{})
	go func() {
		c.Await()
		close(done)
	}()
	return done
}

func returned(t *testing.T, done <-chan struct{}) {
	t.Helper()
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
		t.Fatal("Await did not return")
	}
}

// TestAwaitTakesPongs: pongs that come alone are a sign of life, and nothing to be read.
func TestAwaitTakesPongs(t *testing.T) {
	c, peer := own(t, web.Config{})
	done := awaiting(t, c)
	for range 3 {
		before := c.Heard()
		peer.Send(frametest.Frame{Opcode: frametest.Pong})
		until(t, "the pong is heard", func() bool { return c.Heard().After(before) })
	}
	select {
	case <-done:
		t.Fatal("Await returned for a pong")
	default:
	}
	peer.Send(frametest.Frame{Opcode: frametest.Text, Payload: []byte("x")})
	returned(t, done)
	if err := readOne(c); err != nil {
		t.Error(err)
	}
}

// TestAwaitReturns: whatever else comes is for Next, which loses nothing of it.
func TestAwaitReturns(t *testing.T) {
	pong := frametest.Frame{Opcode: frametest.Pong}.Append(nil)
	text := frametest.Frame{Opcode: frametest.Text, Payload: []byte("x")}.Append(nil)
	for name, tc := range map[string]struct{ first, then []byte }{
		"a text":                {text, nil},
		"a byte of a text":      {text[:1], text[1:]},
		"half a pong":           {pong[:3], append(pong[3:], text...)},
		"a pong and a text":     {append(pong[:6:6], text...), nil},
		"a pong and a byte":     {append(pong[:6:6], text[0]), text[1:]},
		"a pong with a payload": {frametest.Frame{Opcode: frametest.Pong, Payload: []byte("p")}.Append(nil), text},
		"a ping":                {frametest.Frame{Opcode: frametest.Ping}.Append(nil), text},
	} {
		t.Run(name, func(t *testing.T) {
			c, peer := own(t, web.Config{})
			done := awaiting(t, c)
			peer.WriteRaw(tc.first)
			returned(t, done)
			peer.WriteRaw(tc.then)
			if err := readOne(c); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAwaitKnowsWhatWasRead: what the library has read ahead is nothing that the socket tells of.
func TestAwaitKnowsWhatWasRead(t *testing.T) {
	c, peer := own(t, web.Config{})
	text := frametest.Frame{Opcode: frametest.Text, Payload: []byte("x")}
	peer.Send(text, text, text)
	for range 3 {
		returned(t, awaiting(t, c))
		if err := readOne(c); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAwaitEnds: whoever waits is told of the end, by either side.
func TestAwaitEnds(t *testing.T) {
	for name, end := range map[string]func(c session.Conn, peer *frametest.Client){
		"ours":       func(c session.Conn, _ *frametest.Client) { c.Abort() },
		"the peer's": func(_ session.Conn, peer *frametest.Client) { peer.Close() }, //nolint:errcheck // it was open
		"a goodbye":  func(c session.Conn, _ *frametest.Client) { go c.Close(1000, "") },
		"half of it": func(_ session.Conn, peer *frametest.Client) { peer.WriteRaw([]byte{0x88, 0x80, 1, 2, 3, 4}) },
	} {
		t.Run(name, func(t *testing.T) {
			c, peer := own(t, web.Config{})
			done := awaiting(t, c)
			end(c, peer)
			if name == "a goodbye" {
				peer.WriteRaw([]byte{0x88, 0x80, 1, 2, 3, 4})
			}
			returned(t, done)
			if err := readOne(c); err == nil {
				t.Error("a message came after the end")
			}
		})
	}
}
