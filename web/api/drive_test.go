package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"parley/hub"
)

// TestOperations has a real hub do every operation of the document: as it should be, and in each way in which it should not.
func TestOperations(t *testing.T) {
	all := slices.DeleteFunc(readOperations(t), func(o *operation) bool {
		return o.Extensions["x-stream"] == true // what is no form and no JSON has tests of its own
	})
	known := map[string]bool{}
	for _, o := range all {
		if _, ok := entries[o.base]; !ok {
			t.Errorf("%s %s (%s) has no line in entries", o.method, o.path, o.base)
		}
		known[o.base] = true
	}
	for id := range entries {
		if !known[id] {
			t.Errorf("entries has a line for %s, which is no operation", id)
		}
	}
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, open(t), all)
			for _, o := range all { // nothing is removed yet: what is made for one serves others
				t.Run(o.OperationID+"/refused", func(t *testing.T) { w.refuse(t, o) })
			}
			for _, removes := range []bool{false, true} { // what is removed is purged later, which is a change too
				for _, o := range all {
					if removes == (o.method == http.MethodDelete) {
						t.Run(o.OperationID, func(t *testing.T) { w.accept(t, o) })
					}
				}
			}
		})
	}
}

// accept does an operation as it should be.
func (w *world) accept(t *testing.T, o *operation) {
	t.Helper()
	own, _ := w.serviceOf(o)
	path := w.fill(t, o, own, o.method == http.MethodDelete)
	if o.isList() {
		w.make(t, o.path, path, own)
	}
	form, how := w.form(t, o), manner{}
	if o.method == http.MethodPost {
		how.key = fmt.Sprint("key ", w.number())
	}
	a := w.sendWith(t, o.method, path, form, how)
	if strconv.Itoa(a.status) != o.success() {
		t.Fatalf("%d %s", a.status, a.text)
	}
	o.hold(t, path, a)
	if o.isList() {
		for began := time.Now(); a.value["meta"].(object)["complete"] == false && time.Since(began) < time.Minute; {
			a = w.send(t, o.method, path, form) // the index of words follows at a distance
		}
		w.walk(t, o, path, a.value[key(a)].([]any))
	}
	if how.key != "" {
		w.repeat(t, o, path, form, how, a)
	}
}

// repeat does an operation again under the same key: nothing more happens, and the answer is what it was.
func (w *world) repeat(t *testing.T, o *operation, path string, form url.Values, how manner, first *answer) {
	t.Helper()
	before := w.dump(t)
	a := w.sendWith(t, o.method, path, form, how)
	if a.status != first.status || a.text != first.text || a.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("again: %d %v %s, not %d %s", a.status, a.header, a.text, first.status, first.text)
	}
	if after := w.dump(t); !slices.Equal(before, after) {
		t.Errorf("again: changed\n%s", strings.Join(difference(before, after), "\n"))
	}
}

func key(a *answer) string {
	name, _ := a.value["meta"].(object)["key"].(string)
	return name
}

// walk turns the pages of a list, one entry each, and compares what is on them with what one page holds.
func (w *world) walk(t *testing.T, o *operation, path string, entries []any) {
	t.Helper()
	form := w.form(t, o)
	form.Set("PageSize", "1")
	a := w.send(t, o.method, path, form)
	var seen []any
	for len(seen) <= len(entries) {
		o.hold(t, path, a)
		seen = append(seen, a.value[key(a)].([]any)...)
		next, _ := a.value["meta"].(object)["next_page_url"].(string)
		if next == "" {
			break
		}
		a = w.send(t, o.method, next, nil)
	}
	if len(entries) == 0 || !reflect.DeepEqual(seen, entries) {
		t.Errorf("%s has on one page\n%v, on pages of one\n%v", path, entries, seen)
	}
}

// attempt is a call that must fail.
type attempt struct {
	what string
	path string
	form url.Values
	manner
	status int
	code   int // 0: any
}

// refuse does an operation in each way in which it should not be, and sees that nothing comes of it.
func (w *world) refuse(t *testing.T, o *operation) {
	t.Helper()
	attempts := w.attempts(t, o)
	before := w.dump(t)
	if len(before) == 0 {
		t.Fatal("no rows are seen")
	}
	var tried []string
	for _, try := range attempts {
		a := w.sendWith(t, o.method, try.path, try.form, try.manner)
		at := fmt.Sprintf("%s (%s %s %.200s)", try.what, o.method, try.path, try.form.Encode())
		if a.status != try.status || try.code != 0 && a.code() != try.code {
			t.Errorf("%s: %d %s, want %d and %d", at, a.status, a.text, try.status, try.code)
		}
		o.hold(t, at, a)
		tried = append(tried, at)
	}
	if after := w.dump(t); !slices.Equal(before, after) { // seldom enough for each operation: engines are slow under -race
		t.Errorf("%s\nchanged\n%s", strings.Join(tried, "\n"), strings.Join(difference(before, after), "\n"))
	}
}

// difference are the lines that one has and the other has not.
func difference(a, b []string) (lines []string) {
	for _, line := range a {
		if !slices.Contains(b, line) {
			lines = append(lines, "- "+line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			lines = append(lines, "+ "+line)
		}
	}
	return lines
}

// attempts are the ways in which an operation must fail.
func (w *world) attempts(t *testing.T, o *operation) []attempt {
	t.Helper()
	own, _ := w.serviceOf(o)
	path := w.fill(t, o, own, false)
	all := append(w.strangers(t, o, path), attempt{
		what: "nobody", path: path, form: w.form(t, o), manner: manner{nobody: true}, status: 401, code: 20003,
	})
	if header := o.Parameters.GetByInAndName(openapi3.ParameterInHeader, "Idempotency-Key"); header != nil {
		long := strings.Repeat("k", int(*header.Schema.Value.MaxLength)+1)
		all = append(all, attempt{what: "key too long", path: path, form: w.form(t, o), manner: manner{key: long}, status: 400, code: 50251})
	}
	for _, p := range o.params {
		for _, try := range w.wrong(t, o, p) {
			try.path = path
			all = append(all, try)
		}
	}
	return all
}

// wrong are the ways in which one parameter must fail.
func (w *world) wrong(t *testing.T, o *operation, p param) (all []attempt) {
	t.Helper()
	try := func(what string, status, code int, values ...string) {
		form := w.form(t, o)
		if form[p.name] = values; values == nil {
			delete(form, p.name)
		}
		all = append(all, attempt{what: p.name + " " + what, form: form, status: status, code: code})
	}
	if slices.Contains(o.required, p.name) {
		try("missing", 400, p.code("missing"))
		try("empty", 400, p.code("missing"), "")
	}
	if strings.Contains(p.schema.Pattern, "RL[") {
		_, foreign := w.serviceOf(o)
		try("unknown", 404, 0, "RL"+strings.Repeat("0", 31)+"9")
		try("foreign", 404, 0, w.role(t, foreign, hub.RoleService))
		try("foreign too", 404, 0, w.role(t, foreign, hub.RoleConversation))
	}
	for _, bad := range p.bad() {
		try(fmt.Sprintf("is %.20q", bad.values[0]), 400, bad.code, bad.values...)
	}
	return all
}

// strangers put into each place of a path what is not there: a sid that nothing has, one of another tenant, and one that hangs
// below something else.
func (w *world) strangers(t *testing.T, o *operation, path string) (all []attempt) {
	t.Helper()
	own, foreign := w.serviceOf(o)
	ours, theirs := strings.Split(path, "/"), strings.Split(w.fill(t, o, foreign, false), "/")
	below := false // something of the path before
	var elsewhere []string
	for i, segment := range strings.Split(o.path, "/") {
		name := strings.Trim(segment, "{}")
		if name == segment || o.sidPrefix(name) == "" {
			continue
		}
		try := func(what, value string) {
			if value != ours[i] {
				changed := slices.Clone(ours)
				changed[i] = value
				all = append(all, attempt{
					what: what + " " + name, path: strings.Join(changed, "/"), form: w.form(t, o), status: 404, code: 20404,
				})
			}
		}
		try("unknown", o.sidPrefix(name)+strings.Repeat("0", 31)+"9")
		if name == "ChatServiceSid" {
			continue
		}
		if try("foreign", theirs[i]); below {
			if elsewhere == nil {
				elsewhere = strings.Split(w.afresh(t, o, own), "/")
			}
			try("misplaced", elsewhere[i])
		}
		below = true
	}
	return all
}

// afresh is fill with nothing that was made for others.
func (w *world) afresh(t *testing.T, o *operation, service hub.ServiceSID) string {
	t.Helper()
	made := w.made
	defer func() { w.made = made }()
	w.made = map[string]string{}
	return w.fill(t, o, service, false)
}
