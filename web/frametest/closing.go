package frametest

import (
	"fmt"
	"strings"
)

// closing is class 7: the handshake that ends a connection, and all that can be wrong with it.
func closing(s suite) {
	s.part("answered", answeredClose)
	s.part("then silence", silentAfterClose)
	s.part("without code", func(s suite) {
		c := s.Connect(s)
		c.Send(Frame{Opcode: Close})
		c.WantClose(0)
	})
	s.part("inside a message", func(s suite) {
		c := s.Connect(s)
		c.Send(Frame{Opcode: Text, Payload: []byte("{"), More: true}, Goodbye(1000, ""))
		c.WantClose(1000)
	})
	s.part("byte by byte", func(s suite) {
		c := s.Connect(s)
		c.SendSlowly(Goodbye(1000, "slowly"))
		c.WantClose(1000)
	})
	goodCodes(s)
	badCloses(s)
}

func answeredClose(s suite) {
	each(s, map[string]string{"empty": "", "reason": "Hello World!", "longest": strings.Repeat("*", 123)},
		func(c *Client, reason string) {
			s.wantAlive(c)
			c.Send(Goodbye(1000, reason))
			c.WantClose(1000)
		})
}

// silentAfterClose: what follows a close frame is not looked at.
func silentAfterClose(s suite) {
	text := Frame{Opcode: Text, Payload: s.Message(64)}
	each(s, map[string][]Frame{
		"close": {Goodbye(1001, "")}, "ping": {{Opcode: Ping}}, "text": {text}, "rubbish": {{Opcode: 0xF, RSV: RSV1}},
	}, func(c *Client, after []Frame) {
		c.Send(append([]Frame{Goodbye(1000, "")}, after...)...)
		f := c.Next()
		if code, _ := ParseClose(f.Payload); f.Opcode != Close || code != 1000 {
			c.t.Fatalf("opcode %x, code %d", f.Opcode, code)
		}
		c.WantEnd()
	})
}

func goodCodes(s suite) {
	for _, code := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999} {
		s.class(fmt.Sprint(code), func(s suite) {
			c := s.Connect(s)
			c.Send(Goodbye(code, ""))
			c.WantClose(code, 1000) // the same, or a plain goodbye
		})
	}
}

// badCloses: codes that may not be sent (RFC 6455 7.4), reasons that are not UTF-8, payloads of the wrong size.
func badCloses(s suite) {
	for _, code := range []int{0, 1, 500, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		s.class(fmt.Sprint("bad code ", code), func(s suite) {
			c := s.Connect(s)
			c.Send(Goodbye(code, ""))
			c.WantClose(1002)
		})
	}
	s.part("one byte", func(s suite) {
		c := s.Connect(s)
		c.Send(Frame{Opcode: Close, Payload: []byte{0x03}})
		c.WantClose(1002)
	})
	s.part("reason too long", func(s suite) {
		c := s.Connect(s)
		c.Send(Goodbye(1000, strings.Repeat("*", 124)))
		c.WantClose(1002)
	})
	s.part("reason not UTF-8", func(s suite) {
		for _, text := range invalidUTF8 {
			s.class(fmt.Sprintf("% x", text), func(s suite) {
				c := s.Connect(s)
				c.Send(Goodbye(1000, text))
				c.WantClose(1007)
			})
		}
	})
}
