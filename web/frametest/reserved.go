package frametest

import (
	"fmt"
)

// reservedBits is class 3: no bit has a meaning unless an extension gave it one (RFC 6455 5.2).
func reservedBits(s suite) {
	for bits := byte(RSV3); bits <= RSV1|RSV2|RSV3; bits += RSV3 {
		s.part(fmt.Sprintf("%03b", bits>>4), func(s suite) {
			each(s, map[string]Frame{
				"text":           {Opcode: Text, Payload: s.Message(64), RSV: bits},
				"empty text":     {Opcode: Text, RSV: bits},
				"fragment":       {Opcode: Text, Payload: s.Message(64), RSV: bits, More: true},
				"binary":         {Opcode: Binary, RSV: bits},
				"ping":           {Opcode: Ping, Payload: []byte("x"), RSV: bits},
				"pong":           {Opcode: Pong, RSV: bits},
				"close":          {Opcode: Close, Payload: []byte{0x03, 0xe8}, RSV: bits},
				"unknown opcode": {Opcode: 0x3, RSV: bits},
			}, func(c *Client, f Frame) {
				s.wantAlive(c)
				c.Send(f, Frame{Opcode: Ping})
				c.WantClose(1002)
			})
		})
	}
}

// opcodes is class 4: those that have no meaning, and what only has one inside a message.
func opcodes(s suite) {
	for _, opcode := range []byte{0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF} {
		s.part(fmt.Sprintf("%x", opcode), func(s suite) {
			each(s, map[string]Frame{
				"empty":        {Opcode: opcode},
				"with payload": {Opcode: opcode, Payload: []byte("reserved opcode payload")},
				"fragmented":   {Opcode: opcode, More: true},
			}, func(c *Client, f Frame) {
				s.wantAlive(c)
				c.Send(f, Frame{Opcode: Ping})
				c.WantClose(1002)
			})
		})
	}
	s.part("binary", func(s suite) {
		each(s, map[string]Frame{
			"empty": {Opcode: Binary}, "small": {Opcode: Binary, Payload: []byte{1, 2, 3}},
			"fragment": {Opcode: Binary, Payload: []byte{1}, More: true},
		}, func(c *Client, f Frame) {
			c.Send(f)
			c.WantClose(1003)
		})
	})
}
