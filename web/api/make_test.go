package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "write asyncapi.json")

// source is websocket.yaml.
type source struct {
	Types   map[string]any
	Objects map[string]members
	Methods map[string]struct {
		Params members
		Result yaml.Node // none: a notification
	}
	Events map[string]struct {
		Durable bool
		Params  members
	}
	About map[string]string
}

func readSource(t *testing.T) *source {
	t.Helper()
	text, err := os.ReadFile("websocket.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var s source
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil {
		t.Fatal(err)
	}
	for name, e := range s.Events {
		if e.Durable {
			e.Params = append(members{{"conversation_sid", "CH"}, {"revision", "Revision"}, {"replay*", "boolean"}}, e.Params...)
			s.Events[name] = e
		}
	}
	return &s
}

// TestAsyncAPIIsCurrent: the committed document is what websocket.yaml and docs/protocol.md say.
func TestAsyncAPIIsCurrent(t *testing.T) {
	s := readSource(t)
	d := drawing{types: newTypes(s), about: s.About, page: readProtocol(t), messages: object{}, operations: object{}}
	d.draw(s)
	d.prune()
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(d.document()); err != nil {
		t.Fatal(err)
	}
	const file = "asyncapi.json"
	if *update {
		if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if committed, err := os.ReadFile(file); err != nil || !bytes.Equal(committed, text.Bytes()) {
		t.Errorf("%s is not what websocket.yaml and docs/protocol.md say: go test -run '^TestAsyncAPIIsCurrent$' ./web/api -update (%v)", file, err)
	}
}

// drawing is a document that is being made.
type drawing struct {
	*types
	about                map[string]string
	page                 protocol
	messages, operations object
}

func (d *drawing) draw(s *source) {
	var durable []any
	for name, e := range s.Events {
		d.event(name, e.Params)
		if e.Durable {
			durable = append(durable, ref("messages", name+"/payload", "components"))
		}
	}
	slices.SortFunc(durable, func(a, b any) int { return strings.Compare(a.(object)["$ref"].(string), b.(object)["$ref"].(string)) })
	d.schemas["Change"] = object{"description": "An event, as a replay would bring it.", "anyOf": durable}
	d.schemas["Id"] = object{
		"description": "Names the request; comes back as it was.",
		"anyOf":       []any{object{"type": "string", "maxLength": 256}, object{"type": "number"}, object{"type": "null"}},
	}
	d.messages["error"] = message("error", "A refusal.", object{"id": d.schema("Id", false), "error": d.errorObject()}, "id", "error")
	for name, m := range s.Methods {
		d.method(name, m.Params, &m.Result)
	}
}

func (d *drawing) event(name string, params members) {
	d.messages[name] = message(name, d.about[name], object{"method": object{"const": name}, "params": d.object(params, true)}, "method", "params")
	o := object{
		"action": "send", "channel": ref("channels", "socket"), "messages": []any{channelRef(name)}, "summary": d.about[name],
		"tags": []any{object{"name": "Events"}},
	}
	if more := d.page.rows[name].cell(1); more != "" {
		o["description"] = sentence(more)
	}
	d.operations[name] = o
}

func (d *drawing) method(name string, params members, result *yaml.Node) {
	row := d.page.rows[name]
	properties := object{"id": d.schema("Id", false), "method": object{"const": name}, "params": d.object(params, false)}
	needs := []any{"method"}
	if len(properties["params"].(object)["required"].([]any)) > 0 {
		needs = append(needs, "params")
	}
	o := object{
		"action": "receive", "channel": ref("channels", "socket"), "messages": []any{channelRef(name)},
		"tags": []any{object{"name": row.heading}}, "summary": d.about[name],
	}
	if more := row.described(); more != "" {
		o["description"] = more
	}
	if result.IsZero() {
		delete(properties, "id")
	} else {
		o["reply"] = object{
			"channel": ref("channels", "socket"), "messages": []any{channelRef(name + ".result"), channelRef("error")},
		}
		d.messages[name+".result"] = message(name+".result", "The answer to "+name+".",
			object{"id": d.schema("Id", false), "result": d.result(result)}, "id", "result")
	}
	d.operations[name] = o
	d.messages[name] = message(name, d.about[name], properties, needs...)
}

// result is the schema of a method's answer: a type, or the members of an object.
func (d *drawing) result(result *yaml.Node) object {
	var kind any
	var all members
	switch err := errors.Join(result.Decode(&kind), result.Decode(&all)); {
	case err != nil:
		panic(err)
	case result.Kind == yaml.ScalarNode || all[0].name == "anyOf":
		return d.schema(kind, false)
	default:
		return d.object(all, false)
	}
}

func (d *drawing) errorObject() object {
	var codes []any
	for _, n := range d.page.codes(-40000, 100000, "Errors") {
		codes = append(codes, n)
	}
	return object{
		"type": "object", "required": []any{"code", "message", "data"},
		"properties": object{
			"code": object{"type": "integer", "enum": codes}, "message": object{"type": "string", "description": "For people."},
			"data": object{
				"type": "object", "required": []any{"status", "definite"},
				"properties": object{
					"status":      object{"type": "integer", "description": "What the same failure is over HTTP."},
					"definite":    object{"type": "boolean", "description": "This attempt changed nothing and will not."},
					"retry_after": object{"type": "integer", "description": "Seconds to wait.", "minimum": 0},
				},
			},
		},
	}
}

// message is one of JSON-RPC 2.0.
func message(name, about string, properties object, needs ...any) object {
	properties["jsonrpc"] = object{"const": "2.0"}
	m := object{"name": name, "payload": object{
		"type": "object", "required": append([]any{"jsonrpc"}, needs...), "properties": properties,
	}}
	if about != "" {
		m["summary"] = about
	}
	return m
}

// prune drops the schemas that nothing needs.
func (d *drawing) prune() {
	needed := object{}
	var walk func(value any)
	walk = func(value any) {
		switch value := value.(type) {
		case object:
			address, _ := value["$ref"].(string)
			if name, ok := strings.CutPrefix(address, "#/components/schemas/"); ok && needed[name] == nil {
				needed[name] = d.schemas[name]
				walk(needed[name])
			}
			for _, v := range value {
				walk(v)
			}
		case []any:
			for _, v := range value {
				walk(v)
			}
		}
	}
	walk(d.messages)
	d.schemas = needed
}

func (d *drawing) document() object {
	channel := object{}
	for name := range d.messages {
		channel[name] = ref("messages", name, "components")
	}
	return object{
		"asyncapi": "3.0.0", "defaultContentType": "application/json",
		"info": object{
			"title": "Parley, websocket", "version": "v1",
			"license": object{"name": "Apache License 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
			"description": "Text frames of JSON-RPC 2.0, subprotocol `parley.v1.json`. A frame holds one message or an array of them, in both " +
				"directions. The first request is `connect`. Answers show every member, null where there is nothing; events leave out what is null " +
				"or empty. Members may be added: pass over those that you do not know.",
		},
		"servers": object{"hub": object{"host": "localhost:8080", "protocol": "ws", "description": "A hub."}},
		"channels": object{"socket": object{
			"address": "/v1/ws", "title": "The websocket", "servers": []any{ref("hub", "", "servers")},
			"bindings": object{"ws": object{"method": "GET"}}, "messages": channel,
		}},
		"operations":    d.operations,
		"components":    object{"messages": d.messages, "schemas": d.schemas},
		"x-error-codes": d.errorCodes(), "x-close-codes": d.closeCodes(),
	}
}

func (d *drawing) errorCodes() (all []any) {
	for _, n := range d.page.codes(-40000, 100000, "Errors") {
		row := d.page.rows[strconv.Itoa(n)]
		status, _ := strconv.Atoi(row.cell(0))
		all = append(all, object{
			"code": n, "status": status, "definite": row.cell(1) == "yes", "retry": row.cell(2) == "yes", "meaning": row.cell(3),
		})
	}
	return all
}

func (d *drawing) closeCodes() (all []any) {
	for _, n := range d.page.codes(1000, 5000, "Closes") {
		row := d.page.rows[strconv.Itoa(n)]
		all = append(all, object{"code": n, "why": row.cell(0), "client": row.cell(1)})
	}
	return all
}

// ref is a reference to a part of the document.
func ref(kind, name string, above ...string) object {
	path := append(slices.Clone(above), kind)
	if name != "" {
		path = append(path, name)
	}
	return object{"$ref": "#/" + strings.Join(path, "/")}
}

func channelRef(name string) object { return ref("messages", name, "channels", "socket") }
