package wire

import (
	"bytes"
	"strconv"
)

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// number passes over a number (RFC 8259, section 6).
func (s *scanner) number() bool {
	if s.frame[s.at] == '-' {
		s.at++
	}
	if s.at < len(s.frame) && s.frame[s.at] == '0' {
		s.at++
	} else if !s.digits() {
		return false
	}
	if s.at < len(s.frame) && s.frame[s.at] == '.' {
		if s.at++; !s.digits() {
			return false
		}
	}
	if s.at < len(s.frame) && s.frame[s.at]|0x20 == 'e' {
		s.at++
		if s.at < len(s.frame) && (s.frame[s.at] == '+' || s.frame[s.at] == '-') {
			s.at++
		}
		return s.digits()
	}
	return true
}

func (s *scanner) digits() bool {
	from := s.at
	for s.at < len(s.frame) && isDigit(s.frame[s.at]) {
		s.at++
	}
	return s.at > from || s.fail("expected a digit")
}

// integer reads a checked number that is an integer in the range of int64, however it is written: 3, 3.0
// and 0.03e2 are alike.
func integer(text []byte) (int64, bool) {
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return n, true
	}
	digits, sign := text, ""
	if digits[0] == '-' {
		digits, sign = digits[1:], "-"
	}
	exponent := 0
	if i := bytes.IndexAny(digits, "eE"); i >= 0 {
		exponent = clampedInt(digits[i+1:])
		digits = digits[:i]
	}
	whole, fraction, _ := bytes.Cut(digits, []byte("."))
	digits = append(bytes.Clone(whole), fraction...)
	exponent -= len(fraction)

	all := len(digits)
	digits = bytes.TrimRight(digits, "0")
	exponent += all - len(digits)
	digits = bytes.TrimLeft(digits, "0")
	switch {
	case len(digits) == 0:
		return 0, true
	case exponent < 0 || len(digits)+exponent > 19:
		return 0, false
	}
	digits = append(digits, bytes.Repeat([]byte("0"), exponent)...)
	n, err := strconv.ParseInt(sign+string(digits), 10, 64)
	return n, err == nil
}

// clampedInt reads an exponent; past a billion it makes no difference what it is.
func clampedInt(text []byte) int {
	const far = 1_000_000_000
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil && text[0] == '-' {
		return -far
	}
	if err != nil {
		return far
	}
	return int(max(-far, min(n, far)))
}
