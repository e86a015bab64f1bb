package frametest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// pings is class 2: each ping has its pong, with the same payload and in order; pongs that nobody asked for mean nothing.
func pings(t *testing.T, target *Target) {
	payloads := map[string][]byte{
		"empty":   nil,
		"text":    []byte("Hello, world!"),
		"binary":  {0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff},
		"longest": bytes.Repeat([]byte{0xfe}, 125),
	}
	t.Run("answered", func(t *testing.T) {
		each(t, target, payloads, func(_ *testing.T, c *Client, payload []byte) {
			c.Send(Frame{Opcode: Ping, Payload: payload})
			c.Want(Pong, payload)
		})
	})
	t.Run("byte by byte", func(t *testing.T) {
		each(t, target, payloads, func(_ *testing.T, c *Client, payload []byte) {
			c.SendSlowly(Frame{Opcode: Ping, Payload: payload})
			c.Want(Pong, payload)
		})
	})
	t.Run("unasked pongs", func(t *testing.T) { unaskedPongs(t, target, payloads) })
	t.Run("ten at once", func(t *testing.T) { tenPings(t, target, (*Client).Send) })
	t.Run("ten byte by byte", func(t *testing.T) { tenPings(t, target, (*Client).SendSlowly) })
	badControl(t, target)
}

func unaskedPongs(t *testing.T, target *Target, payloads map[string][]byte) {
	each(t, target, payloads, func(_ *testing.T, c *Client, payload []byte) {
		c.Send(Frame{Opcode: Pong, Payload: payload}, Frame{Opcode: Ping, Payload: []byte("and now")})
		c.Want(Pong, []byte("and now"))
		target.wantAlive(c)
	})
}

func tenPings(t *testing.T, target *Target, send func(*Client, ...Frame)) {
	c := target.Connect(t)
	var frames []Frame
	for i := range 10 {
		frames = append(frames, Frame{Opcode: Ping, Payload: fmt.Appendf(nil, "payload-%d", i)})
	}
	send(c, frames...)
	for _, f := range frames {
		c.Want(Pong, f.Payload)
	}
}

// badControl: RFC 6455 5.5, control frames hold at most 125 bytes and are never fragmented.
func badControl(t *testing.T, target *Target) {
	for name, opcode := range map[string]byte{"ping": Ping, "pong": Pong, "close": Close} {
		t.Run("bad "+name, func(t *testing.T) {
			each(t, target, map[string]Frame{
				"of 126 bytes":         {Opcode: opcode, Payload: []byte(strings.Repeat("x", 126))},
				"of 65536 bytes":       {Opcode: opcode, Payload: make([]byte, 1<<16)},
				"claiming 2^62 bytes":  {Opcode: opcode, Form: 64, Claim: 1 << 62},
				"fragmented":           {Opcode: opcode, More: true},
				"fragmented with text": {Opcode: opcode, More: true, Payload: []byte("fragment")},
			}, func(_ *testing.T, c *Client, f Frame) {
				c.Send(f)
				c.WantClose(1002)
			})
		})
	}
}
