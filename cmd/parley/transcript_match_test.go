package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A value is JSON that remembers the order of members.
type value struct {
	kind  byte     // of the first character: { [ " and 0 for numbers, true, false, null
	text  string   // of a string, decoded; of the others as it is written
	names []string // of an object
	items []value  // of an object or array
}

// rest stands for whatever: as a string for one value, as an element for all further ones, as a member for any number.
const rest = "..."

var bareRest = regexp.MustCompile(`\.\.\.([,}\]])`)

// parsePattern reads what a transcript expects: JSON, but for the bare dots.
func parsePattern(text string) (value, error) {
	text = bareRest.ReplaceAllStringFunc(text, func(s string) string {
		if s[3] == ']' {
			return `"..."]`
		}
		return `"...":0` + s[3:]
	})
	return parseValue(text)
}

func parseValue(text string) (value, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, err := readValue(d)
	if err == nil && d.InputOffset() != int64(len(strings.TrimRight(text, " \r\n"))) {
		err = errors.New("something follows the value")
	}
	return v, err
}

func readValue(d *json.Decoder) (value, error) {
	token, err := d.Token()
	if err != nil {
		return value{}, err
	}
	switch t := token.(type) {
	case json.Delim:
		v := value{kind: byte(t)}
		err := v.readItems(d)
		return v, err
	case string:
		return value{kind: '"', text: t}, nil
	case nil:
		return value{text: "null"}, nil
	default:
		return value{text: fmt.Sprint(t)}, nil
	}
}

// readItems reads what is inside of an object or array, and its end.
func (v *value) readItems(d *json.Decoder) error {
	for d.More() {
		if v.kind == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			v.names = append(v.names, name.(string)) // the decoder sees to it
		}
		item, err := readValue(d)
		if err != nil {
			return err
		}
		v.items = append(v.items, item)
	}
	_, err := d.Token()
	return err
}

// member is that of an object, the zero value where it is absent.
func (v value) member(name string) value {
	if i := slices.Index(v.names, name); i >= 0 {
		return v.items[i]
	}
	return value{}
}

func (v value) has(name string) bool { return slices.Contains(v.names, name) }

// restAt reports whether dots stand at i.
func (v value) restAt(i int) bool {
	return i >= 0 && i < len(v.items) && (v.kind == '{' && v.names[i] == rest || v.kind == '[' && v.items[i].text == rest)
}

// match holds what came to what a transcript expects. Variables seen for the first time are kept in s.
func match(want, got value, s *sightings, path string) error {
	switch {
	case want.kind == '"' && want.text == rest:
		return nil
	case want.kind == '"' && strings.HasPrefix(want.text, "$"):
		return s.see(want.text, got, path)
	case want.kind != got.kind || want.text != got.text:
		return fmt.Errorf("%s is %s, not %s", path, got, want)
	case want.kind == '[':
		return matchList(want, got, s, path)
	case want.kind == '{':
		return matchObject(want, got, s, path)
	}
	return nil
}

func matchList(want, got value, s *sightings, path string) error {
	n := len(want.items)
	open := want.restAt(n - 1)
	if open {
		n--
	}
	if len(got.items) < n || len(got.items) > n && !open {
		return fmt.Errorf("%s has %d elements, not %d", path, len(got.items), n)
	}
	for i := range n {
		if err := match(want.items[i], got.items[i], s, path+"["+strconv.Itoa(i)+"]"); err != nil {
			return err
		}
	}
	return nil
}

// matchObject goes through both in order: the order of members is promised.
func matchObject(want, got value, s *sightings, path string) error {
	at, skip := 0, false
	for i, name := range want.names {
		if name == rest {
			skip = true
			continue
		}
		for skip && at < len(got.names) && got.names[at] != name {
			at++
		}
		if at == len(got.names) || got.names[at] != name {
			return fmt.Errorf("%s has no member %s at its place", path, name)
		}
		if err := match(want.items[i], got.items[at], s, path+"."+name); err != nil {
			return err
		}
		at, skip = at+1, false
	}
	if at < len(got.names) && !skip {
		return fmt.Errorf("%s has a member %s that is not mentioned", path, got.names[at])
	}
	return nil
}

// String is v as JSON.
func (v value) String() string {
	switch v.kind {
	case '"':
		return quote(v.text)
	case '[', '{':
		parts := make([]string, len(v.items))
		for i, item := range v.items {
			parts[i] = item.String()
			switch {
			case v.restAt(i):
				parts[i] = rest
			case v.kind == '{':
				parts[i] = quote(v.names[i]) + ":" + parts[i]
			}
		}
		return string(v.kind) + strings.Join(parts, ",") + string(v.kind+2)
	}
	return v.text
}

// quote is a string as JSON, with nothing escaped that need not be.
func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return strconv.Quote(s)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
