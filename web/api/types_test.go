package api_test

import (
	"maps"
	"reflect"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// object is JSON.
type object = map[string]any

// members are those of an object, in their order.
type members []member

type member struct {
	name string // as it is written, with its mark
	kind any
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (m *members) UnmarshalYAML(node *yaml.Node) error {
	for i := 0; i+1 < len(node.Content); i += 2 {
		one := member{name: node.Content[i].Value}
		if err := node.Content[i+1].Decode(&one.kind); err != nil {
			return err
		}
		*m = append(*m, one)
	}
	return nil
}

// types turns the types of websocket.yaml into JSON Schema. Objects have a form for answers, and where that differs one for events,
// which leave out what is null or empty.
type types struct {
	objects map[string]members
	schemas object
}

func newTypes(source *source) *types {
	t := &types{objects: source.Objects, schemas: object{}}
	for name, s := range source.Types {
		t.schemas[name] = t.schema(s, false)
	}
	for name := range source.Objects {
		t.schemas[name] = t.object(source.Objects[name], false)
	}
	for name, all := range source.Objects {
		if event := t.object(all, true); !reflect.DeepEqual(event, t.schemas[name]) {
			t.schemas["Event"+name] = event
		}
	}
	return t
}

// object is the schema of an object.
func (t *types) object(all members, event bool) object {
	properties, required := object{}, []any{}
	for _, m := range all {
		if m.name == "<" {
			above := t.object(t.objects[m.kind.(string)], event)
			maps.Copy(properties, above["properties"].(object))
			required = append(required, above["required"].([]any)...)
			continue
		}
		name, kind, left := m.read(event)
		properties[name] = t.schema(kind, event)
		if !left {
			required = append(required, name)
		}
	}
	return object{"type": "object", "properties": properties, "required": required}
}

// read is a member's name without its mark, its type, and whether it may be left out.
func (m member) read(event bool) (name string, kind any, left bool) {
	if name, optional := strings.CutSuffix(m.name, "*"); optional {
		return name, m.kind, true
	}
	if name, empty := strings.CutSuffix(m.name, "~"); empty {
		return name, m.kind, event
	}
	if text, ok := m.kind.(string); ok && event && strings.HasSuffix(text, "|null") {
		return m.name, strings.TrimSuffix(text, "|null"), true
	}
	return m.name, m.kind, false
}

var sidType = regexp.MustCompile(`^[A-Z]{2}$`)

// schema is that of one type.
func (t *types) schema(kind any, event bool) object {
	if s, ok := kind.(object); ok {
		return t.choices(s, event)
	}
	text := kind.(string)
	if inner, ok := strings.CutSuffix(text, "|null"); ok {
		return object{"anyOf": []any{t.schema(inner, event), object{"type": "null"}}}
	}
	switch {
	case sidType.MatchString(text):
		return object{"type": "string", "pattern": "^" + text + "[0-9a-f]{32}$"}
	case strings.HasPrefix(text, "["):
		return object{"type": "array", "items": t.schema(strings.Trim(text, "[]"), event)}
	case strings.HasPrefix(text, "{"):
		return object{"type": "object", "additionalProperties": t.schema(strings.Trim(text, "{}"), event)}
	case strings.Contains(text, "|"):
		return object{"type": "string", "enum": toAny(strings.Split(text, "|"))}
	case text == "any":
		return object{}
	case text == strings.ToLower(text):
		return object{"type": text}
	case event && t.differs(text):
		text = "Event" + text
	}
	return object{"$ref": "#/components/schemas/" + text}
}

// differs reports whether an object has another form in events.
func (t *types) differs(name string) bool {
	all, ok := t.objects[name]
	return ok && !reflect.DeepEqual(t.object(all, false), t.object(all, true))
}

// choices is a JSON Schema as it was written, but for types in its anyOf.
func (t *types) choices(s object, event bool) object {
	all, ok := s["anyOf"].([]any)
	if !ok {
		return s
	}
	var read []any
	for _, one := range all {
		read = append(read, t.schema(one, event))
	}
	s = maps.Clone(s)
	s["anyOf"] = read
	return s
}

func toAny[T any](all []T) (list []any) {
	for _, one := range all {
		list = append(list, one)
	}
	return list
}
