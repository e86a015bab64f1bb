package wire

import (
	"time"
	"unicode/utf8"
)

// AppendString appends s as a JSON string (RFC 8259, section 7). Invalid UTF-8 becomes U+FFFD, byte by byte;
// U+2028 and U+2029 are escaped, so that the text is JavaScript as well.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from, i := 0, 0
	for i += plainRun(s[i:]); i < len(s); i += plainRun(s[i:]) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if escape := escapeOf(r, n); escape != "" {
			dst = append(append(dst, s[from:i]...), escape...)
			from = i + n
		}
		i += n
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// escapeOf is what stands for r, which was n bytes long, in a JSON string; "" where r stands for itself.
func escapeOf(r rune, n int) string {
	switch {
	case r == '"':
		return `\"`
	case r == '\\':
		return `\\`
	case r < ' ':
		return controls[r]
	case r == '\u2028':
		return `\u2028`
	case r == '\u2029':
		return `\u2029`
	case r == utf8.RuneError && n == 1:
		return "\ufffd"
	}
	return ""
}

// controls are the escapes of the control characters.
var controls = func() (t [' ']string) {
	const hex = "0123456789abcdef"
	for c := range t {
		t[c] = `\u00` + hex[c>>4:c>>4+1] + hex[c&15:c&15+1]
	}
	t['\b'], t['\f'], t['\n'], t['\r'], t['\t'] = `\b`, `\f`, `\n`, `\r`, `\t`
	return t
}()

// AppendTime appends t as 2006-01-02T15:04:05.000Z (RFC 3339): UTC, cut to milliseconds. Years outside
// 0 to 9999 have no such form and become the nearest that has.
func AppendTime(dst []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	year = max(0, min(year, 9999))
	dst = append(appendDigits(dst, year, 4), '-')
	dst = append(appendDigits(dst, int(month), 2), '-')
	dst = append(appendDigits(dst, day, 2), 'T')
	dst = append(appendDigits(dst, hour, 2), ':')
	dst = append(appendDigits(dst, minute, 2), ':')
	dst = append(appendDigits(dst, second, 2), '.')
	return append(appendDigits(dst, t.Nanosecond()/1e6, 3), 'Z')
}

// appendDigits appends n with leading zeros.
func appendDigits(dst []byte, n, width int) []byte {
	for range width {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; n > 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
	return dst
}
