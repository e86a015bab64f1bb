package rest

import (
	"maps"
	"strings"

	"parley/hub"
)

// parameters are those of the path, of a list, and of the query.
func parameters(p *place) []object {
	var all []object
	for _, name := range pathNames(p.path) {
		all = append(all, object{"name": name, "in": "path", "required": true}.with(valueAt(p.path, name)))
	}
	if p.takesBody() {
		return append(all, reference("parameters", onceHeader))
	}
	for i := range p.params {
		q := &p.params[i]
		all = append(all, object{
			"name": q.name, "in": "query", "required": q.required != 0, "description": q.about, "schema": q.schema(),
		})
	}
	if p.page != nil {
		all = append(all, p.page.parameters()...)
	}
	return all
}

// sharedParameters are those of many operations.
var sharedParameters = object{
	onceHeader: object{
		"name": onceHeader, "in": "header", "required": false,
		"description": "Has a repeated request answered with what the first one made or changed, for 24 hours; of the service.",
		"schema":      object{"type": "string", "minLength": 1, "maxLength": 255, "x-code-refused": int(hub.CodeKey)},
	},
}

// pathNames are the names of a path's values, in order.
func pathNames(path string) (names []string) {
	for segment := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

func (g *paging) parameters() []object {
	query := func(name, about string, schema object) object {
		return object{"name": name, "in": "query", "required": false, "description": about, "schema": schema}
	}
	return []object{
		query("PageSize", "Entries of a page.", object{
			"type": "integer", "minimum": 1, "maximum": g.most, "default": g.otherwise, "x-code-refused": 20007,
		}),
		query("Page", "Which page, where there is no PageToken.", object{
			"type": "integer", "minimum": 0, "maximum": mostSkipped, "default": 0, "x-code-refused": codeParams,
		}),
		query("PageToken", "Where to go on, out of next_page_url.", object{
			"type": "string", "maxLength": mostToken, "x-code-refused": 19038,
		}),
	}
}

// formBody is the form of an operation.
func formBody(params []param) object {
	properties, required, order := object{}, []string{}, []string{}
	for i := range params {
		p := &params[i]
		properties[p.name] = p.schema().with(object{"description": p.about})
		order = append(order, p.name)
		if p.required != 0 {
			required = append(required, p.name)
		}
	}
	schema := object{"type": "object", "properties": properties, "x-order": order}
	if len(required) > 0 {
		schema["required"] = required
	}
	return object{
		"required": len(required) > 0,
		"content":  object{"application/x-www-form-urlencoded": object{"schema": schema}},
	}
}

// schema is what a parameter may be.
func (p *param) schema() object {
	one := p.kind.schema()
	if p.kind == sid {
		one = sidSchema(p.prefix)
	}
	if len(p.values) > 0 {
		one["enum"] = p.values
		if p.fold {
			one["x-any-case"] = true
		}
	}
	switch {
	case p.kind == texts:
		most := p.most
		if most == 0 {
			most = mostOfList
		}
		one = object{"type": "array", "items": one, "maxItems": most}
	case p.most > 0:
		one["maxLength"] = p.most
	}
	if p.null {
		one = orNullSchema(one)
	}
	return one.with(p.codes())
}

func (k kind) schema() object {
	switch k {
	case number:
		return object{"type": "integer"}
	case flag:
		return object{"type": "boolean"}
	case moment:
		return object{"type": "string", "pattern": `^\d{4}-\d\d-\d\d`, "examples": []string{"2015-12-16T22:18:37Z", "2015-12-16"}}
	case duration:
		return object{"type": "string", "format": "duration", "pattern": "^P", "examples": []string{"PT5M", "P1DT2H"}}
	case jsonText:
		return object{"type": "string", "contentMediaType": "application/json"}
	default:
		return object{"type": "string"}
	}
}

func sidSchema(prefix string) object {
	if prefix == "" {
		prefix = "[A-Z]{2}"
	}
	return object{"type": "string", "pattern": "^" + prefix + "[0-9a-fA-F]{32}$"}
}

// orNullSchema is a schema that null fits too.
func orNullSchema(s object) object {
	kind, simple := s["type"].(string)
	if !simple {
		return object{"anyOf": []object{s, {"type": "null"}}}
	}
	both := object{"type": []string{kind, "null"}}
	if values, ok := s["enum"].([]string); ok {
		var all []any
		for _, v := range values {
			all = append(all, v)
		}
		both["enum"] = append(all, nil)
	}
	return object{}.with(s).with(both)
}

// with is an object with more members, which go before its own.
func (o object) with(more object) object {
	all := maps.Clone(o)
	maps.Copy(all, more)
	return all
}
