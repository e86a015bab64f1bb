package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"parley/hub"
)

const wantsInt = "an integer"

// Int is a required integer in the range of int64, in any spelling: 3, 3.0 and 3e0 are alike.
func (p *Params) Int(name string) int64 {
	n, ok := asInt(p.Raw(name))
	if !ok {
		p.Refuse(name, wantsInt)
	}
	return n
}

// OptInt is an integer, or the given one when absent or null.
func (p *Params) OptInt(name string, absent int64) int64 {
	if p.given(name) == nil {
		return absent
	}
	return p.Int(name)
}

// IntOrNull is a required member, an integer or null, which is nil.
func (p *Params) IntOrNull(name string) *int64 {
	raw := p.Raw(name)
	if isNull(raw) {
		return nil
	}
	n, ok := asInt(raw)
	if !ok {
		p.Refuse(name, "an integer or null")
		return nil
	}
	return &n
}

// Between is an integer from low to high, or the given one when absent or null.
func (p *Params) Between(name string, low, high, absent int64) int64 {
	if p.given(name) == nil {
		return absent
	}
	n, ok := asInt(p.Raw(name))
	if !ok || n < low || n > high {
		p.Refuse(name, fmt.Sprintf("an integer from %d to %d", low, high))
		return absent
	}
	return n
}

// OptBool is true or false, or the given one when absent or null.
func (p *Params) OptBool(name string, absent bool) bool {
	switch raw := p.given(name); {
	case raw == nil:
		return absent
	case raw[0] == 't':
		return true
	case raw[0] == 'f':
		return false
	}
	p.Refuse(name, "true or false")
	return absent
}

// Attributes is any JSON value as compact text, nil when absent. Null is a value.
func (p *Params) Attributes(name string) *hub.Attributes {
	raw := p.Raw(name)
	if raw == nil {
		return nil
	}
	var text bytes.Buffer
	text.Grow(len(raw))
	if json.Compact(&text, raw) != nil {
		p.Refuse(name, "a JSON value")
		return nil
	}
	attributes := hub.Attributes(text.String())
	return &attributes
}

// Object is a nested object. Absent or null it is empty, which reads as every member of it being absent;
// ask Has where that matters. Its errors are those of p, its names prefixed.
func (p *Params) Object(name string) *Params {
	root := p
	if p.root != nil {
		root = p.root
	}
	nested := &Params{root: root, prefix: p.prefix + name + "."}
	nested.members = nested.room[:0]
	if raw := p.given(name); raw != nil && !nested.open(raw) {
		p.Refuse(name, "an object")
	}
	return nested
}

// Strings is a list of at most so many non-empty strings, nil when absent or null.
func (p *Params) Strings(name string, most int) []string {
	raw := p.given(name)
	if raw == nil {
		return nil
	}
	list, ok := asStrings(raw, most)
	if !ok {
		p.Refuse(name, fmt.Sprintf("a list of at most %d non-empty strings", most))
	}
	return list
}

// Positions is an object from conversation sids to revisions, with at most so many members; nil when absent
// or null, empty but not nil for {}. Names are not checked: one that is no sid names nothing.
func (p *Params) Positions(name string, most int) map[hub.ConversationSID]hub.Revision {
	if p.given(name) == nil {
		return nil
	}
	o := p.Object(name)
	if o.failed() {
		return nil
	}
	if len(o.members) > most {
		p.Refuse(name, fmt.Sprintf("an object of at most %d members", most))
		return nil
	}
	positions := make(map[hub.ConversationSID]hub.Revision, len(o.members))
	for _, m := range o.members {
		n, ok := asInt(m.value)
		if !ok || n < 0 {
			p.Refuse(name, "an object of revisions, which are integers from 0")
			return nil
		}
		positions[hub.ConversationSID(m.name)] = hub.Revision(n)
	}
	return positions
}

const wantsMessage = "a message's sid (IM...) or index"

// Message is a required reference to a message: its sid, or its index.
func (p *Params) Message(name string) hub.MessageRef {
	raw := p.Raw(name)
	if n, ok := asInt(raw); ok && n >= 0 {
		return hub.MessageRef{Index: n}
	}
	if s, ok := asString(raw); ok && strings.HasPrefix(s, "IM") {
		return hub.MessageRef{SID: hub.MessageSID(s), Index: hub.NoIndex}
	}
	p.Refuse(name, wantsMessage)
	return hub.MessageRef{Index: hub.NoIndex}
}

// Index is a message's index from 0, or hub.NoIndex when absent, null, or the given word.
func (p *Params) Index(name, word string) int64 {
	raw := p.given(name)
	if raw == nil {
		return hub.NoIndex
	}
	if s, ok := asString(raw); ok && word != "" && s == word {
		return hub.NoIndex
	}
	if n, ok := asInt(raw); ok && n >= 0 {
		return n
	}
	wants := "a message's index"
	if word != "" {
		wants += fmt.Sprintf(" or %q", word)
	}
	p.Refuse(name, wants)
	return hub.NoIndex
}

func asInt(raw []byte) (int64, bool) {
	if len(raw) == 0 || raw[0] != '-' && !isDigit(raw[0]) {
		return 0, false
	}
	return integer(raw)
}

func asStrings(raw []byte, most int) (list []string, ok bool) {
	if raw[0] != '[' {
		return nil, false
	}
	s, begun := scanner{frame: raw}, false
	for s.element(&begun) {
		from := s.at
		if !s.value() {
			return nil, false
		}
		text, ok := asString(raw[from:s.at])
		if !ok || text == "" || len(list) == most {
			return nil, false
		}
		list = append(list, text)
	}
	return list, s.end()
}
