package wire_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"parley/hub"
	"parley/session/wire"
)

// A reading is one use of Params: what it gives, and the error when it fails.
type reading struct {
	raw  string
	take func(p *wire.Params) any
	want any    // where it goes well
	err  string // where it does not, without the method
}

func runReadings(t *testing.T, all []reading) {
	t.Helper()
	for _, r := range all {
		p := wire.ParseParams("x.y", []byte(r.raw))
		got, err := r.take(p), p.Err()
		if r.err != "" {
			var told *hub.Error
			if !errors.As(err, &told) || told.Code != hub.CodeInvalidParams || told.Msg != "x.y: "+r.err {
				t.Errorf("%s: %v, want %q", r.raw, err, r.err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, r.want) {
			t.Errorf("%s: %#v, %v; want %#v", r.raw, got, err, r.want)
		}
	}
}

func TestParamsStrings(t *testing.T) {
	get := func(p *wire.Params) any { return p.String("s") }
	opt := func(p *wire.Params) any {
		s, null := p.OptString("s")
		if s == nil {
			return null
		}
		return *s
	}
	or := func(p *wire.Params) any { return p.StringOr("s", "else") }
	enum := func(p *wire.Params) any { return p.Enum("s", "a", "b", "c") }
	optEnum := func(p *wire.Params) any { return p.OptEnum("s", "a", "b") }
	some := func(p *wire.Params) any { return p.Strings("s", 2) }
	runReadings(t, []reading{
		{`{"s":"a\u00e9\n\ud83d\ude00"}`, get, "aé\n😀", ""},
		{`{"\u0073":"v"}`, get, "v", ""},
		{`{"s":""}`, get, nil, "s must be a non-empty string"},
		{`{"s":null}`, get, nil, "s must be a non-empty string"},
		{`{"s":1}`, get, nil, "s must be a non-empty string"},
		{`{}`, get, nil, "s must be a non-empty string"},
		{`{"s":""}`, opt, "", ""},
		{`{"s":null}`, opt, true, ""},
		{`{}`, opt, false, ""},
		{`{"s":[]}`, opt, nil, "s must be a string or null"},
		{`{"s":"v"}`, or, "v", ""},
		{`{"s":null}`, or, "else", ""},
		{`{"t":1}`, or, "else", ""},
		{`{"s":"b"}`, enum, "b", ""},
		{`{"s":"d"}`, enum, nil, "s must be a, b or c"},
		{`{}`, enum, nil, "s must be a, b or c"},
		{`{}`, optEnum, "a", ""},
		{`{"s":null}`, optEnum, "a", ""},
		{`{"s":"B"}`, optEnum, nil, "s must be a or b"},
		{`{"s":[]}`, some, []string(nil), ""},
		{`{"s":["a", "b"]}`, some, []string{"a", "b"}, ""},
		{`{"s":["a","b","c"]}`, some, nil, "s must be a list of at most 2 non-empty strings"},
		{`{"s":["a",""]}`, some, nil, "s must be a list of at most 2 non-empty strings"},
		{`{"s":"a"}`, some, nil, "s must be a list of at most 2 non-empty strings"},
	})
}

func TestParamsNumbers(t *testing.T) {
	get := func(p *wire.Params) any { return p.Int("n") }
	opt := func(p *wire.Params) any { return p.OptInt("n", 50) }
	orNull := func(p *wire.Params) any { return p.IntOrNull("n") == nil }
	between := func(p *wire.Params) any { return p.Between("n", 1, 100, 30) }
	yes := func(p *wire.Params) any { return p.OptBool("n", true) }
	index := func(p *wire.Params) any { return p.Index("n", "end") }
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "0e99999999999999999999": 0, "3.0": 3, "0.03e2": 3, "3e0": 3, "1200E-2": 12, "-1.5e1": -15,
		"9223372036854775807": 1<<63 - 1, "-9223372036854775808": -1 << 63, "922337203685477580.7e1": 1<<63 - 1,
	} {
		runReadings(t, []reading{{`{"n":` + text + `}`, get, want, ""}})
	}
	for _, text := range []string{
		"1.5", "1e-1", "9223372036854775808", "-9223372036854775809", "1e19", "1e999999999999999999999",
		"1e-999999999999999999999", `"1"`, "null", "true", "{}",
	} {
		runReadings(t, []reading{{`{"n":` + text + `}`, get, nil, "n must be an integer"}})
	}
	runReadings(t, []reading{
		{`{}`, opt, int64(50), ""},
		{`{"n":null}`, opt, int64(50), ""},
		{`{"n":2}`, opt, int64(2), ""},
		{`{"n":"2"}`, opt, nil, "n must be an integer"},
		{`{"n":null}`, orNull, true, ""},
		{`{"n":4}`, orNull, false, ""},
		{`{}`, orNull, nil, "n must be an integer or null"},
		{`{}`, between, int64(30), ""},
		{`{"n":100}`, between, int64(100), ""},
		{`{"n":101}`, between, nil, "n must be an integer from 1 to 100"},
		{`{"n":0}`, between, nil, "n must be an integer from 1 to 100"},
		{`{}`, yes, true, ""},
		{`{"n":false}`, yes, false, ""},
		{`{"n":0}`, yes, nil, "n must be true or false"},
		{`{}`, index, hub.NoIndex, ""},
		{`{"n":"end"}`, index, hub.NoIndex, ""},
		{`{"n":7}`, index, int64(7), ""},
		{`{"n":-1}`, index, nil, `n must be a message's index or "end"`},
		{`{"n":"start"}`, index, nil, `n must be a message's index or "end"`},
	})
}

func TestParamsObjects(t *testing.T) {
	attributes := func(p *wire.Params) any {
		if a := p.Attributes("a"); a != nil {
			return string(*a)
		}
		return nil
	}
	message := func(p *wire.Params) any { return p.Message("m") }
	resume := func(p *wire.Params) any { return p.Positions("resume", 2) }
	nested := func(p *wire.Params) any { return p.Object("o").Object("p").String("s") }
	type positions = map[hub.ConversationSID]hub.Revision
	runReadings(t, []reading{
		{`{"a": { "b" : [ 1, "x y" ] } }`, attributes, `{"b":[1,"x y"]}`, ""},
		{`{"a":null}`, attributes, "null", ""},
		{`{}`, attributes, nil, ""},
		{`{"m":3}`, message, hub.MessageRef{Index: 3}, ""},
		{`{"m":"IM01"}`, message, hub.MessageRef{SID: "IM01", Index: hub.NoIndex}, ""},
		{`{"m":"3"}`, message, nil, "m must be a message's sid (IM...) or index"},
		{`{"m":-1}`, message, nil, "m must be a message's sid (IM...) or index"},
		{`{}`, message, nil, "m must be a message's sid (IM...) or index"},
		{`{}`, resume, positions(nil), ""},
		{`{"resume":{}}`, resume, positions{}, ""},
		{`{"resume":{"CH1":1,"C\u00482":41}}`, resume, positions{"CH1": 1, "CH2": 41}, ""},
		{`{"resume":{"CH1":1,"CH2":2,"CH3":3}}`, resume, nil, "resume must be an object of at most 2 members"},
		{`{"resume":{"CH1":-1}}`, resume, nil, "resume must be an object of revisions, which are integers from 0"},
		{`{"resume":[]}`, resume, nil, "resume must be an object"},
		{`{"o":{"p":{"s":"deep"}}}`, nested, "deep", ""},
		{`{"o":{"p":null}}`, nested, nil, "o.p.s must be a non-empty string"},
		{`{"o":{"p":1}}`, nested, nil, "o.p must be an object"},
		{`[1]`, attributes, nil, "params must be an object"},
	})
}

func TestParamsPresence(t *testing.T) {
	p := wire.ParseParams("x", []byte(`{"null":null,"zero":0}`))
	if !p.Has("null") || !p.IsNull("null") || !p.Has("zero") || p.IsNull("zero") || p.Has("none") || p.IsNull("none") {
		t.Error("absent, null and present are mixed up")
	}
	if p = wire.ParseParams("x", nil); p.Has("any") || p.Err() != nil {
		t.Error("no params are not {}")
	}
}

func TestParamsKeepTheFirstError(t *testing.T) {
	p := wire.ParseParams("participant.add", []byte(`{"n":1}`))
	_ = p.String("identity")
	p.Refuse("other", "something else")
	if got := p.Int("n"); got != 0 {
		t.Errorf("reads go on after an error: %d", got)
	}
	if got, want := hub.AsError(p.Err()).Msg, "participant.add: identity must be a non-empty string"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func FuzzParams(f *testing.F) {
	for _, text := range []string{`{}`, `{"s":"a","n":1.0e3,"o":{"CH":1},"l":["a"],"b":true}`, `[`, `{"n":-`, `{"n":1e}`} {
		f.Add(text, "n")
	}
	f.Fuzz(func(t *testing.T, raw, name string) {
		for i, take := range []func(p *wire.Params){
			func(p *wire.Params) { p.String(name) },
			func(p *wire.Params) { p.OptString(name) },
			func(p *wire.Params) { p.Int(name) },
			func(p *wire.Params) { p.OptBool(name, false) },
			func(p *wire.Params) { p.Message(name) },
			func(p *wire.Params) { p.Strings(name, 10) },
			func(p *wire.Params) { p.Positions(name, 10) },
			func(p *wire.Params) { p.Object(name).Index(name, "end") },
			func(p *wire.Params) { p.Enum(name, "a", "b") },
		} {
			p := wire.ParseParams("x", []byte(raw))
			if take(p); p.Err() == nil && !reference([]byte(raw)) {
				t.Errorf("reading %d accepts what is malformed: %q", i, raw)
			}
		}
		p := wire.ParseParams("x", []byte(raw))
		if a := p.Attributes(name); a != nil && !json.Valid([]byte(*a)) {
			t.Errorf("attributes %q", *a)
		}
		if p.Err() != nil {
			return
		}
		if s, _ := p.OptString(name); s != nil {
			var want string
			if err := json.Unmarshal(p.Raw(name), &want); err != nil || *s != want {
				t.Errorf("%q reads as %q", p.Raw(name), *s)
			}
		}
	})
}

func TestParamsOfManyMembers(t *testing.T) {
	p := wire.ParseParams("x", object(100_000, `"last"`))
	if p.Int("last"); p.Err() != nil {
		t.Error(p.Err())
	}
	if p = wire.ParseParams("x", []byte(strings.Repeat("[", 100))); p.Err() == nil {
		t.Error("no object is accepted")
	}
}
