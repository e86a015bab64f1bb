package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/hub"
)

// entry is what the test must know of an operation beyond the document.
type entry struct {
	form []string // parameters of a valid call: name, value, name, value ...; $n in it is a number never used before
}

// world is a place with what was made in it so far.
type world struct {
	*place
	operations map[string]*operation // by method and path
	made       map[string]string     // by path
	n          int
}

func newWorld(t *testing.T, e engine, all []*operation) *world {
	t.Helper()
	w := &world{place: newPlace(t, e), operations: map[string]*operation{}, made: map[string]string{}}
	for _, o := range all {
		w.operations[o.method+" "+o.path] = o
	}
	return w
}

// number is one that was never used before.
func (w *world) number() int {
	w.n++
	return w.n
}

// form are the parameters of a valid call.
func (w *world) form(t *testing.T, o *operation) url.Values {
	t.Helper()
	own, _ := w.serviceOf(o)
	return w.formIn(t, o, own)
}

func (w *world) formIn(t *testing.T, o *operation, service hub.ServiceSID) url.Values {
	t.Helper()
	values, n := url.Values{}, fmt.Sprint(w.number())
	pairs := entries[o.base].form
	for i := 0; i+1 < len(pairs); i += 2 {
		value := strings.ReplaceAll(pairs[i+1], "$n", n)
		if kind, ok := strings.CutPrefix(value, "$"); ok && !strings.HasPrefix(kind, "{") {
			value = w.role(t, service, hub.RoleType(kind))
		}
		values.Add(pairs[i], value)
	}
	return values
}

// role is one of a service, of a type.
func (w *world) role(t *testing.T, service hub.ServiceSID, kind hub.RoleType) string {
	t.Helper()
	s, err := w.hub.Service(t.Context(), service)
	if err != nil {
		t.Fatal(err)
	}
	if kind == hub.RoleService {
		return string(s.DefaultUserRole)
	}
	return string(s.DefaultMemberRole)
}

// fill puts values into an operation's path: things of a service that were made for it, where fresh is set by this call, but
// for those that others hang below.
func (w *world) fill(t *testing.T, o *operation, service hub.ServiceSID, fresh bool) string {
	t.Helper()
	path, template := "", ""
	segments := strings.Split(strings.TrimPrefix(o.path, "/"), "/")
	for i, segment := range segments {
		last := i == len(segments)-1
		if strings.HasPrefix(segment, "{") {
			segment = w.value(t, template, path, strings.Trim(segment, "{}"), service, fresh && last)
		}
		path, template = path+"/"+segment, template+"/"+segments[i]
	}
	return path
}

// value is one value of a path.
func (w *world) value(t *testing.T, template, path, name string, service hub.ServiceSID, fresh bool) string {
	t.Helper()
	if name == "ChatServiceSid" {
		return string(service)
	}
	if value, known := constants[name]; known {
		return value
	}
	if sid := w.made[path]; sid != "" && !fresh {
		return sid
	}
	sid := w.make(t, template, path, service)
	if !fresh {
		w.made[path] = sid
	}
	return sid
}

// make makes a thing in a collection, and gives its sid.
func (w *world) make(t *testing.T, template, path string, service hub.ServiceSID) string {
	t.Helper()
	if special := makers[template[strings.LastIndexByte(template, '/')+1:]]; special != nil {
		return special(t, w, service, path)
	}
	o := w.operations[http.MethodPost+" "+template]
	if o == nil {
		t.Fatalf("nothing is known that makes what is in %s: it needs a line in makers", template)
	}
	a := w.send(t, o.method, path, w.formIn(t, o, service))
	sid, _ := a.value["sid"].(string)
	if a.status/100 != 2 || sid == "" {
		t.Fatalf("%s: making one in %s: %d %s", o.OperationID, path, a.status, a.text)
	}
	return sid
}

// serviceOf is whose things an operation is tried with: those in a service's path are not of the default one.
func (w *world) serviceOf(o *operation) (own, foreign hub.ServiceSID) {
	if strings.Contains(o.path, serviceSegment) {
		return w.other, w.home
	}
	return w.home, w.other
}
