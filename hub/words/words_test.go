package words_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"go.uber.org/goleak"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"parley/hub/words"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSplit(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "",
		" -- ":                    "",
		"Hello, World! it's 7:30": "hello world it s 7 30",
		"Straße ＣＡＦÉ Cafe\u0301":  "strasse café café",
		"ΟΔΟΣ οδος":               "οδοσ οδοσ",
		"Привет, мир":             "привет мир",
		"سلام دنیا":               "سلام دنیا",
		"शान्ति":                  "शान्ति",
		"soft\u00adhyphen":        "softhyphen",
		"東京タワーへiPhoneで行く":         "東 京 タ ワ ー へ iphone で 行 く",
		"ﾃｽﾄ":                     "テ ス ト",
		"ภาษา":                    "ภ า ษ า",
		"한국어 좋아":                  "한국어 좋아",
		"½ x²":                    "1 2 x2",
		"tea🍵pot a_b":             "tea pot a b",
		strings.Repeat("é", 100):  strings.Repeat("é", words.Longest),
	} {
		if got := strings.Join(words.Split(text), " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestSplitIsBounded: a text of any size gives no more than a store can hold, and the places of other words stay.
func TestSplitIsBounded(t *testing.T) {
	got := words.Split(strings.Repeat("again ", words.Repeats+3) + "last")
	if n := len(got); n != words.Repeats+4 || got[words.Repeats-1] != "again" || got[words.Repeats] != "" || got[n-1] != "last" {
		t.Errorf("got %d words, ending in %q", n, got[len(got)-5:])
	}
	if n := len(words.Split(strings.Repeat("x ", 3*words.Most))); n != words.Most {
		t.Errorf("got %d words", n)
	}
	var large strings.Builder
	for i := range words.Most {
		fmt.Fprintf(&large, "%d%s ", i, strings.Repeat("𐐨", words.Longest))
	}
	size := 0
	for _, w := range words.Split(large.String()) {
		size += len(w)
	}
	if size > 512<<10 || size < 500<<10 {
		t.Errorf("got %d bytes", size)
	}
}

func TestParse(t *testing.T) {
	for query, want := range map[string]string{
		"Tea  time":                "[tea] [time]",
		"inter* net":               "[inter]* [net]",
		`"Green Tea" pot`:          "[green tea] [pot]",
		`"green tea*"`:             "[green tea]",
		`tea "pot`:                 "[tea] [pot]",
		`""tea""`:                  "[tea]",
		"foo-bar* *":               "[foo] [bar]*",
		"東京 タワー":                   "[東 京] [タ ワ ー]",
		"か\u0301き":                 "[か \u0301 き]",
		"iPhone手机*":                "[iphone] [手 机]",
		`"iPhone 手机"`:              "[iphone 手 机]",
		"＂Green　Tea＂ ｐｏｔ＊":         "[green tea] [pot]*",
		"tea AND NOT (pot:cup) ^":  "[tea] [and] [not] [pot] [cup]",
		`'tea':* & pot | !cup <->`: "[tea] [pot] [cup]",
		strings.Repeat("水", 200):   "[" + strings.TrimSpace(strings.Repeat("水 ", 200)) + "]",
	} {
		terms, err := words.Parse(query)
		var got []string
		for _, term := range terms {
			text := fmt.Sprint(term.Words)
			if term.Prefix {
				text += "*"
			}
			got = append(got, text)
		}
		if text := strings.Join(got, " "); err != nil || text != want {
			t.Errorf("%q: got %s, %v, want %s", query, text, err, want)
		}
	}
	for query, want := range map[string]string{
		"":                             "holds no word to look for",
		`"" * -`:                       "holds no word to look for",
		strings.Repeat("é", 257):       "has 257 characters, at most 256 are allowed",
		strings.Repeat("x ", 17):       "has 17 words, at most 16 are allowed",
		`"` + strings.Repeat("x ", 17): "has 17 words, at most 16 are allowed",
		"\xff":                         "is not valid UTF-8",
	} {
		if terms, err := words.Parse(query); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, %v", query, terms, err)
		}
	}
}

// TestSplitProperties: what is asked for with the words of a text is in it, whatever the form and the case that it is written in.
func TestSplitProperties(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom(nil, unicode.Latin, unicode.Greek, unicode.Han, unicode.Thai, unicode.Hangul,
		unicode.Mn, unicode.Nd, unicode.Zs, unicode.Po, unicode.Cf), 0, 60, -1)
	rapid.Check(t, func(t *rapid.T) {
		s := text.Draw(t, "text")
		all := words.Split(s)
		for _, other := range []string{norm.NFD.String(s), norm.NFKC.String(s), " " + s + "."} {
			if got := words.Split(other); !slices.Equal(got, all) {
				t.Fatalf("%q gives %q, and %q gives %q", s, all, other, got)
			}
		}
		if again := words.Split(strings.Join(all, " ")); !slices.Equal(again, all) {
			t.Fatalf("%q gives %q, and these %q", s, all, again)
		}
		if len(all) == 0 {
			return
		}
		w := rapid.SampledFrom(all).Draw(t, "word")
		terms, err := words.Parse(w)
		if err != nil || len(terms) != 1 || !slices.Equal(terms[0].Words, []string{w}) {
			t.Fatalf("%q: %v, %v", w, terms, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(`tea "green tea" inter* 東京`)
	f.Fuzz(func(t *testing.T, query string) {
		terms, err := words.Parse(query)
		if err == nil && len(terms) == 0 {
			t.Error("nothing to look for")
		}
		for _, term := range terms {
			if len(term.Words) == 0 || slices.Contains(term.Words, "") {
				t.Errorf("%q: %v", query, terms)
			}
		}
	})
}
