package words

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// What a query may hold.
const (
	MaxQuery = 256 // code points
	MaxTerms = 16  // words; a run of characters of a script without spaces counts as one
)

// A Term is what a text must hold: its words one after the other. A text is found where it holds every term of a query.
type Term struct {
	Words  []string
	Prefix bool // the last word is the beginning of one
}

// In reports whether a text holds the term.
func (t Term) In(text []string) bool {
	for last := len(t.Words) - 1; len(text) > last; text = text[1:] {
		found := true
		for i, want := range t.Words {
			found = found && (text[i] == want || t.Prefix && i == last && strings.HasPrefix(text[i], want))
		}
		if found {
			return true
		}
	}
	return false
}

// Parse reads a query: words, "phrases" and the beginnings of words, as in inter*. Everything else parts words as it does
// in texts. The text of its error is meant for whoever asked.
func Parse(query string) ([]Term, error) {
	if !utf8.ValidString(query) {
		return nil, errors.New("is not valid UTF-8")
	}
	if n := utf8.RuneCountInString(query); n > MaxQuery {
		return nil, fmt.Errorf("has %d characters, at most %d are allowed", n, MaxQuery)
	}
	var p parser
	for rest, quoted := fold(query), false; ; quoted = !quoted {
		part, after, more := strings.Cut(rest, `"`)
		p.part(part, quoted && more) // a quote that is not closed stands for nothing
		if rest = after; !more {
			break
		}
	}
	switch {
	case p.words == 0:
		return nil, errors.New("holds no word to look for")
	case p.words > MaxTerms:
		return nil, fmt.Errorf("has %d words, at most %d are allowed", p.words, MaxTerms)
	}
	return p.terms, nil
}

type parser struct {
	terms []Term
	words int
}

// part reads what stands between two quotes.
func (p *parser) part(text string, quoted bool) {
	begun := false // a term of this part, that more may belong to
	scan(text, func(t token) bool {
		if !t.joined {
			p.words++
		}
		if !begun || !quoted && !t.joined {
			p.terms = append(p.terms, Term{})
		}
		begun = true
		last := &p.terms[len(p.terms)-1]
		last.Words = append(last.Words, t.word)
		last.Prefix = !quoted && !t.run && strings.HasPrefix(text[t.end:], "*")
		return true
	})
}
