package rest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/hub"
)

// node is a place in the tree of paths. A literal segment goes before one that stands for any.
type node struct {
	literal map[string]*node
	any     *node
	methods map[string]*operation
}

// plan makes the tree of a table.
func plan(table []operation) *node {
	root := &node{}
	for i := range table {
		n := root
		for segment := range strings.SplitSeq(table[i].path, "/") {
			n = n.down(segment)
		}
		if n.methods == nil {
			n.methods = map[string]*operation{}
		}
		n.methods[table[i].method] = &table[i]
	}
	return root
}

func (n *node) down(segment string) *node {
	if strings.HasPrefix(segment, "{") {
		if n.any == nil {
			n.any = &node{}
		}
		return n.any
	}
	if n.literal == nil {
		n.literal = map[string]*node{}
	}
	if n.literal[segment] == nil {
		n.literal[segment] = &node{}
	}
	return n.literal[segment]
}

// find walks along a path. An empty segment is no value.
func (n *node) find(segments []string) *node {
	if len(segments) == 0 {
		if n.methods == nil {
			return nil
		}
		return n
	}
	if next := n.literal[segments[0]]; next != nil {
		if found := next.find(segments[1:]); found != nil {
			return found
		}
	}
	if n.any == nil || segments[0] == "" {
		return nil
	}
	return n.any.find(segments[1:])
}

// route finds the operation of a request, and what its path holds.
func (a *API) route(r *http.Request) (*operation, *call, error) {
	path := r.URL.EscapedPath()
	segments := strings.Split(path, "/")
	n := a.routes.find(segments)
	if n == nil {
		return nil, nil, absent(path)
	}
	op := n.methods[r.Method]
	if op == nil {
		return nil, nil, &problem{
			status: http.StatusMethodNotAllowed, code: codeMethod, msg: "method not allowed", allow: n.allow(),
		}
	}
	c := &call{values: map[string]string{}, service: a.service}
	for i, name := range strings.Split(op.path, "/") {
		if !strings.HasPrefix(name, "{") {
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, nil, absent(path)
		}
		if !utf8.ValidString(value) || strings.ContainsRune(value, 0) { // no store keeps it (rule R8)
			return nil, nil, hub.Errorf(hub.CodeInvalidParams, "the path holds text that is not valid UTF-8, or U+0000")
		}
		c.values[strings.Trim(name, "{}")] = value
	}
	if service, named := c.values["service"]; named {
		c.service = hub.ServiceSID(service)
	}
	return op, c, nil
}

// allow lists the methods of a path.
func (n *node) allow() string {
	var all []string
	for method := range n.methods {
		all = append(all, method)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
