package rest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"parley/hub"
)

// node is a point in the tree of paths. A literal segment goes before one that stands for any.
type node struct {
	literal map[string]*node
	any     *node
	methods map[string]*place
}

// plan makes the tree of all places.
func plan(all []place) *node {
	root := &node{}
	for i := range all {
		n := root
		for segment := range strings.SplitSeq(all[i].path, "/") {
			n = n.down(segment)
		}
		if n.methods == nil {
			n.methods = map[string]*place{}
		}
		n.methods[all[i].method] = &all[i]
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

// route finds the place of a request, and what its path holds.
func (a *API) route(method, path string) (*call, error) {
	segments := strings.Split(path, "/")
	n := a.routes.find(segments)
	if n == nil {
		return nil, absent(path)
	}
	if method == http.MethodHead { // net/http leaves the body out
		method = http.MethodGet
	}
	p := n.methods[method]
	if p == nil {
		return nil, &problem{status: http.StatusMethodNotAllowed, code: codeMethod, msg: "method not allowed", allow: n.allow()}
	}
	c := &call{api: a, place: p, path: map[string]string{}, self: path}
	for i, name := range strings.Split(p.path, "/") {
		if !strings.HasPrefix(name, "{") {
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, absent(path)
		}
		if unstorable(value) {
			return nil, hub.Errorf(hub.CodeInvalidParams, "the path holds text that is not valid UTF-8, or U+0000")
		}
		c.path[strings.Trim(name, "{}")] = value
	}
	return c, nil
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
