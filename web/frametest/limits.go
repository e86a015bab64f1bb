package frametest

import (
	"bytes"
)

// limits is classes 9 and 10: messages as long as they may be and longer, in one frame and in very many.
func limits(s suite) {
	s.part("at the limit", func(s suite) {
		each(s, map[string]int{"whole": s.Limit, "in pieces": 1 << 10}, func(c *Client, size int) {
			sent := s.Message(s.Limit)
			c.Send(Pieces(sent, size)...)
			s.wantAnswer(c, sent)
		})
	})
	s.part("over the limit", func(s suite) {
		each(s, map[string]int{"whole": 1 << 30, "in pieces": 1 << 10}, func(c *Client, size int) {
			c.Meanwhile(func() { c.Send(Pieces(s.Message(s.Limit+1), size)...) })
			c.WantClose(1009)
		})
	})
	s.part("claims", claims)
	s.part("a million pieces", millionPieces)
	s.part("empty pieces without end", endlessPieces)
}

// claims: the length that a frame tells costs nothing until its bytes come.
func claims(s suite) {
	each(s, map[string]uint64{"2^31": 1 << 31, "2^62": 1 << 62, "2^63-1": 1<<63 - 1},
		func(c *Client, claim uint64) {
			c.Meanwhile(func() {
				c.Send(Frame{Opcode: Text, Form: 64, Claim: claim})
				c.WriteRaw(bytes.Repeat(mask[:], s.Limit/4+1)) // unmasked: zeros
			})
			c.WantClose(1009)
		})
	s.part("2^63", func(s suite) {
		each(s, map[string]uint64{"lowest": 1 << 63, "highest": 1<<64 - 1},
			func(c *Client, claim uint64) {
				c.Send(Frame{Opcode: Text, Form: 64, Claim: claim})
				c.WantClose(1002)
			})
	})
}

// millionPieces: one message in 1e6 frames of one byte ends where the limit is, not where memory is.
func millionPieces(s suite) {
	c := s.Connect(s)
	message := s.Message(max(s.Limit+1, 1_000_000))
	c.Meanwhile(func() { c.Send(Pieces(message, 1)...) })
	c.WantClose(1009)
}

// endlessPieces: pieces without a byte never reach a limit; other frames among them are still minded.
func endlessPieces(s suite) {
	c := s.Connect(s)
	frames := []Frame{{Opcode: Text, More: true}}
	for range 100_000 {
		frames = append(frames, Frame{Opcode: Continuation, More: true})
	}
	sent := s.Message(64)
	c.Send(append(frames, Frame{Opcode: Ping, Payload: []byte("here")}, Frame{Opcode: Continuation, Payload: sent})...)
	c.Want(Pong, []byte("here"))
	s.wantAnswer(c, sent)
}
