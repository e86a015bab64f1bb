package api

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// object is JSON.
type object = map[string]any

// types turns the types of websocket.yaml into JSON Schema. Objects have a form for answers, and where that differs one for events,
// which leave out what is null or empty.
type types struct {
	objects map[string]object
	schemas object
}

func newTypes(source *source) *types {
	t := &types{objects: source.Objects, schemas: object{}}
	for name, s := range source.Types {
		t.schemas[name] = t.schema(s, false)
	}
	for name := range source.Objects {
		t.schemas[name] = t.members(source.Objects[name], false)
	}
	for name, members := range source.Objects {
		if event := t.members(members, true); !reflect.DeepEqual(event, t.schemas[name]) {
			t.schemas["Event"+name] = event
		}
	}
	return t
}

// members is the schema of an object.
func (t *types) members(members object, event bool) object {
	properties, required := object{}, []any{}
	for _, written := range slices.Sorted(maps.Keys(members)) {
		if written == "<" {
			above := t.members(t.objects[members[written].(string)], event)
			maps.Copy(properties, above["properties"].(object))
			required = append(required, above["required"].([]any)...)
			continue
		}
		name := strings.TrimRight(written, "*~")
		kind, left := members[written], written != name
		if text, null := strings.CutSuffix(written, "~"); null {
			name, left = text, event
		} else if text, ok := kind.(string); ok && event && !left && strings.HasSuffix(text, "|null") {
			kind, left = strings.TrimSuffix(text, "|null"), true
		}
		properties[name] = t.schema(kind, event)
		if !left {
			required = append(required, name)
		}
	}
	return object{"type": "object", "properties": properties, "required": required}
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
	members, ok := t.objects[name]
	return ok && !reflect.DeepEqual(t.members(members, false), t.members(members, true))
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
