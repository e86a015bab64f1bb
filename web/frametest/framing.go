package frametest

// framing is class 1: every form of the length, whole and byte by byte, and frames that lack a mask.
func framing(s suite) {
	sizes := map[string]int{
		"64": 64, "125": 125, "126": 126, "127": 127, "128": 128, "511": 511, "512": 512, "513": 513, "4096": 4096,
		"65535": 65535, "65536": 65536,
	}
	s.part("text of", func(s suite) {
		each(s, sizes, func(c *Client, size int) { oneText(s, c, size, (*Client).Send) })
	})
	s.part("byte by byte", func(s suite) {
		slow := map[string]int{"64": 64, "126": 126, "513": 513, "4096": 4096}
		each(s, slow, func(c *Client, size int) { oneText(s, c, size, (*Client).SendSlowly) })
	})
	s.part("length in a longer form than needed", longForms)
	s.part("no mask", unmasked)
	s.part("many in one segment", pipelined)
}

func oneText(s suite, c *Client, size int, send func(*Client, ...Frame)) {
	c.t.Helper()
	if size > s.Limit {
		return
	}
	sent := s.Message(size)
	send(c, Frame{Opcode: Text, Payload: sent})
	s.wantAnswer(c, sent)
}

// longForms: RFC 6455 5.2 forbids them to senders, yet receivers are lenient everywhere. What matters is
// that the bytes are taken for what they are, or refused.
func longForms(s suite) {
	each(s, map[string]int{"16 bits": 16, "64 bits": 64}, func(c *Client, form int) {
		sent := s.Message(64)
		c.Send(Frame{Opcode: Text, Payload: sent, Form: form})
		f := c.Next()
		if code, _ := ParseClose(f.Payload); f.Opcode == Close && code == 1002 {
			return
		}
		if f.Opcode != Text || !s.Answers(sent, f.Payload) {
			c.t.Fatalf("opcode %x with %s", f.Opcode, short(f.Payload))
		}
	})
}

// unmasked: RFC 6455 5.1, a server must close on a frame without a mask.
func unmasked(s suite) {
	each(s, map[string]Frame{
		"text":         {Opcode: Text, Payload: s.Message(64), Bare: true},
		"empty text":   {Opcode: Text, Bare: true},
		"long text":    {Opcode: Text, Payload: s.Message(4096), Bare: true},
		"ping":         {Opcode: Ping, Bare: true},
		"close":        {Opcode: Close, Payload: []byte{0x03, 0xe8}, Bare: true},
		"continuation": {Opcode: Continuation, Bare: true},
	}, func(c *Client, f Frame) {
		c.Send(f)
		c.WantClose(1002)
	})
	s.part("inside a message", func(s suite) {
		c := s.Connect(s)
		c.Send(Frame{Opcode: Text, Payload: []byte("{"), More: true}, Frame{Opcode: Continuation, Bare: true})
		c.WantClose(1002)
	})
}

// pipelined: a server may answer several messages in one, but none may be lost on the way in.
func pipelined(s suite) {
	c := s.Connect(s)
	var frames []Frame
	sent := s.Message(100)
	for range 50 {
		frames = append(frames, Frame{Opcode: Text, Payload: sent})
	}
	c.Send(append(frames, Frame{Opcode: Ping, Payload: []byte("the last")})...)
	for texts, pongs := 0, 0; pongs == 0 || s.Echo && texts < len(frames); {
		switch f := c.Next(); {
		case f.Opcode == Pong:
			pongs++
		case s.Echo && !s.Answers(sent, f.Payload):
			s.Fatalf("opcode %x with %s", f.Opcode, short(f.Payload))
		default:
			texts++
		}
	}
}
