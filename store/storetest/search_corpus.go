package storetest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"pgregory.net/rapid"

	"parley/hub"
	"parley/hub/words"
)

// searchCorpus holds an engine to what a search means, over random texts in any script.
func (w *world) searchCorpus() {
	var threads []hub.ConversationSID
	names := []string{"ann", "bob", "cy"}
	inside := []string{"ann bob", "ann", "bob cy", "cy"}
	for _, people := range inside {
		threads = append(threads, w.thread(strings.Fields(people)...))
	}
	var said []spoken
	rapid.Check(w.T, func(t *rapid.T) {
		for range rapid.IntRange(0, 6).Draw(t, "messages") {
			at := rapid.IntRange(0, len(threads)-1).Draw(t, "thread")
			m := &hub.Message{Author: "ann", Body: texts.Draw(t, "body"), Subject: rapid.SampledFrom([]string{"", "Green tea", "東京"}).Draw(t, "subject")}
			w.must(w.send(threads[at], m))
			said = append(said, spoken{at, m})
		}
		if len(said) > 0 && rapid.Bool().Draw(t, "edit") {
			s := &said[rapid.IntRange(0, len(said)-1).Draw(t, "which")]
			s.m.Body = texts.Draw(t, "new body")
			w.must(w.edit(threads[s.at], s.m.Index, s.m.Body))
		}
		for _, c := range threads {
			w.index(c, 3)
		}
		query := queries(said).Draw(t, "query")
		terms, err := hub.ParseSearch(query)
		if err != nil {
			t.Skip(err)
		}
		who := rapid.SampledFrom(append(names, "")).Draw(t, "who")
		var want []string
		for _, s := range said {
			if strings.Contains(inside[s.at], who) && holds(s.m, terms) {
				want = append(want, string(s.m.SID))
			}
		}
		slices.Sort(want)
		slices.Reverse(want)
		limit := rapid.SampledFrom([]int{1, 7, 1000}).Draw(t, "limit")
		if got := w.findAll(t, w.as(who), terms, limit); !slices.Equal(got, want) {
			t.Fatalf("%q in pages of %d:\n got %v\nwant %v%s", query, limit, got, want, explain(said, got, want))
		}
	})
}

type spoken struct {
	at int
	m  *hub.Message
}

// texts are of a few words each, so that searches find something, and of anything.
var texts = rapid.OneOf(
	rapid.StringMatching(`((tea|Tee|TEAPOT|gr[eé]en|東京|京都タワー|ภาษาไทย|чай|شاي|शान्ति|x²|ﬁne|\x{1F375}|tea's|a_b)[ ,.“"*'&|:!()<>-]{0,2}){0,8}`),
	rapid.StringOfN(rapid.RuneFrom(nil, unicode.L, unicode.M, unicode.N, unicode.Zs, unicode.P, unicode.S, unicode.Cf), 0, 12, -1),
)

// queries are texts, parts of what was said, and parts of words.
func queries(said []spoken) *rapid.Generator[string] {
	if len(said) == 0 {
		return texts
	}
	part := rapid.Custom(func(t *rapid.T) string {
		all := []rune(rapid.SampledFrom(said).Draw(t, "message").m.Body)
		from := rapid.IntRange(0, len(all)).Draw(t, "from")
		to := min(len(all), from+rapid.IntRange(0, 20).Draw(t, "length"))
		form := rapid.SampledFrom([]string{"%s", "%s*", `"%s"`, "tea %s", "t* %s"}).Draw(t, "form")
		return fmt.Sprintf(form, string(all[from:to]))
	})
	return rapid.OneOf(part, part, texts)
}

func (w *world) findAll(t *rapid.T, v hub.Viewer, terms []hub.SearchTerm, limit int) (sids []string) {
	for q := (hub.SearchQuery{Terms: terms, Limit: limit}); ; {
		page, err := w.store.Search(w.Context(), v, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Messages {
			sids = append(sids, string(m.SID))
		}
		if q.After = page.Next; q.After == "" {
			return sids
		}
	}
}

// holds is what a search means.
func holds(m *hub.Message, terms []hub.SearchTerm) bool {
	subject, body := words.Split(m.Subject), words.Split(m.Body)
	for _, term := range terms {
		if !holdsTerm(subject, term) && !holdsTerm(body, term) {
			return false
		}
	}
	return true
}

func holdsTerm(text []string, term hub.SearchTerm) bool {
	for ; len(text) >= len(term.Words); text = text[1:] {
		same := true
		for i, want := range term.Words {
			same = same && (text[i] == want || term.Prefix && i == len(term.Words)-1 && text[i] != "" && strings.HasPrefix(text[i], want))
		}
		if same {
			return true
		}
	}
	return false
}

// explain shows the texts of what is found by one alone.
func explain(said []spoken, got, want []string) string {
	var text strings.Builder
	for _, s := range said {
		sid := string(s.m.SID)
		if slices.Contains(got, sid) != slices.Contains(want, sid) {
			fmt.Fprintf(&text, "\n%s %q %q", sid, s.m.Subject, s.m.Body)
		}
	}
	return text.String()
}
