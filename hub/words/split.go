package words

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// What counts of a text. The figures keep within what PostgreSQL's tsvector can hold: 2 KiB in a word, 16,383 places, 256
// places of one word, 1 MiB in all.
const (
	// Longest is how many code points of a word count, in texts as in queries.
	Longest = 64
	// Most is how many words of a text count.
	Most = 10_000
	// Repeats is how often a word counts in a text; after that its places are empty.
	Repeats = 250

	mostBytes = 512 << 10
)

// Split gives the words of a text in their places. An empty word is a place at which nothing is found.
func Split(text string) []string {
	var all []string
	seen, size := map[string]int{}, 0
	scan(fold(text), func(t token) bool {
		if size += len(t.word); size > mostBytes {
			return false
		}
		if seen[t.word]++; seen[t.word] > Repeats {
			t.word = ""
		}
		all = append(all, t.word)
		return len(all) < Most
	})
	return all
}

// fold makes forms alike that mean the same.
func fold(text string) string {
	text = strings.Map(func(r rune) rune {
		if r >= 0x80 && unicode.In(r, unicode.Cf, unicode.Variation_Selector) {
			return -1 // says how others look: joiners, soft hyphens, directions, variants
		}
		return r
	}, text)
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(text)))
}

// token is a word of a folded text.
type token struct {
	word   string
	run    bool // a character of a script without spaces
	joined bool // to the token before: both are of one run
	end    int  // where the text goes on
}

// scan finds the tokens of a folded text, until yield has enough.
func scan(text string, yield func(token) bool) {
	var word []byte
	length := 0    // code points of word
	inRun := false // the last character was of a run
	flush := func(end int) bool {
		if length == 0 {
			return true
		}
		t := token{word: string(word), end: end}
		word, length = word[:0], 0
		return yield(t)
	}
	for i, r := range text {
		after := i + utf8.RuneLen(r)
		switch {
		case unspaced(r) || inRun && unicode.Is(unicode.M, r):
			if !flush(i) || !yield(token{word: string(r), run: true, joined: inRun, end: after}) {
				return
			}
			inRun = true
		case unicode.In(r, unicode.L, unicode.M, unicode.N):
			if inRun = false; length < Longest {
				word = utf8.AppendRune(word, r)
			}
			length++
		default:
			if inRun = false; !flush(i) {
				return
			}
		}
	}
	flush(len(text))
}

// prolonged is the mark of a long vowel, which Unicode counts to no script.
const prolonged = 'ー'

// unspaced are the characters of scripts that are written without spaces between words.
func unspaced(r rune) bool {
	return r >= 0x0e00 && (r == prolonged || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai,
		unicode.Lao, unicode.Khmer, unicode.Myanmar) && unicode.In(r, unicode.L, unicode.M, unicode.N))
}
