package frametest

import (
	"bytes"
	"fmt"
	"strings"
)

// pings is class 2: each ping has its pong, with the same payload and in order; pongs that nobody asked for mean nothing.
func pings(s suite) {
	payloads := map[string][]byte{
		"empty":   nil,
		"text":    []byte("Hello, world!"),
		"binary":  {0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff},
		"longest": bytes.Repeat([]byte{0xfe}, 125),
	}
	s.part("answered", func(s suite) {
		each(s, payloads, func(c *Client, payload []byte) {
			c.Send(Frame{Opcode: Ping, Payload: payload})
			c.Want(Pong, payload)
		})
	})
	s.part("byte by byte", func(s suite) {
		each(s, payloads, func(c *Client, payload []byte) {
			c.SendSlowly(Frame{Opcode: Ping, Payload: payload})
			c.Want(Pong, payload)
		})
	})
	s.part("unasked pongs", func(s suite) {
		unaskedPongs(s, payloads)
	})
	s.part("ten at once", func(s suite) {
		tenPings(s, (*Client).Send)
	})
	s.part("ten byte by byte", func(s suite) {
		tenPings(s, (*Client).SendSlowly)
	})
	badControl(s)
}

func unaskedPongs(s suite, payloads map[string][]byte) {
	each(s, payloads, func(c *Client, payload []byte) {
		c.Send(Frame{Opcode: Pong, Payload: payload}, Frame{Opcode: Ping, Payload: []byte("and now")})
		c.Want(Pong, []byte("and now"))
		s.wantAlive(c)
	})
}

func tenPings(s suite, send func(*Client, ...Frame)) {
	c := s.Connect(s)
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
func badControl(s suite) {
	for name, opcode := range map[string]byte{"ping": Ping, "pong": Pong, "close": Close} {
		s.part("bad "+name, func(s suite) {
			each(s, map[string]Frame{
				"of 126 bytes":         {Opcode: opcode, Payload: []byte(strings.Repeat("x", 126))},
				"of 65536 bytes":       {Opcode: opcode, Payload: make([]byte, 1<<16)},
				"claiming 2^62 bytes":  {Opcode: opcode, Form: 64, Claim: 1 << 62},
				"fragmented":           {Opcode: opcode, More: true},
				"fragmented with text": {Opcode: opcode, More: true, Payload: []byte("fragment")},
			}, func(c *Client, f Frame) {
				c.Send(f)
				c.WantClose(1002)
			})
		})
	}
}
