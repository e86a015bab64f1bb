package rest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// object is JSON with its members sorted: documents are the same each time they are made.
type object map[string]any

// Document is what the table of operations says, in OpenAPI 3.1. It is committed as web/api/openapi.json; a test holds that file
// to the table, and writes it with -update.
func Document() ([]byte, error) {
	d := drawing{models: object{}}
	paths := map[string]object{}
	for _, p := range places(operations()) {
		if paths[p.path] == nil {
			paths[p.path] = object{}
		}
		paths[p.path][strings.ToLower(p.method)] = d.operation(&p)
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Parley, REST", "version": "v1",
			"description": "Twilio's Conversations API, v1, and what Parley adds to it below `/v1/parley`. " +
				"Parameters of a POST are form-encoded, answers are JSON. What an operation does not know is ignored. " +
				"An error has changed nothing, unless its code is 20500.",
			"license": object{"name": "Apache License 2.0", "identifier": "Apache-2.0"},
		},
		"servers":  []object{{"url": "/", "description": "The hub that serves this document."}},
		"security": []object{{"account": []string{}}},
		"tags":     tags(),
		"paths":    paths,
		"components": object{
			"schemas": d.all(), "responses": failures(), "headers": headers, "parameters": sharedParameters,
			"securitySchemes": securitySchemes,
		},
	})
	return text.Bytes(), err
}

// drawing is a document that is being made.
type drawing struct {
	models object // schemas by name
}

func (d *drawing) all() object {
	d.models["Error"] = problemSchema
	d.models["ListMeta"] = metaSchema
	return d.models
}

var securitySchemes = object{
	"account": object{
		"type": "http", "scheme": "basic",
		"description": "The account's sid and auth token, or an API key's sid and secret.",
	},
	"token": object{
		"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
		"description": "A user's access token; X-Twilio-Token may hold it too.",
	},
}

var headers = object{
	"Twilio-Request-Id": object{
		"description": "Names the request; it is in the hub's log too.",
		"schema":      object{"type": "string", "pattern": "^RQ[0-9a-f]{32}$"},
	},
	repeatedHeader: object{
		"description": "true: the request was carried out before, and this is its answer.", "schema": object{"const": "true"},
	},
	"Retry-After": object{
		"description": "Seconds to wait before asking again.", "schema": object{"type": "integer", "minimum": 1},
	},
}

// twin reports whether the operation stands at a path that names no service too.
func (p *place) twin() bool { return p.scoped && (p.scope == both || p.scope == parley) }

// name is the operation's name at a place: as Twilio's, with Service behind the verb where the path names one that it need not.
func (p *place) name() string {
	if !p.twin() {
		return p.id
	}
	verb := strings.IndexFunc(p.id[1:], func(r rune) bool { return r >= 'A' && r <= 'Z' }) + 1
	return p.id[:verb] + "Service" + p.id[verb:]
}

// operation draws one operation at one place.
func (d *drawing) operation(p *place) object {
	o := object{
		"operationId": p.name(), "summary": p.about, "tags": []string{p.group().name},
		"responses": d.responses(p),
	}
	if p.twin() {
		o["x-same-as"] = p.id
	}
	if all := parameters(p); len(all) > 0 {
		o["parameters"] = all
	}
	if p.takesBody() && len(p.params) > 0 {
		o["requestBody"] = formBody(p.params)
	}
	if p.body != "" {
		o["requestBody"] = object{"required": true, "content": object{p.body: object{"schema": object{}}}}
	}
	if p.stream != nil {
		o["x-stream"] = true
	}
	switch p.access {
	case byAccount:
	case byToken:
		o["security"] = []object{{"account": []string{}}, {"token": []string{}}}
	case byLink:
		o["security"] = []object{}
	}
	return o
}

// responses are what may come of an operation.
func (d *drawing) responses(p *place) object {
	good := object{"description": http.StatusText(p.status), "headers": references("headers", p.headers()...)}
	if p.answer != nil {
		good["content"] = object{"application/json": object{"schema": d.answer(p)}}
	}
	if p.stream != nil && p.answer == nil && p.status != http.StatusNoContent {
		good["content"] = object{"*/*": object{"schema": object{}}}
	}
	all := object{strconv.Itoa(p.status): good}
	for _, status := range p.failures() {
		all[strconv.Itoa(status)] = reference("responses", failureNames[status])
	}
	return all
}

func (p *place) headers() []string {
	if p.takesBody() {
		return []string{"Twilio-Request-Id", repeatedHeader}
	}
	return []string{"Twilio-Request-Id"}
}

func reference(kind, name string) object { return object{"$ref": "#/components/" + kind + "/" + name} }

func references(kind string, names ...string) object {
	all := object{}
	for _, name := range names {
		all[name] = reference(kind, name)
	}
	return all
}
