package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"parley/hub"
	"parley/session/wire"
)

var acceptable = []string{
	`{}`, `[]`, `""`, `0`, `-0`, `1.5e+10`, `1E-2`, `true`, `false`, `null`, " \t\r\n{ } ",
	`{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}`,
	`"\"\\\/\b\f\n\r\t\u0001\uD83D\uDE00\uffff"`, "\"\u2028\u00e9\U0001F600\x7f\"",
	strings.Repeat("[", 32) + strings.Repeat("]", 32),
	strings.Repeat(`{"a":`, 31) + `{}` + strings.Repeat("}", 31),
	`{"":1,"\u0061":2,"b":3}`,
}

var unacceptable = []struct{ text, why string }{
	{``, "end"},
	{` `, "end"},
	{"\x00", "expected a value"},
	{"\ufeff{}", "expected a value"},
	{`{`, "end"},
	{`[1,`, "end"},
	{`[1,]`, "expected a value"},
	{`[,1]`, "expected a value"},
	{`[1 2]`, "expected , or ]"},
	{`{"a":1,}`, "member name"},
	{`{"a" 1}`, "expected :"},
	{`{"a":1 "b":2}`, "expected , or }"},
	{`{a:1}`, "member name"},
	{`{"a"}`, "expected :"},
	{`]`, "expected a value"},
	{`{} {}`, "something follows"},
	{`1x`, "something follows"},
	{`01`, "something follows"},
	{`1. `, "digit"},
	{`-a`, "digit"},
	{`1e+a`, "digit"},
	{`.5 `, "expected a value"},
	{`+1`, "expected a value"},
	{`NaN`, "expected a value"},
	{`nul`, "expected a value"},
	{`trUe`, "expected a value"},
	{`'a'`, "expected a value"},
	{`"abc`, "end"},
	{`"\`, "escape"},
	{`"\x"`, "escape"},
	{`"\u12g4"`, "escape"},
	{`"\u12`, "escape"},
	{"\"\x01\"", "control character"},
	{"\"\x00\"", "control character"},
	{`"\u0000"`, "U+0000"},
	{`{"\u0000":1}`, "U+0000"},
	{`"\ud800"`, "lone surrogate"},
	{`"\ud800x"`, "lone surrogate"},
	{`"\udc00\ud800"`, "lone surrogate"},
	{`"\ud800\ud800"`, "lone surrogate"},
	{`"\ud800\u0041"`, "lone surrogate"},
	{`"\uDFFF"`, "lone surrogate"},
	{"\"\xff\"", "UTF-8"},
	{"\"\xed\xa0\x80\"", "UTF-8"}, // a surrogate in UTF-8
	{"\"\xc0\x80\"", "UTF-8"},     // U+0000, overlong
	{"\"\xf4\x90\x80\x80\"", "UTF-8"},
	{`{"a":1,"a":2}`, "repeated"},
	{`{"a":1,"\u0061":2}`, "repeated"},
	{`{"\u0061":1,"a":2}`, "repeated"},
	{`[{"b":{"a":1,"c":[],"a":2}}]`, "repeated"},
	{`{"":1,"":2}`, "repeated"},
	{strings.Repeat("[", 33) + strings.Repeat("]", 33), "32 levels"},
	{strings.Repeat("[", 1_000_000), "32 levels"},
	{strings.Repeat(`{"a":`, 32) + `{}` + strings.Repeat("}", 32), "32 levels"},
}

func TestCheckAccepts(t *testing.T) {
	for _, text := range acceptable {
		if err := wire.Check([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, c := range unacceptable {
		err := wire.Check([]byte(c.text))
		var told *hub.Error
		if !errors.As(err, &told) || told.Code != hub.CodeParse || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%.60q: %v, want one about %q", c.text, err, c.why)
		}
		if _, err := wire.Decode(nil, []byte(c.text)); err == nil {
			t.Errorf("%.60q: Decode accepts it", c.text)
		}
	}
}

// TestCheckManyNames finds repeats at every size around the change from comparing to looking up.
func TestCheckManyNames(t *testing.T) {
	for n := 1; n < 200; n++ {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprintf(`"%c%d":{"x":0}`, rune('a'+i%7), i)
		}
		text := "{" + strings.Join(names, ",") + "}"
		if err := wire.Check([]byte(text)); err != nil {
			t.Fatalf("%d names: %v", n, err)
		}
		again := strings.TrimSuffix(text, "}") + "," + names[n/2] + "}"
		if err := wire.Check([]byte(again)); err == nil {
			t.Fatalf("%d names: one repeated is not found", n)
		}
	}
}

// object makes an object with n names, starting with first.
func object(n int, last string) []byte {
	text := []byte{'{'}
	for i := range n {
		text = append(strconv.AppendInt(append(text, '"'), int64(i), 36), `":0,`...)
	}
	return append(append(text, last...), `:0}`...)
}

// TestCheckMillionKeys holds the memory for a hostile frame to a few times its size.
func TestCheckMillionKeys(t *testing.T) {
	text := object(1_000_000, `"last one"`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := wire.Check(text)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 8*uint64(len(text)) {
		t.Errorf("%d bytes were allocated for a frame of %d", used, len(text))
	}
	if wire.Check(object(1_000_000, `"0"`)) == nil {
		t.Error("a repeat among a million names is not found")
	}
}

func TestCheckAllocatesNothing(t *testing.T) {
	text := []byte(`{"jsonrpc":"2.0","id":7,"method":"message.send","params":{"conversation":"CH1","body":"ol\u00e9 \n"}}`)
	if n := testing.AllocsPerRun(100, func() { _ = wire.Check(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// reference is a slow second opinion on what Check accepts.
func reference(text []byte) bool {
	return json.Valid(text) && utf8.Valid(text) && escapesAreSound(text) && namesAreUnique(text)
}

var escapes = regexp.MustCompile(`\\(u[0-9a-fA-F]{4}|.)`)

func escapesAreSound(text []byte) bool {
	all := escapes.FindAllIndex(text, -1)
	for i := 0; i < len(all); i++ {
		r, ok := codeUnit(text[all[i][0]:all[i][1]])
		switch {
		case !ok:
		case r == 0:
			return false
		case utf16.IsSurrogate(r):
			if i+1 == len(all) || all[i+1][0] != all[i][1] {
				return false
			}
			i++
			if low, ok := codeUnit(text[all[i][0]:all[i][1]]); !ok || utf16.DecodeRune(r, low) == utf8.RuneError {
				return false
			}
		}
	}
	return true
}

func codeUnit(escape []byte) (rune, bool) {
	if len(escape) != 6 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(escape[2:]), 16, 16)
	return rune(n), err == nil
}

// namesAreUnique also bounds the depth.
func namesAreUnique(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	type level struct {
		names map[string]bool // nil for an array
		value bool            // what comes next is a member's value
	}
	var open []*level
	for {
		token, err := d.Token()
		if err != nil {
			return errors.Is(err, io.EOF)
		}
		var top *level
		if len(open) > 0 {
			top = open[len(open)-1]
		}
		switch {
		case token == json.Delim('}') || token == json.Delim(']'):
			open = open[:len(open)-1]
			continue
		case top != nil && top.names != nil && !top.value:
			name := token.(string)
			if top.names[name] {
				return false
			}
			top.names[name], top.value = true, true
			continue
		case top != nil:
			top.value = false
		}
		switch token {
		case json.Delim('{'):
			open = append(open, &level{names: map[string]bool{}})
		case json.Delim('['):
			open = append(open, &level{})
		}
		if len(open) > wire.MaxDepth {
			return false
		}
	}
}
