package web_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"parley/session"
	"parley/web"
	"parley/web/frametest"
)

// TestEarlyFrames: frames that come with the request, before it was answered, are not lost, however much net/http had
// read of them.
func TestEarlyFrames(t *testing.T) {
	_, addr := serve(t, web.Config{})
	for _, size := range []int{1, 100, 511, 512, 513, 3000, 4096, 5000, 60_000} {
		first, second := []byte(strings.Repeat("a", size)), []byte("b")
		c := frametest.ConnectWith(t, addr, frametest.Frame{Opcode: frametest.Text, Payload: first},
			frametest.Frame{Opcode: frametest.Ping}, frametest.Frame{Opcode: frametest.Text, Payload: second})
		c.Want(frametest.Text, first)
		c.Want(frametest.Pong, nil)
		c.Want(frametest.Text, second)
	}
}

// TestSlowMessages: what has begun must become whole within the message timeout, wherever a peer stops.
func TestSlowMessages(t *testing.T) {
	text := frametest.Frame{Opcode: frametest.Text, Payload: []byte(strings.Repeat("x", 200))}
	long := frametest.Frame{Opcode: frametest.Text, Payload: make([]byte, 70_000)}
	for name, tc := range map[string]struct{ begin, then []byte }{
		"one byte of a head":        {text.Append(nil)[:1], nil},
		"half a 16-bit length":      {text.Append(nil)[:3], nil},
		"half a 64-bit length":      {long.Append(nil)[:5], nil},
		"half a mask":               {text.Append(nil)[:6], nil},
		"half a payload":            {text.Append(nil)[:100], nil},
		"half a large payload":      {long.Append(nil)[:60_000], nil},
		"payload byte by byte":      {long.Append(nil)[:100], []byte{'x'}},
		"a piece and no end":        {frametest.Frame{Opcode: frametest.Text, More: true}.Append(nil), nil},
		"pieces without end":        {frametest.Frame{Opcode: frametest.Text, More: true}.Append(nil), frametest.Frame{More: true}.Append(nil)},
		"pings inside a message":    {frametest.Frame{Opcode: frametest.Text, More: true}.Append(nil), frametest.Frame{Opcode: frametest.Ping}.Append(nil)},
		"half a ping":               {frametest.Frame{Opcode: frametest.Ping, Payload: []byte("ping")}.Append(nil)[:8], nil},
		"after a whole one, a head": {append(text.Append(nil), 0x81), []byte{0x8a}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, peer := own(t, web.Config{Transport: web.Transport{MessageTimeout: 200 * time.Millisecond}})
			ended := reading(t, c)
			peer.WriteRaw(tc.begin)
			if err := trickle(peer, tc.then, ended); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

// trickle writes some bytes every few milliseconds until the connection ended, and tells how.
func trickle(peer *frametest.Client, p []byte, ended <-chan error) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-tick.C:
			peer.WriteRaw(p)
		}
	}
}

// TestIdleIsNoSlowMessage: between messages a peer may be as slow as it likes, also after one that took several reads
// and with pings now and then.
func TestIdleIsNoSlowMessage(t *testing.T) {
	t.Parallel()
	const timeout = 150 * time.Millisecond
	_, addr := serve(t, web.Config{Transport: web.Transport{MessageTimeout: timeout}})
	c := frametest.Connect(t, addr)
	large := []byte(strings.Repeat("x", 60_000))
	tick := time.NewTicker(timeout / 3)
	defer tick.Stop()
	for range 3 {
		c.Send(frametest.Pieces(large, 20_000)...)
		c.Want(frametest.Text, large)
		for range 9 {
			<-tick.C
			c.Send(frametest.Frame{Opcode: frametest.Ping}, frametest.Frame{Opcode: frametest.Pong})
			c.Want(frametest.Pong, nil)
		}
	}
}

// TestUnreadRest: a session may turn away from a message; the next one is whole all the same.
func TestUnreadRest(t *testing.T) {
	c, peer := own(t, web.Config{})
	peer.Send(frametest.Pieces([]byte(strings.Repeat("x", 5000)), 700)...)
	peer.Send(frametest.Frame{Opcode: frametest.Text, Payload: []byte(strings.Repeat("y", 2000))})
	peer.Send(frametest.Frame{Opcode: frametest.Binary, Payload: []byte("z")})
	for range 2 {
		r, text, err := c.Next()
		if err != nil || !text {
			t.Fatal(text, err)
		}
		if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
	}
	r, text, err := c.Next()
	if err != nil || text {
		t.Fatal(text, err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "z" {
		t.Fatal(got, err)
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Fatal("after the end:", n, err)
	}
}

// TestLimit: a change holds from the next message on.
func TestLimit(t *testing.T) {
	c, peer := own(t, web.Config{})
	c.Limit(10)
	peer.Send(frametest.Frame{Opcode: frametest.Text, Payload: []byte("0123456789")})
	if err := readOne(c); err != nil {
		t.Fatal(err)
	}
	c.Limit(20)
	peer.Send(frametest.Frame{Opcode: frametest.Text, Payload: []byte("0123456789abcdefghij")})
	if err := readOne(c); err != nil {
		t.Fatal(err)
	}
	peer.Send(frametest.Frame{Opcode: frametest.Text, Payload: []byte("0123456789abcdefghijk")})
	peer.Meanwhile(func() {
		if err := readOne(c); err == nil {
			t.Error("a message over the limit was read")
		}
	})
	peer.WantClose(1009)
}

func readOne(c session.Conn) error {
	r, _, err := c.Next()
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return err
}

// TestHeard: any byte is a sign of life, the pong that the library swallows too.
func TestHeard(t *testing.T) {
	c, peer := own(t, web.Config{})
	reading(t, c)
	for _, f := range []frametest.Frame{{Opcode: frametest.Pong}, {Opcode: frametest.Ping}, {Opcode: frametest.Text, More: true}} {
		before := c.Heard()
		if since := time.Since(before); since < 0 || since > time.Minute {
			t.Fatalf("heard %v ago", since)
		}
		peer.Send(f)
		until(t, "the frame is heard", func() bool { return c.Heard().After(before) })
	}
}

// TestClaimsCostNothing: a length is not believed until its bytes are there.
func TestClaimsCostNothing(t *testing.T) {
	_, addr := serve(t, web.Config{})
	c := frametest.Connect(t, addr)
	c.Send(frametest.Frame{Opcode: frametest.Ping})
	c.Want(frametest.Pong, nil)
	claim := frametest.Frame{Opcode: frametest.Text, Form: 64, Claim: 1 << 62}
	if grown := grows(func() {
		c.Send(claim)
		c.WriteRaw(bytes.Repeat([]byte{0x37, 0xfa, 0x21, 0x3d}, echoLimit/4+1))
		c.WantClose(1009)
	}); grown > 16*echoLimit {
		t.Errorf("%d bytes were allocated for a limit of %d", grown, echoLimit)
	}
}

// grows is how many bytes are allocated while do runs.
func grows(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestSlowHead: the head of a request has its own deadline and size.
func TestSlowHead(t *testing.T) {
	t.Parallel()
	cfg := web.Config{Transport: web.Transport{HeaderTimeout: 200 * time.Millisecond, HeaderBytes: 1 << 10}}
	_, addr := serve(t, cfg)
	for name, begin := range map[string]string{
		"nothing": "", "a line": "GET /v1/ws HTTP/1.1\r\n", "half a header": "GET /v1/ws HTTP/1.1\r\nHost: x\r\nX: ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, addr)
			_, _ = c.Write([]byte(begin))
			_ = c.SetReadDeadline(time.Now().Add(time.Minute))
			if _, err := io.ReadAll(c); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("still open")
			}
		})
	}
	t.Run("large", func(t *testing.T) {
		_, answer := frametest.Request(t, addr, "X-Large: "+strings.Repeat("x", 16<<10))
		if answer.Code != 431 {
			t.Error(answer.Code)
		}
	})
}
