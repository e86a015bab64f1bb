package api

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// schema is JSON Schema, or a part of a document that holds some.
type schema map[string]any

// A kind is what a value may be, in words, some of which lead to a model.
type kind []word

type word struct {
	Text string
	At   string // where the page shows what it names; "": it names nothing
}

func words(text string) kind { return kind{{Text: text}} }

// in walks down into a part.
func (s schema) in(names ...string) schema {
	for _, name := range names {
		next, _ := s[name].(map[string]any)
		s = next
	}
	return s
}

func (s schema) text(name string) string {
	text, _ := s[name].(string)
	return text
}

// list is a member that is one.
func (s schema) list(name string) []any {
	all, _ := s[name].([]any)
	return all
}

// texts are the texts of a list.
func (s schema) texts(name string) (all []string) {
	for _, one := range s.list(name) {
		if text, ok := one.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// model is the name that a reference leads to, "" for none.
func (s schema) model() string {
	ref := s.text("$ref")
	return ref[strings.LastIndexByte(ref, '/')+1:]
}

// kind tells what a value may be.
func (s schema) kind() kind {
	switch {
	case strings.HasSuffix(s.text("$ref"), "/payload"):
		name := schema{"$ref": strings.TrimSuffix(s.text("$ref"), "/payload")}.model()
		return kind{{name, name}}
	case s.model() != "":
		return kind{{s.model(), "model-" + s.model()}}
	case s["anyOf"] != nil:
		var all kind
		for i, one := range s.list("anyOf") {
			if i > 0 {
				all = append(all, words(" or ")...)
			}
			part, _ := one.(map[string]any)
			all = append(all, schema(part).kind()...)
		}
		return all
	case s["const"] != nil:
		return words(fmt.Sprint(s["const"]))
	case len(s.texts("enum")) > 0:
		return words(strings.Join(s.texts("enum"), " | ") + s.orNull())
	default:
		return s.simple()
	}
}

// simple is the kind of what is no choice.
func (s schema) simple() kind {
	name := s.text("type")
	if all := s.texts("type"); len(all) > 0 {
		name = all[0]
	}
	switch prefix := sidPrefix(s.text("pattern")); {
	case prefix != "":
		name = "sid, " + prefix + "…"
	case s.text("format") == "date-time":
		name = "date"
	case s.text("format") != "":
		name = s.text("format")
	case s.text("contentMediaType") == "application/json":
		name = "JSON, as text"
	case name == "array":
		return append(words("list of "), s.in("items").kind()...)
	case name == "object" && s["additionalProperties"] != nil:
		return append(words("object of "), s.in("additionalProperties").kind()...)
	case name == "":
		name = "any JSON"
	}
	return words(name + s.orNull())
}

func (s schema) orNull() string {
	if slices.Contains(s.texts("type"), "null") {
		return " or null"
	}
	return ""
}

// sidPrefix is what sids of a pattern begin with, "" where it is not that of a sid.
func sidPrefix(pattern string) string {
	prefix, rest, ok := strings.Cut(strings.TrimPrefix(pattern, "^"), "[0-9a-f")
	if !ok || !strings.HasSuffix(rest, "{32}$") {
		return ""
	}
	return prefix
}

// bounds are the limits of a value, in words.
func (s schema) bounds() string {
	var all []string
	for _, bound := range []struct{ name, form string }{
		{"minimum", "from %v"},
		{"maximum", "to %v"},
		{"maxLength", "at most %v characters"},
		{"maxItems", "at most %v"},
		{"default", "by default %v"},
	} {
		if value, ok := s[bound.name]; ok {
			all = append(all, fmt.Sprintf(bound.form, value))
		}
	}
	text := strings.Replace(strings.Join(all, ", "), ", to ", " to ", 1)
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// A member is one of an object, or a parameter.
type member struct {
	Name     string
	Kind     kind
	Required bool
	About    string
	Bounds   string
	Codes    []code
}

type code struct{ When, Number string }

// members are those of an object: in the order that it gives, else those that must be there first.
func (s schema) members() (all []member) {
	required, properties, names := s.texts("required"), s.in("properties"), s.texts("x-order")
	if len(names) == 0 {
		names = slices.Clone(required)
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		m := properties.in(name).member(name)
		m.Required = slices.Contains(required, name)
		all = append(all, m)
	}
	return all
}

// member is a value by its name.
func (s schema) member(name string) member {
	m := member{Name: name, Kind: s.kind(), About: s.text("description"), Bounds: s.bounds()}
	for _, when := range []struct{ name, text string }{{"missing", "missing"}, {"refused", "cannot be"}, {"long", "too long"}} {
		if number, ok := s["x-code-"+when.name]; ok {
			m.Codes = append(m.Codes, code{when.text, fmt.Sprint(number)})
		}
	}
	return m
}
