package frametest

import (
	"bytes"
	"testing"
)

// limits is classes 9 and 10: messages as long as they may be and longer, in one frame and in very many.
func limits(t *testing.T, target *Target) {
	t.Run("at the limit", func(t *testing.T) {
		each(t, target, map[string]int{"whole": target.Limit, "in pieces": 1 << 10}, func(_ *testing.T, c *Client, size int) {
			sent := target.Message(target.Limit)
			c.Send(Pieces(sent, size)...)
			target.wantAnswer(c, sent)
		})
	})
	t.Run("over the limit", func(t *testing.T) {
		each(t, target, map[string]int{"whole": 1 << 30, "in pieces": 1 << 10}, func(_ *testing.T, c *Client, size int) {
			c.Meanwhile(func() { c.Send(Pieces(target.Message(target.Limit+1), size)...) })
			c.WantClose(1009)
		})
	})
	t.Run("claims", func(t *testing.T) { claims(t, target) })
	t.Run("a million pieces", func(t *testing.T) { millionPieces(t, target) })
	t.Run("empty pieces without end", func(t *testing.T) { endlessPieces(t, target) })
}

// claims: the length that a frame tells costs nothing until its bytes come.
func claims(t *testing.T, target *Target) {
	each(t, target, map[string]uint64{"2^31": 1 << 31, "2^62": 1 << 62, "2^63-1": 1<<63 - 1},
		func(_ *testing.T, c *Client, claim uint64) {
			c.Meanwhile(func() {
				c.Send(Frame{Opcode: Text, Form: 64, Claim: claim})
				c.WriteRaw(bytes.Repeat(mask[:], target.Limit/4+1)) // unmasked: zeros
			})
			c.WantClose(1009)
		})
	t.Run("2^63", func(t *testing.T) {
		each(t, target, map[string]uint64{"lowest": 1 << 63, "highest": 1<<64 - 1},
			func(_ *testing.T, c *Client, claim uint64) {
				c.Send(Frame{Opcode: Text, Form: 64, Claim: claim})
				c.WantClose(1002)
			})
	})
}

// millionPieces: one message in 1e6 frames of one byte ends where the limit is, not where memory is.
func millionPieces(t *testing.T, target *Target) {
	c := target.Connect(t)
	message := target.Message(max(target.Limit+1, 1_000_000))
	c.Meanwhile(func() { c.Send(Pieces(message, 1)...) })
	c.WantClose(1009)
}

// endlessPieces: pieces without a byte never reach a limit; other frames among them are still minded.
func endlessPieces(t *testing.T, target *Target) {
	c := target.Connect(t)
	frames := []Frame{{Opcode: Text, More: true}}
	for range 100_000 {
		frames = append(frames, Frame{Opcode: Continuation, More: true})
	}
	sent := target.Message(64)
	c.Send(append(frames, Frame{Opcode: Ping, Payload: []byte("here")}, Frame{Opcode: Continuation, Payload: sent})...)
	c.Want(Pong, []byte("here"))
	target.wantAnswer(c, sent)
}
