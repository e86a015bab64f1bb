package frametest

import (
	"fmt"
	"testing"
)

// reservedBits is class 3: no bit has a meaning unless an extension gave it one (RFC 6455 5.2).
func reservedBits(t *testing.T, target *Target) {
	for bits := byte(RSV3); bits <= RSV1|RSV2|RSV3; bits += RSV3 {
		t.Run(fmt.Sprintf("%03b", bits>>4), func(t *testing.T) {
			each(t, target, map[string]Frame{
				"text":           {Opcode: Text, Payload: target.Message(64), RSV: bits},
				"empty text":     {Opcode: Text, RSV: bits},
				"fragment":       {Opcode: Text, Payload: target.Message(64), RSV: bits, More: true},
				"binary":         {Opcode: Binary, RSV: bits},
				"ping":           {Opcode: Ping, Payload: []byte("x"), RSV: bits},
				"pong":           {Opcode: Pong, RSV: bits},
				"close":          {Opcode: Close, Payload: []byte{0x03, 0xe8}, RSV: bits},
				"unknown opcode": {Opcode: 0x3, RSV: bits},
			}, func(_ *testing.T, c *Client, f Frame) {
				target.wantAlive(c)
				c.Send(f, Frame{Opcode: Ping})
				c.WantClose(1002)
			})
		})
	}
}

// opcodes is class 4: those that have no meaning, and what only has one inside a message.
func opcodes(t *testing.T, target *Target) {
	for _, opcode := range []byte{0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF} {
		t.Run(fmt.Sprintf("%x", opcode), func(t *testing.T) {
			each(t, target, map[string]Frame{
				"empty":        {Opcode: opcode},
				"with payload": {Opcode: opcode, Payload: []byte("reserved opcode payload")},
				"fragmented":   {Opcode: opcode, More: true},
			}, func(_ *testing.T, c *Client, f Frame) {
				target.wantAlive(c)
				c.Send(f, Frame{Opcode: Ping})
				c.WantClose(1002)
			})
		})
	}
	t.Run("binary", func(t *testing.T) {
		each(t, target, map[string]Frame{
			"empty": {Opcode: Binary}, "small": {Opcode: Binary, Payload: []byte{1, 2, 3}},
			"fragment": {Opcode: Binary, Payload: []byte{1}, More: true},
		}, func(_ *testing.T, c *Client, f Frame) {
			c.Send(f)
			c.WantClose(1003)
		})
	})
}
