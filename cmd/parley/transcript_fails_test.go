package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// noticeAlterations makes a replay try each line of the server that came true with all that one slip of the pen could
// have made of it: none of that may fit what came. So no word of a transcript is idle.
func noticeAlterations(t *testing.T, p *player) {
	t.Helper()
	p.matched = func(want, got value, before *sightings) {
		for _, other := range alterations(want) {
			if match(other, got, before.clone(), "$") == nil {
				t.Errorf("nobody would notice that %s\nbecame %s", want, other)
			}
		}
	}
}

// TestTranscriptLinesCount shows that a line too few and a line too many make a replay fail.
func TestTranscriptLinesCount(t *testing.T) {
	all := readTranscripts(t)
	script := all[slices.IndexFunc(all, func(t *transcript) bool { return t.name == "first-message" })]
	for i, line := range script.lines {
		if !strings.HasPrefix(line, "S") {
			continue
		}
		for name, lines := range map[string][]string{
			"without ": slices.Delete(slices.Clone(script.lines), i, i+1),
			"twice ":   slices.Insert(slices.Clone(script.lines), i, line),
		} {
			t.Run(name+line[:min(len(line), 60)], func(t *testing.T) {
				t.Parallel()
				other, err := parseTranscript(script.name, strings.Join(lines, "\n"))
				if err != nil {
					t.Fatal(err)
				}
				p := newPlayer(startFor(t, other).url())
				defer p.end()
				p.patience = 500 * time.Millisecond
				if err := p.play(t.Context(), other); err == nil {
					t.Error("the replay did not fail")
				}
			})
		}
	}
}

// alterations are what one slip of the pen can make of a pattern.
func alterations(v value) (all []value) {
	switch {
	case v.kind == '{', v.kind == '[':
		for i := range v.items {
			if v.restAt(i) {
				continue
			}
			for _, item := range alterations(v.items[i]) {
				all = append(all, v.with(i, item))
			}
		}
		return append(all, v.misshapen()...)
	case v.text == rest:
		return nil
	case v.kind == '"' && strings.HasPrefix(v.text, "$"):
		return []value{{kind: '"', text: "$ZZ9"}, {text: "null"}}
	case v.kind == '"':
		return []value{{kind: '"', text: v.text + "!"}, {text: "null"}}
	case v.text == "0":
		return []value{{text: "1"}}
	default:
		return []value{{text: "0"}}
	}
}

// with is v with another item at i.
func (v value) with(i int, item value) value {
	v.items = slices.Clone(v.items)
	v.items[i] = item
	return v
}

// misshapen is v with an item too many, too few, or in another's place.
func (v value) misshapen() (all []value) {
	end := len(v.items)
	if v.kind == '{' || !v.restAt(end-1) {
		all = append(all, v.inserted(end, "more", value{text: "true"}))
	}
	for i := range v.items {
		if v.restAt(i) {
			continue
		}
		if !v.restAt(i-1) && !v.restAt(i+1) {
			all = append(all, v.without(i))
		}
		if v.kind == '{' && i+1 < end && !v.restAt(i+1) {
			all = append(all, v.without(i).inserted(i+1, v.names[i], v.items[i]))
		}
	}
	return all
}

// without is v with one item less.
func (v value) without(i int) value {
	v.items = slices.Delete(slices.Clone(v.items), i, i+1)
	if v.kind == '{' {
		v.names = slices.Delete(slices.Clone(v.names), i, i+1)
	}
	return v
}

// inserted is v with one item more.
func (v value) inserted(i int, name string, item value) value {
	v.items = slices.Insert(slices.Clone(v.items), i, item)
	if v.kind == '{' {
		v.names = slices.Insert(slices.Clone(v.names), i, name)
	}
	return v
}
