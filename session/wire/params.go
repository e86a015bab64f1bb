package wire

import (
	"slices"
	"strings"

	"parley/hub"
)

// Params reads the params of one request by name. The first thing that is wrong is kept for Err, which names
// the member and what it wants; from then on every read yields zero values, so a handler reads all it needs
// and asks Err once. Members that nobody asks for are ignored.
type Params struct {
	root    *Params // of a nested object: where errors are kept
	prefix  string  // of the names in errors
	members []member
	room    [8]member
	err     *hub.Error
}

type member struct{ name, value []byte }

// ParseParams opens the params of a request; nil raw stands for {}. Method begins the text of errors.
func ParseParams(method string, raw []byte) *Params {
	p := &Params{prefix: method + ": "}
	p.members = p.room[:0]
	if raw != nil && !p.open(raw) {
		p.refuse("params must be an object")
	}
	return p
}

func (p *Params) open(raw []byte) bool {
	s := scanner{frame: raw}
	if s.space() != '{' {
		return false
	}
	var o members
	for s.member(&o) {
		from := s.at
		if !s.value() {
			break
		}
		p.members = append(p.members, member{s.nameText(o.name), raw[from:s.at]})
	}
	return s.end()
}

// Err is the first thing that was wrong, a *hub.Error with CodeInvalidParams, or nil.
func (p *Params) Err() error {
	if p.err == nil {
		return nil
	}
	return p.err
}

// Refuse notes that a member is not what it must be: wants continues the sentence "name must be ...". It is
// for what a handler finds out by itself.
func (p *Params) Refuse(name, wants string) { p.refuse(name + " must be " + wants) }

func (p *Params) refuse(what string) {
	root := p
	if p.root != nil {
		root = p.root
	}
	if root.err == nil {
		root.err = hub.Errorf(hub.CodeInvalidParams, "%s%s", p.prefix, what)
	}
}

func (p *Params) failed() bool { return p.err != nil || p.root != nil && p.root.err != nil }

// Raw is the JSON text of a member as it came, nil when it is absent. It aliases the frame.
func (p *Params) Raw(name string) []byte {
	if p.failed() {
		return nil
	}
	for i := range p.members {
		if string(p.members[i].name) == name {
			return p.members[i].value
		}
	}
	return nil
}

// Has reports whether a member is there, be it null.
func (p *Params) Has(name string) bool { return p.Raw(name) != nil }

// IsNull reports whether a member is there and null.
func (p *Params) IsNull(name string) bool { return isNull(p.Raw(name)) }

func isNull(raw []byte) bool { return len(raw) > 0 && raw[0] == 'n' }

// given is Raw, but null counts as absent.
func (p *Params) given(name string) []byte {
	if raw := p.Raw(name); !isNull(raw) {
		return raw
	}
	return nil
}

// String is a required member, a string that is not empty.
func (p *Params) String(name string) string {
	if s, ok := asString(p.Raw(name)); ok && s != "" {
		return s
	}
	p.Refuse(name, "a non-empty string")
	return ""
}

// OptString is a string, the empty one included. Absent it is nil and false; null it is nil and true.
func (p *Params) OptString(name string) (value *string, null bool) {
	raw := p.Raw(name)
	if raw == nil || isNull(raw) {
		return nil, raw != nil
	}
	s, ok := asString(raw)
	if !ok {
		p.Refuse(name, "a string or null")
		return nil, false
	}
	return &s, false
}

// StringOr is a string, or the given one when absent or null.
func (p *Params) StringOr(name, absent string) string {
	if s, _ := p.OptString(name); s != nil {
		return *s
	}
	return absent
}

// Enum is a required member, one of some words.
func (p *Params) Enum(name string, allowed ...string) string {
	s, ok := asString(p.Raw(name))
	if ok && slices.Contains(allowed, s) {
		return s
	}
	p.Refuse(name, oneOf(allowed))
	return ""
}

// OptEnum is one of some words, or the first of them when absent or null.
func (p *Params) OptEnum(name string, allowed ...string) string {
	if p.given(name) == nil {
		return allowed[0]
	}
	return p.Enum(name, allowed...)
}

func oneOf(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// asString decodes raw where it is a string.
func asString(raw []byte) (string, bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	body := raw[1 : len(raw)-1]
	if slices.Contains(body, '\\') {
		body = unescape(make([]byte, 0, len(body)), body)
	}
	return string(body), true
}
