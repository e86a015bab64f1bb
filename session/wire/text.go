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
	for s.at < len(s.frame) {
		switch c := s.frame[s.at]; {
		case plain[c]:
			s.at++
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
