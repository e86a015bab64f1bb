package api_test

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

const serviceSegment = "/Services/{ChatServiceSid}"

// operation is one of the document.
type operation struct {
	*openapi3.Operation
	method, path string
	base         string // its id, without the Service of those that also stand outside of a service
	params       []param
	required     []string
	query        bool // the parameters are the query's
}

// param is a parameter that is no part of the path.
type param struct {
	name   string
	schema *openapi3.Schema
}

// readOperations are the operations of the document, by path, those that make things first.
func readOperations(t *testing.T) (all []*operation) {
	t.Helper()
	doc := readOpenAPI(t)
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			one := &operation{Operation: o, method: method, path: path, base: o.OperationID}
			if twin, ok := o.Extensions["x-same-as"].(string); ok {
				one.base = twin
			}
			one.readParams()
			all = append(all, one)
		}
	}
	order := []string{http.MethodPost, http.MethodGet, http.MethodDelete}
	slices.SortFunc(all, func(a, b *operation) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(slices.Index(order, a.method), slices.Index(order, b.method)))
	})
	return all
}

func (o *operation) readParams() {
	for _, p := range o.Parameters {
		if p.Value.In == openapi3.ParameterInQuery {
			o.query = true
			o.params = append(o.params, param{p.Value.Name, p.Value.Schema.Value})
			if p.Value.Required {
				o.required = append(o.required, p.Value.Name)
			}
		}
	}
	if o.RequestBody == nil {
		return
	}
	form := o.RequestBody.Value.Content["application/x-www-form-urlencoded"]
	if form == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(form.Schema.Value.Properties)) {
		o.params = append(o.params, param{name, form.Schema.Value.Properties[name].Value})
	}
	o.required = form.Schema.Value.Required
}

// success is the status of an operation that does what it is for.
func (o *operation) success() string {
	for status := range o.Responses.Map() {
		if status[0] == '2' {
			return status
		}
	}
	return ""
}

// isList reports whether it answers a page of a list.
func (o *operation) isList() bool {
	return slices.ContainsFunc(o.params, func(p param) bool { return p.name == "PageSize" })
}

// code is one of the codes that the document gives for a parameter, 0 where it gives none.
func (p *param) code(name string) int {
	code, _ := p.schema.Extensions["x-code-"+name].(float64)
	return int(code)
}

// sidPrefix is what the sids of a path's value begin with, "" where it is no sid.
func (o *operation) sidPrefix(name string) string {
	p := o.Parameters.GetByInAndName(openapi3.ParameterInPath, name)
	prefix, _ := p.Schema.Value.Extensions["x-sid"].(string)
	return prefix
}

// bad are values that a parameter must refuse, and with which code: 0 for any.
func (p *param) bad() (all []badValue) {
	refused := func(values ...string) { all = append(all, badValue{values, p.code("refused")}) }
	s := p.schema
	nullable := s.Type.Includes("null")
	if s.MaxLength != nil && p.code("long") > 0 {
		long := strings.Repeat("x", int(*s.MaxLength)+1)
		if s.ContentMediaType != "" {
			long = `"` + long + `"`
		}
		all = append(all, badValue{[]string{long}, p.code("long")})
	}
	switch {
	case s.Type.Includes("array"):
		refused(slices.Repeat([]string{"x"}, int(*s.MaxItems)+1)...)
		if len(s.Items.Value.Enum) > 0 {
			refused("no such value")
		}
	case s.Type.Includes("integer"):
		refused("x")
		refused("1.5")
		if s.Min != nil {
			refused("-1")
		}
		if s.Max != nil {
			refused("1000000")
		}
	case s.Type.Includes("boolean"), s.Pattern != "", s.ContentMediaType != "", len(s.Enum) > 0, p.name == "PageToken":
		refused("{no such value")
	}
	if !nullable && (s.Pattern != "" || s.ContentMediaType != "") {
		refused("")
	}
	unstorable := 20001
	if p.paging() { // which is never kept
		unstorable = p.code("refused")
	}
	return append(all, badValue{[]string{"\xff"}, unstorable}, badValue{[]string{"a\x00b"}, unstorable})
}

// paging reports whether it says which page of a list is asked for.
func (p *param) paging() bool { return strings.HasPrefix(p.name, "Page") }

type badValue struct {
	values []string
	code   int
}
