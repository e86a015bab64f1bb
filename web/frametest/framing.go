package frametest

import (
	"testing"
)

// framing is class 1: every form of the length, whole and byte by byte, and frames that lack a mask.
func framing(t *testing.T, target *Target) {
	sizes := map[string]int{
		"64": 64, "125": 125, "126": 126, "127": 127, "128": 128, "511": 511, "512": 512, "513": 513, "4096": 4096,
		"65535": 65535, "65536": 65536,
	}
	t.Run("text of", func(t *testing.T) {
		each(t, target, sizes, func(_ *testing.T, c *Client, size int) { oneText(target, c, size, (*Client).Send) })
	})
	t.Run("byte by byte", func(t *testing.T) {
		slow := map[string]int{"64": 64, "126": 126, "513": 513, "4096": 4096}
		each(t, target, slow, func(_ *testing.T, c *Client, size int) { oneText(target, c, size, (*Client).SendSlowly) })
	})
	t.Run("length in a longer form than needed", func(t *testing.T) { longForms(t, target) })
	t.Run("no mask", func(t *testing.T) { unmasked(t, target) })
	t.Run("many in one segment", func(t *testing.T) { pipelined(t, target) })
}

func oneText(target *Target, c *Client, size int, send func(*Client, ...Frame)) {
	c.t.Helper()
	if size > target.Limit {
		return
	}
	sent := target.Message(size)
	send(c, Frame{Opcode: Text, Payload: sent})
	target.wantAnswer(c, sent)
}

// longForms: RFC 6455 5.2 forbids them to senders, yet receivers are lenient everywhere. What matters is
// that the bytes are taken for what they are, or refused.
func longForms(t *testing.T, target *Target) {
	each(t, target, map[string]int{"16 bits": 16, "64 bits": 64}, func(t *testing.T, c *Client, form int) {
		sent := target.Message(64)
		c.Send(Frame{Opcode: Text, Payload: sent, Form: form})
		f := c.Next()
		if code, _ := ParseClose(f.Payload); f.Opcode == Close && code == 1002 {
			return
		}
		if f.Opcode != Text || !target.Answers(sent, f.Payload) {
			t.Fatalf("opcode %x with %s", f.Opcode, short(f.Payload))
		}
	})
}

// unmasked: RFC 6455 5.1, a server must close on a frame without a mask.
func unmasked(t *testing.T, target *Target) {
	each(t, target, map[string]Frame{
		"text":         {Opcode: Text, Payload: target.Message(64), Bare: true},
		"empty text":   {Opcode: Text, Bare: true},
		"long text":    {Opcode: Text, Payload: target.Message(4096), Bare: true},
		"ping":         {Opcode: Ping, Bare: true},
		"close":        {Opcode: Close, Payload: []byte{0x03, 0xe8}, Bare: true},
		"continuation": {Opcode: Continuation, Bare: true},
	}, func(_ *testing.T, c *Client, f Frame) {
		c.Send(f)
		c.WantClose(1002)
	})
	t.Run("inside a message", func(t *testing.T) {
		c := target.Connect(t)
		c.Send(Frame{Opcode: Text, Payload: []byte("{"), More: true}, Frame{Opcode: Continuation, Bare: true})
		c.WantClose(1002)
	})
}

func pipelined(t *testing.T, target *Target) {
	c := target.Connect(t)
	var frames []Frame
	sent := target.Message(100)
	for range 50 {
		frames = append(frames, Frame{Opcode: Text, Payload: sent})
	}
	c.Send(frames...)
	for range frames {
		target.wantAnswer(c, sent)
	}
}
