package wire_test

import (
	"encoding/json"
	"testing"
	"time"

	"parley/session/wire"
)

func TestAppendString(t *testing.T) {
	for in, want := range map[string]string{
		"":                               `""`,
		"plain text, <b>&</b> /":         `"plain text, <b>&</b> /"`,
		"\"\\\b\f\n\r\t":                 `"\"\\\b\f\n\r\t"`,
		"\x00\x01\x1f\x7f":               "\"\\u0000\\u0001\\u001f\x7f\"",
		"é\u2028\u2029\u202a😀\ufffd":     "\"é\\u2028\\u2029\u202a😀\ufffd\"",
		"a\xff\xfeb\xc3":                 "\"a\ufffd\ufffdb\ufffd\"",
		"seven..\"eight":                 `"seven..\"eight"`,
		"0123456\\0123456":               `"0123456\\0123456"`,
		"0123456\n\x20\x21\x23\x5b\x5d~": "\"0123456\\n !#[]~\"",
	} {
		if got := string(wire.AppendString(nil, in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

// TestAppendStringBytes puts every byte at every place of a word.
func TestAppendStringBytes(t *testing.T) {
	for c := range 256 {
		for at := range 17 {
			text := []byte("abcdefghijklmnopq")
			text[at] = byte(c)
			sameText(t, string(text))
		}
	}
}

func sameText(t *testing.T, s string) {
	t.Helper()
	encoded := wire.AppendString([]byte("before"), s)[len("before"):]
	var decoded string
	if err := json.Unmarshal(encoded, &decoded); err != nil {
		t.Fatalf("%q: %q: %v", s, encoded, err)
	}
	if want := string([]rune(s)); decoded != want {
		t.Fatalf("%q reads as %q", want, decoded)
	}
}

func FuzzEncodeString(f *testing.F) {
	for _, s := range []string{"", "plain", "\"\\/\x00\x1f\x7f", "\u2028\u2029", "\xff\xc3\xed\xa0\x80", "😀é"} {
		f.Add(s)
	}
	f.Fuzz(sameText)
}

func TestAppendTime(t *testing.T) {
	zone := time.FixedZone("east", 2*3600)
	for want, in := range map[string]time.Time{
		"2026-01-02T03:04:05.000Z": time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		"2025-12-31T23:00:00.999Z": time.Date(2026, 1, 1, 1, 0, 0, 999_999_999, zone),
		"0001-01-01T00:00:00.000Z": {},
		"9999-01-01T00:00:00.000Z": time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC),
		"0000-01-01T00:00:00.000Z": time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		if got := string(wire.AppendTime(nil, in)); got != want {
			t.Errorf("%v: %s, want %s", in, got, want)
		}
	}
	const layout = "2006-01-02T15:04:05.000Z"
	for at := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2040; at = at.Add(1_234_567 * time.Second / 7) {
		if got := string(wire.AppendTime(nil, at)); got != at.Format(layout) {
			t.Fatalf("%v: %s", at, got)
		}
	}
}
