package frametest

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Wrong UTF-8 (RFC 6455 8.1, RFC 3629): what must close a connection with 1007.
var invalidUTF8 = []string{
	"\x80", "\xbf", "\xff", "\xfe", "\xc0\x80", "\xc1\xbf", // stray, never and overlong
	"\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", // overlong
	"\xed\xa0\x80", "\xed\xbf\xbf", "\xed\xa0\x80\xed\xb0\x80", // surrogates
	"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80", // past U+10FFFF
	"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited", // Autobahn's own
	"\xc2", "\xe2\x82", "\xf0\x9f\x98", // cut off at the end
	"\xe2\x28\xa1", "\xf0\x28\x8c\xbc", "\xc3\x28", // broken off in the middle
}

// validUTF8 is right, however odd it looks.
var validUTF8 = []string{
	"Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "\x00", "\x7f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufeff", "\ufffd",
	"\ufffe", "\uffff", "\U00010000", "\U0010ffff", "\U0001f600\U0001f600",
}

// unicode is class 6: valid text however it is cut, invalid text wherever it stands.
func unicode(s suite) {
	s.part("invalid", func(s suite) {
		for _, text := range invalidUTF8 {
			s.part(fmt.Sprintf("% x", text), func(s suite) {
				invalidText(s, []byte(text))
			})
		}
	})
	s.part("early", earlyInvalid)
	if s.Echo {
		s.part("valid", func(s suite) {
			for _, text := range validUTF8 {
				s.part(fmt.Sprintf("% x", text), func(s suite) {
					validText(s, []byte(text))
				})
			}
		})
	}
}

func invalidText(s suite, text []byte) {
	if utf8.Valid(text) {
		s.Fatal("this is valid")
	}
	within := bytes.Join([][]byte{[]byte(`{"x":"`), text, []byte(`"}`)}, nil)
	each(s, map[string][]Frame{
		"whole":     {{Opcode: Text, Payload: text}},
		"in a text": {{Opcode: Text, Payload: within}},
		"in bytes":  Pieces(text, 1),
		"in halves": Pieces(within, (len(within)+1)/2),
	}, func(c *Client, frames []Frame) {
		c.Send(frames...)
		c.WantClose(1007)
	})
}

// earlyInvalid: the wrong bytes are in a piece of a message whose end never comes. Failing at once is
// allowed; so is waiting, which the case ends with its last piece.
func earlyInvalid(s suite) {
	c := s.Connect(s)
	c.Send(Frame{Opcode: Text, Payload: []byte("κόσμε\xf4\x90\x80\x80"), More: true})
	c.Send(Frame{Opcode: Continuation, Payload: []byte("edited")})
	c.WantClose(1007)
}

func validText(s suite, text []byte) {
	for name, size := range map[string]int{"whole": len(text), "in bytes": 1, "in twos": 2} {
		s.class(name, func(s suite) {
			c := s.Connect(s)
			c.Send(Pieces(text, size)...)
			s.wantAnswer(c, text)
		})
	}
}
