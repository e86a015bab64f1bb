package twiliotest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// step is one call of testdata/scenario.json, which says what its members mean.
type step struct {
	Do        string
	At        []string
	With      map[string]any
	As        string
	Is, Each  map[string]any
	Null      []string // may be null
	Once      []string // what an answer to reading alone says
	SIDs      *[]any
	Has       []any
	Key       string // what of an entry is listed, sid if it is not said
	Unordered bool
	Fails     *struct {
		Code, Status int
		Message      string
	}
}

// pageSize is how many entries a page of the scenario's lists holds.
const pageSize = 2

// scenario is a run of the steps.
type scenario struct {
	*world
	vars    map[string]string
	service string          // of scoped calls, "" for the default one
	called  map[string]bool // methods of the library
	at      string          // the step, for failures
}

// TestScenario has Twilio's library for Go do all that it can.
func TestScenario(t *testing.T) { everywhere(t, (*world).scenario) }

func (w *world) scenario() {
	text, err := os.ReadFile("testdata/scenario.json")
	w.ok(err)
	var all struct{ Both, Once []step }
	w.ok(json.Unmarshal(text, &all))
	own, err := w.api.CreateService(named("a tenant"))
	w.ok(err)
	s := &scenario{world: w, vars: w.prepared(), called: map[string]bool{"CreateService": true}}
	for n, service := range []string{"", *own.Sid} {
		s.vars["n"], s.service = fmt.Sprint(n), service
		s.run(all.Both)
		s.api = s.as(apiKey, apiSecret) // the rest is asked for with a key
	}
	s.service = ""
	s.run(all.Once)
	s.complete()
}

func (s *scenario) run(steps []step) {
	for i := range steps {
		s.at = fmt.Sprintf("%s in %q, step %d", steps[i].Do, s.service, i)
		s.step(&steps[i])
		if s.Failed() {
			s.Fatalf("that was %s: %s", s.at, s.was.body)
		}
	}
}

// fill puts what earlier steps made in the place of $name, anywhere in a value.
func (s *scenario) fill(v any) any {
	switch v := v.(type) {
	case string:
		for _, name := range slices.SortedFunc(maps.Keys(s.vars), func(a, b string) int { return len(b) - len(a) }) {
			v = strings.ReplaceAll(v, "$"+name, s.vars[name])
		}
		return v
	case []any:
		filled := make([]any, len(v))
		for i := range v {
			filled[i] = s.fill(v[i])
		}
		return filled
	case map[string]any:
		filled := map[string]any{}
		for k := range v {
			filled[k] = s.fill(v[k])
		}
		return filled
	}
	return v
}

func (s *scenario) step(st *step) {
	s.Helper()
	with, _ := s.fill(st.With).(map[string]any)
	s.was.requests = 0
	answer, err := s.call(st.Do, st.At, with)
	switch verb := st.Do; {
	case st.Fails != nil:
		s.failed(err, st)
	case err != nil:
		s.Errorf("%s: %v", s.at, err)
	case strings.HasPrefix(verb, "List"):
		s.listed(answer, st)
	case strings.HasPrefix(verb, "Delete"):
		if verb != "DeleteUserConversation" && verb != "DeleteServiceBinding" {
			_, err := s.call("Fetch"+strings.TrimPrefix(verb, "Delete"), st.At, nil)
			s.refused(s.at+", read thereafter", err, 20404, 404)
		}
	default:
		s.whole(answer, st.Null...)
		got := plain(s.T, answer)
		s.holds(got, st.Is)
		if st.As != "" {
			s.vars[st.As], _ = got["sid"].(string)
		}
		s.readAgain(st, got)
	}
}

// readAgain holds what was made or changed to what is read of it.
func (s *scenario) readAgain(st *step, got map[string]any) {
	s.Helper()
	at := st.At
	switch verb, of := st.Do[:6], st.Do[6:]; {
	case verb == "Create" && of == "ConversationWithParticipants":
		st = &step{Do: "FetchConversation", Null: st.Null}
		at = []string{got["sid"].(string)}
	case verb == "Create":
		st, at = &step{Do: "Fetch" + of, Null: st.Null, Once: st.Once}, append(slices.Clip(at), got["sid"].(string))
	case verb == "Update":
		st = &step{Do: "Fetch" + of, Null: st.Null, Once: st.Once}
	default:
		return
	}
	again, err := s.call(st.Do, at, nil)
	if err != nil {
		s.Errorf("%s, read again: %v", s.at, err)
		return
	}
	s.whole(again, st.Null...)
	read := plain(s.T, again)
	for _, name := range st.Once {
		delete(read, name)
		delete(got, name)
	}
	s.same(s.at+", read again", read, got)
}

// failed demands an error of the library's own type that says what is wrong.
func (s *scenario) failed(err error, st *step) {
	s.Helper()
	want := *st.Fails
	if e := asRest(err); e != nil && want.Code == 0 {
		want.Code = e.Code // any
	}
	if e := s.refused(s.at, err, want.Code, want.Status); !strings.Contains(e.Message, s.fill(want.Message).(string)) {
		s.Errorf("%s: callers compare the text %q with %q", s.at, e.Message, want.Message)
	}
}

// listed holds a list to what must be in it, and to its pages.
func (s *scenario) listed(answer any, st *step) {
	s.Helper()
	var all []map[string]any
	text, err := json.Marshal(answer)
	s.ok(err)
	s.ok(json.Unmarshal(text, &all))
	key := "sid"
	if st.Key != "" {
		key = st.Key
	}
	got := []any{}
	for _, one := range all {
		got = append(got, one[key])
		s.holds(one, st.Each)
	}
	for _, sid := range st.Has {
		if !slices.Contains(got, s.fill(sid)) {
			s.Errorf("%s: %v is not listed: %v", s.at, sid, got)
		}
	}
	if st.SIDs == nil {
		return
	}
	want := s.fill(*st.SIDs).([]any)
	if st.Unordered {
		order := func(a, b any) int { return strings.Compare(a.(string), b.(string)) }
		slices.SortFunc(got, order)
		slices.SortFunc(want, order)
	}
	s.same(s.at, got, want)
	if pages := max(1, int(math.Ceil(float64(len(want))/pageSize))); s.was.requests < pages {
		s.Errorf("%s: %d entries came in %d pages of %d", s.at, len(want), s.was.requests, pageSize)
	}
}

// complete demands that each method of the library was called.
func (s *scenario) complete() {
	s.Helper()
	for m := range reflect.TypeOf(s.api).Methods() {
		for _, verb := range []string{"Create", "Fetch", "Update", "Delete", "List"} {
			if strings.HasPrefix(m.Name, verb) && !strings.HasSuffix(m.Name, "WithMetadata") && !s.called[m.Name] {
				s.Errorf("%s was not called", m.Name)
			}
		}
	}
}

// plain is an answer as the library read it, in the names of JSON.
func plain(t *testing.T, answer any) (all map[string]any) {
	t.Helper()
	text, err := json.Marshal(answer)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// holds demands members of an answer; null and 0 stand for what the library leaves out.
func (s *scenario) holds(got, want map[string]any) {
	s.Helper()
	for name, value := range want {
		value = s.fill(value)
		if _, there := got[name]; !there && value == 0.0 {
			continue
		}
		if !reflect.DeepEqual(got[name], value) {
			s.Errorf("%s: %s is %v, want %v", s.at, name, got[name], value)
		}
	}
}
