package api

import (
	"cmp"
	"slices"
	"strings"
)

// restPage is what the page of REST shows.
type restPage struct {
	About  string
	Groups []group
	Models []model
}

// A group is what belongs together.
type group struct {
	Name, About string
	Operations  []operation
}

// ID is the group's place in its page.
func (g group) ID() string { return anchor(g.Name) }

func anchor(name string) string {
	return strings.ToLower(strings.NewReplacer(" ", "-", ",", "").Replace(name))
}

// An operation is one request and what may come of it.
type operation struct {
	ID, Method, Path, About string
	Service                 string // the same within a service that is named; "" for none
	Params                  []paramList
	Status                  string // of success
	Answer                  kind   // nil: nothing
	List                    string // of lists: the member with the entries
	Failures                []failure
}

// paramList are the parameters that come in the same way.
type paramList struct {
	In      string
	Members []member
}

type failure struct{ Status, About string }

// A model is an object that others refer to.
type model struct {
	Name, About string
	Kind        kind // where it is no object
	Members     []member
}

// newRESTPage reads the document of REST.
func newRESTPage(d schema) *restPage {
	p := &restPage{About: d.in("info").text("description"), Models: models(d)}
	byTag := map[string][]operation{}
	paths, twins := d.in("paths"), map[string]string{}
	for path := range paths {
		for method := range paths.in(path) {
			twins[paths.in(path, method).text("x-same-as")] = path
		}
	}
	for path := range paths {
		for method := range paths.in(path) {
			o := paths.in(path, method)
			if o.text("x-same-as") != "" {
				continue // shown with what it is the same as
			}
			shown := readOperation(d, method, path, o)
			shown.Service = twins[shown.ID]
			tag := o.texts("tags")[0]
			byTag[tag] = append(byTag[tag], shown)
		}
	}
	for _, one := range d.list("tags") {
		tag, _ := one.(map[string]any)
		g := group{Name: schema(tag).text("name"), About: schema(tag).text("description")}
		if g.Operations = byTag[g.Name]; len(g.Operations) > 0 {
			slices.SortFunc(g.Operations, inOrder)
			p.Groups = append(p.Groups, g)
		}
	}
	return p
}

// inOrder puts what makes things first, then what reads, changes and removes them.
func inOrder(a, b operation) int {
	rank := func(o operation) int {
		return slices.Index([]string{"get", "post", "delete"}, strings.ToLower(o.Method))
	}
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(rank(a), rank(b)))
}

func readOperation(d schema, method, path string, o schema) operation {
	shown := operation{ID: o.text("operationId"), Method: strings.ToUpper(method), Path: path, About: o.text("summary")}
	shown.Params = parameters(d, o)
	responses := o.in("responses")
	for status := range responses {
		r := responses.in(status)
		if status[0] != '2' {
			about := d.in("components", "responses", r.model()).text("description")
			shown.Failures = append(shown.Failures, failure{status, about})
			continue
		}
		shown.Status = status
		shown.answer(r.in("content"))
	}
	slices.SortFunc(shown.Failures, func(a, b failure) int { return cmp.Compare(a.Status, b.Status) })
	return shown
}

// answer reads what comes of success.
func (o *operation) answer(content schema) {
	for media := range content {
		s := content.in(media, "schema")
		if media != "application/json" {
			o.Answer = words(media)
			return
		}
		o.Answer = s.kind()
		for name := range s.in("properties") {
			if s.in("properties", "meta") != nil && name != "meta" {
				o.List, o.Answer = name, s.in("properties", name).kind()
			}
		}
	}
}

// parameters are all of an operation, by the way in which they come.
func parameters(d, o schema) (all []paramList) {
	byWay := map[string][]member{}
	for _, one := range o.list("parameters") {
		p := schema(one.(map[string]any))
		if name := p.model(); name != "" {
			p = d.in("components", "parameters", name)
		}
		m := p.in("schema").member(p.text("name"))
		m.About, m.Required = p.text("description"), p["required"] == true
		byWay[p.text("in")] = append(byWay[p.text("in")], m)
	}
	for media := range o.in("requestBody", "content") {
		byWay["body"] = o.in("requestBody", "content", media, "schema").members()
	}
	for _, way := range []string{"path", "query", "body", "header"} {
		if len(byWay[way]) > 0 {
			all = append(all, paramList{way, byWay[way]})
		}
	}
	return all
}

// models are the schemas of a document, by name.
func models(d schema) (all []model) {
	schemas := d.in("components", "schemas")
	for name := range schemas {
		s := schemas.in(name)
		m := model{Name: name, About: s.text("description"), Members: s.members()}
		if len(m.Members) == 0 {
			m.Kind = s.kind()
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b model) int { return cmp.Compare(a.Name, b.Name) })
	return all
}
