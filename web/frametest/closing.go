package frametest

import (
	"fmt"
	"strings"
	"testing"
)

// closing is class 7: the handshake that ends a connection, and all that can be wrong with it.
func closing(t *testing.T, target *Target) {
	t.Run("answered", func(t *testing.T) { answeredClose(t, target) })
	t.Run("then silence", func(t *testing.T) { silentAfterClose(t, target) })
	t.Run("without code", func(t *testing.T) {
		c := target.Connect(t)
		c.Send(Frame{Opcode: Close})
		c.WantClose(0)
	})
	t.Run("inside a message", func(t *testing.T) {
		c := target.Connect(t)
		c.Send(Frame{Opcode: Text, Payload: []byte("{"), More: true}, Goodbye(1000, ""))
		c.WantClose(1000)
	})
	t.Run("byte by byte", func(t *testing.T) {
		c := target.Connect(t)
		c.SendSlowly(Goodbye(1000, "slowly"))
		c.WantClose(1000)
	})
	goodCodes(t, target)
	badCloses(t, target)
}

func answeredClose(t *testing.T, target *Target) {
	each(t, target, map[string]string{"empty": "", "reason": "Hello World!", "longest": strings.Repeat("*", 123)},
		func(_ *testing.T, c *Client, reason string) {
			target.wantAlive(c)
			c.Send(Goodbye(1000, reason))
			c.WantClose(1000)
		})
}

// silentAfterClose: what follows a close frame is not looked at.
func silentAfterClose(t *testing.T, target *Target) {
	text := Frame{Opcode: Text, Payload: target.Message(64)}
	each(t, target, map[string][]Frame{
		"close": {Goodbye(1001, "")}, "ping": {{Opcode: Ping}}, "text": {text}, "rubbish": {{Opcode: 0xF, RSV: RSV1}},
	}, func(t *testing.T, c *Client, after []Frame) {
		c.Send(append([]Frame{Goodbye(1000, "")}, after...)...)
		f := c.Next()
		if code, _ := ParseClose(f.Payload); f.Opcode != Close || code != 1000 {
			t.Fatalf("opcode %x, code %d", f.Opcode, code)
		}
		c.WantEnd()
	})
}

func goodCodes(t *testing.T, target *Target) {
	for _, code := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			c := target.Connect(t)
			c.Send(Goodbye(code, ""))
			c.WantClose(code, 1000) // the same, or a plain goodbye
		})
	}
}

// badCloses: codes that may not be sent (RFC 6455 7.4), reasons that are not UTF-8, payloads of the wrong size.
func badCloses(t *testing.T, target *Target) {
	for _, code := range []int{0, 1, 500, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		t.Run(fmt.Sprint("bad code ", code), func(t *testing.T) {
			t.Parallel()
			c := target.Connect(t)
			c.Send(Goodbye(code, ""))
			c.WantClose(1002)
		})
	}
	t.Run("one byte", func(t *testing.T) {
		c := target.Connect(t)
		c.Send(Frame{Opcode: Close, Payload: []byte{0x03}})
		c.WantClose(1002)
	})
	t.Run("reason too long", func(t *testing.T) {
		c := target.Connect(t)
		c.Send(Goodbye(1000, strings.Repeat("*", 124)))
		c.WantClose(1002)
	})
	t.Run("reason not UTF-8", func(t *testing.T) {
		for _, text := range invalidUTF8 {
			t.Run(fmt.Sprintf("% x", text), func(t *testing.T) {
				t.Parallel()
				c := target.Connect(t)
				c.Send(Goodbye(1000, text))
				c.WantClose(1007)
			})
		}
	})
}
