package frametest

// fragmentation is class 5: messages in pieces, control frames between the pieces, and pieces that belong to nothing.
func fragmentation(s suite) {
	for name, send := range map[string]func(*Client, ...Frame){
		"at once": (*Client).Send, "byte by byte": (*Client).SendSlowly,
	} {
		s.part(name, func(s suite) {
			s.part("in pieces of", func(s suite) {
				each(s, map[string]int{"1": 1, "7": 7, "63": 63, "64": 64}, func(c *Client, size int) {
					sent := s.Message(64)
					send(c, Pieces(sent, size)...)
					s.wantAnswer(c, sent)
				})
			})
			s.part("pings between", func(s suite) {
				pingsBetween(s, send)
			})
			s.part("empty pieces", func(s suite) {
				emptyPieces(s, send)
			})
		})
	}
	strayPieces(s)
}

// Pieces cuts a text message into frames of size bytes.
func Pieces(message []byte, size int) []Frame {
	frames := []Frame{{Opcode: Text, More: true}}
	for at := 0; at < len(message); at += size {
		piece := message[at:min(at+size, len(message))]
		if at == 0 {
			frames[0].Payload = piece
			continue
		}
		frames = append(frames, Frame{Opcode: Continuation, Payload: piece, More: true})
	}
	frames[len(frames)-1].More = false
	return frames
}

func pingsBetween(s suite, send func(*Client, ...Frame)) {
	c := s.Connect(s)
	sent := s.Message(64)
	var frames []Frame
	pieces := Pieces(sent, 16)
	for _, piece := range pieces {
		frames = append(frames, Frame{Opcode: Ping, Payload: []byte("between")}, piece)
	}
	send(c, frames...)
	for range pieces {
		c.Want(Pong, []byte("between"))
	}
	s.wantAnswer(c, sent)
}

func emptyPieces(s suite, send func(*Client, ...Frame)) {
	c := s.Connect(s)
	sent := s.Message(64)
	send(c,
		Frame{Opcode: Text, More: true},
		Frame{Opcode: Continuation, More: true},
		Frame{Opcode: Continuation, Payload: sent, More: true},
		Frame{Opcode: Pong},
		Frame{Opcode: Continuation, More: true},
		Frame{Opcode: Continuation})
	s.wantAnswer(c, sent)
}

// strayPieces: RFC 6455 5.4, a continuation needs something to continue, and a message must end before the next begins.
func strayPieces(s suite) {
	text := s.Message(64)
	each(s, map[string][]Frame{
		"continuation alone":        {{Opcode: Continuation, Payload: []byte("x")}},
		"empty continuation":        {{Opcode: Continuation}},
		"unfinished continuation":   {{Opcode: Continuation, More: true}},
		"continuation after a text": {{Opcode: Text, Payload: text}, {Opcode: Continuation, Payload: []byte("x")}},
		"text inside a text":        {{Opcode: Text, Payload: []byte("{"), More: true}, {Opcode: Text, Payload: text}},
		"empty text inside a text":  {{Opcode: Text, More: true}, {Opcode: Text}},
		"binary inside a text":      {{Opcode: Text, Payload: []byte("{"), More: true}, {Opcode: Binary}},
		"piece inside a text":       {{Opcode: Text, More: true}, {Opcode: Text, More: true}},
		"opcode inside a text":      {{Opcode: Text, More: true}, {Opcode: 0x4}},
	}, func(c *Client, frames []Frame) {
		c.Send(frames...)
		c.WantClose(1002)
	})
}
