package wire

import (
	"math"

	"parley/hub"
)

// MaxDepth is how deep arrays and objects may nest in a frame; the frame's own braces are level 1.
const MaxDepth = 32

// Check refuses a text that is not one JSON value (RFC 8259), and beyond that all on which parsers disagree:
// nesting over MaxDepth, member names repeated within one object, U+0000 in any spelling, lone surrogates
// and invalid UTF-8. It takes time and memory in proportion to the text. The error is a *hub.Error with
// CodeParse.
func Check(text []byte) error {
	s := scanner{frame: text}
	if s.value() && s.end() {
		return nil
	}
	return s.err()
}

// A scanner reads one frame from front to back, once. Its methods report false from the first fault on.
type scanner struct {
	frame []byte
	at    int
	depth int

	names   stack  // of the objects that are open, outermost first
	decoded []byte // the text of names that are written with escapes

	fault   string // "" while all is well
	faultAt int
}

func (s *scanner) fail(what string) bool {
	if s.fault == "" {
		if s.at >= len(s.frame) {
			what = "unexpected end"
		}
		s.fault, s.faultAt = what, s.at
	}
	return false
}

func (s *scanner) err() *hub.Error {
	return hub.Errorf(hub.CodeParse, "malformed JSON at byte %d: %s", s.faultAt, s.fault)
}

// space skips white space and gives the byte behind it, 0 at the end.
func (s *scanner) space() byte {
	for s.at < len(s.frame) {
		switch c := s.frame[s.at]; c {
		case ' ', '\n', '\r', '\t':
			s.at++
		default:
			return c
		}
	}
	return 0
}

// end reports whether nothing follows.
func (s *scanner) end() bool {
	if s.space(); s.at < len(s.frame) {
		return s.fail("something follows the value")
	}
	return s.fault == ""
}

// value passes over one value.
func (s *scanner) value() bool {
	if len(s.frame) > math.MaxInt32 {
		return s.fail("too long")
	}
	switch c := s.space(); c {
	case '"':
		_, ok := s.text()
		return ok
	case '{':
		return s.object()
	case '[':
		return s.array()
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	default:
		if c == '-' || isDigit(c) {
			return s.number()
		}
		return s.fail("expected a value")
	}
}

func (s *scanner) literal(word string) bool {
	if rest := s.frame[s.at:]; len(rest) < len(word) || string(rest[:len(word)]) != word {
		return s.fail("expected a value")
	}
	s.at += len(word)
	return true
}

func (s *scanner) array() bool {
	for begun := false; s.element(&begun); {
		if !s.value() {
			return false
		}
	}
	return s.fault == ""
}

func (s *scanner) object() bool {
	for o := (members{}); s.member(&o); {
		if !s.value() {
			return false
		}
	}
	return s.fault == ""
}

// element goes to the next element of an array, or behind its end and reports false. The first call finds
// the scanner at the opening bracket.
func (s *scanner) element(begun *bool) bool {
	c := s.space()
	if !*begun {
		if *begun = true; !s.enter() {
			return false
		}
		if s.space() != ']' {
			return true
		}
		c = ']'
	}
	switch c {
	case ',':
		s.at++
		s.space()
		return true
	case ']':
		s.leave()
		return false
	}
	return s.fail("expected , or ]")
}

func (s *scanner) enter() bool {
	if s.depth == MaxDepth {
		return s.fail("nested deeper than 32 levels")
	}
	s.depth++
	s.at++
	return true
}

func (s *scanner) leave() {
	s.depth--
	s.at++
}
