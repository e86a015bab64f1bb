package wire

import (
	"unicode/utf16"
	"unicode/utf8"
)

// plain marks the ASCII bytes that stand for themselves in a JSON string.
var plain = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// text passes over a string and reports whether it holds escapes.
func (s *scanner) text() (escaped, ok bool) {
	s.at++
	for s.at += plainRun(s.frame[s.at:]); s.at < len(s.frame); s.at += plainRun(s.frame[s.at:]) {
		switch c := s.frame[s.at]; {
		case c == '"':
			s.at++
			return escaped, true
		case c == '\\':
			if escaped = true; !s.escape() {
				return escaped, false
			}
		case c < ' ':
			return escaped, s.fail("control character in a string")
		default:
			r, n := utf8.DecodeRune(s.frame[s.at:])
			if r == utf8.RuneError && n == 1 {
				return escaped, s.fail("invalid UTF-8")
			}
			s.at += n
		}
	}
	return escaped, s.fail("")
}

// plainRun is how many plain bytes b begins with.
func plainRun[T string | []byte](b T) int {
	i := 0
	for i+8 <= len(b) && !special(word(b[i:i+8])) {
		i += 8
	}
	for i < len(b) && plain[b[i]] {
		i++
	}
	return i
}

// word is eight bytes as one number; the compiler makes it one load.
func word[T string | []byte](b T) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// special reports whether one of the eight bytes of w is not plain. Subtracting from each byte sets
// its high bit where it was less.
func special(w uint64) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	quote, slash := w^'"'*ones, w^'\\'*ones
	return ((w-' '*ones)|(quote-ones)|(slash-ones)|w)&high != 0
}

// escape passes over an escape sequence, both halves of a surrogate pair included.
func (s *scanner) escape() bool {
	if s.at+1 < len(s.frame) {
		switch s.frame[s.at+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			s.at += 2
			return true
		}
	}
	r := unit(s.frame[s.at:])
	switch {
	case r < 0:
		return s.fail("unknown escape sequence")
	case r == 0:
		return s.fail("U+0000 is not allowed")
	case !utf16.IsSurrogate(r):
		s.at += 6
		return true
	}
	if utf16.DecodeRune(r, unit(s.frame[s.at+6:])) == utf8.RuneError {
		return s.fail("lone surrogate")
	}
	s.at += 12
	return true
}

// unit reads the UTF-16 code unit of the \uXXXX that b begins with, -1 where there is none.
func unit(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case isDigit(c):
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return -1
		}
	}
	return r
}

// unescape appends what a checked string stands for; body is without its quotes.
func unescape(dst, body []byte) []byte {
	for i := 0; i < len(body); {
		if body[i] != '\\' {
			dst = append(dst, body[i])
			i++
			continue
		}
		switch c := body[i+1]; c {
		case 'u':
			r := unit(body[i:])
			if i += 6; utf16.IsSurrogate(r) {
				r = utf16.DecodeRune(r, unit(body[i:]))
				i += 6
			}
			dst = utf8.AppendRune(dst, r)
			continue
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		default:
			dst = append(dst, c)
		}
		i += 2
	}
	return dst
}
