package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"parley/hub"
	"parley/session/wire"
)

const sendFrame = `{"jsonrpc":"2.0","id":"a-17","method":"message.send","params":{` +
	`"conversation":"CH0190a5f1c0a07b1e8f6f0123456789ab","body":"Good morning, everyone. How was the weekend?",` +
	`"attributes":{"mood":"fine"},"nonce":"0190a5f1-c0a0-7b1e-8f6f-0123456789ab"}}`

// shown is a request as text: id, method, params, code.
func shown(r wire.Request) string {
	parts := []string{string(r.ID), r.Method, string(r.Params)}
	if r.Err != nil {
		parts = append(parts, r.Err.Msg)
	}
	return strings.Join(parts, "|")
}

func TestDecode(t *testing.T) {
	long := strings.Repeat("x", 256)
	for _, c := range []struct{ frame, want string }{
		{`{"jsonrpc":"2.0","id":1,"method":"ping"}`, `1|ping|`},
		{` {"params":{ },"method":"pi\u006eg","id":"\u00e9","jsonrpc":"2.0","more":[1]} `, `"\u00e9"|ping|{ }`},
		{`{"jsonrpc":"2.0","id":-1.5e3,"method":"no.such"}`, `-1.5e3|no.such|`},
		{`{"jsonrpc":"2.0","id":null,"method":"ping"}`, `null|ping|`},
		{`{"jsonrpc":"2.0","method":"typing","params":{"conversation":"x"}}`, `|typing|{"conversation":"x"}`},
		{`{"jsonrpc":"2.0","id":1,"method":"ping","params":null}`, `1|ping|`},
		{`{"jsonrpc":"2.0","id":1,"method":""}`, `1||`},
		{`{"jsonrpc":"2.0","id":"` + long + `","method":"ping"}`, `"` + long + `"|ping|`},
		{`{"jsonrpc":"2.0","id":"` + long + `x","method":"ping"}`, "|||id must be"},
		{`{"jsonrpc":"2.0","id":` + strings.Repeat("1", 257) + `,"method":"ping"}`, "|||id must be"},
		{`{"jsonrpc":"2.0","id":true,"method":"ping"}`, "|||id must be"},
		{`{"jsonrpc":"2.0","id":{},"method":"ping"}`, "|||id must be"},
		{`{"jsonrpc":"2.0","id":[1],"method":"ping"}`, "|||id must be"},
		{`{"jsonrpc":"1.0","id":1,"method":"ping"}`, "1|||jsonrpc must be"},
		{`{"jsonrpc":2.0,"id":1,"method":"ping"}`, "1|||jsonrpc must be"},
		{`{"id":1,"method":"ping"}`, "1|||jsonrpc must be"},
		{`{"jsonrpc":"2.0","id":1,"result":{}}`, "1|||method must be"},
		{`{"jsonrpc":"2.0","id":1,"method":7}`, "1|||method must be"},
		{`{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}`, "1|||params must be an object: they go by name"},
		{`{"jsonrpc":"2.0","id":1,"method":"ping","params":7}`, "1|||params must be an object"},
		{`{}`, "|||jsonrpc must be"},
		{`7`, "|||a request must be"},
		{`[]`, "|||the batch is empty"},
		{`[1,[],{"jsonrpc":"2.0","id":2,"method":"ping"}]`, "|||a request must be an object|||a request must be an object2|ping|"},
	} {
		requests, err := wire.Decode(nil, []byte(c.frame))
		var got strings.Builder
		for _, r := range requests {
			got.WriteString(shown(r))
		}
		if err != nil || !strings.HasPrefix(got.String(), c.want) {
			t.Errorf("%s\n got %s, %v\nwant %s", c.frame, got.String(), err, c.want)
		}
	}
}

func TestDecodeCodes(t *testing.T) {
	for frame, want := range map[string]hub.Code{
		`{`:                                     hub.CodeParse,
		`[1`:                                    hub.CodeParse,
		`[` + strings.Repeat("0,", 1000) + `0]`: hub.CodeInvalidRequest,
	} {
		before := []wire.Request{{Method: "before"}}
		requests, err := wire.Decode(before, []byte(frame))
		if !errors.Is(err, &hub.Error{Code: want}) || len(requests) != 1 {
			t.Errorf("%.20s: %d requests, %v; want %d", frame, len(requests), err, want)
		}
	}
	for frame, want := range map[string]hub.Code{
		`[]`: hub.CodeInvalidRequest,
		`{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}`: hub.CodeInvalidParams,
		`{"jsonrpc":"2.0","id":1,"method":"ping","params":""}`: hub.CodeInvalidRequest,
	} {
		requests, err := wire.Decode(nil, []byte(frame))
		if err != nil || requests[0].Err.Code != want {
			t.Errorf("%s: %v, %v; want %d", frame, requests, err, want)
		}
	}
}

func TestDecodeBatchOfThousands(t *testing.T) {
	one := `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	frame := "[" + strings.Repeat(one+",", 4999) + strings.Repeat("0,", 1000) + one + "]"
	requests, err := wire.Decode(nil, []byte(frame))
	if err != nil || len(requests) != 6000 {
		t.Errorf("%d requests, %v", len(requests), err)
	}
}

func TestAnswered(t *testing.T) {
	for frame, want := range map[string]bool{
		`{"jsonrpc":"2.0","id":1,"method":"ping"}`:             true,
		`{"jsonrpc":"2.0","id":null,"method":"ping"}`:          true,
		`{"jsonrpc":"2.0","method":"ping"}`:                    false,
		`{"jsonrpc":"2.0","method":"ping","params":[]}`:        false,
		`{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}`: true,
		`{"method":"ping"}`:                                    true,
		`1`:                                                    true,
	} {
		requests, err := wire.Decode(nil, []byte(frame))
		if err != nil || requests[0].Answered() != want {
			t.Errorf("%s: answered is %v, %v", frame, !want, err)
		}
	}
}

func TestMethodsAreInterned(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range wire.Methods() {
		if seen[name] {
			t.Errorf("%s is listed twice", name)
		}
		seen[name] = true
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	frame := []byte(sendFrame)
	room := make([]wire.Request, 0, 1)
	if n := testing.AllocsPerRun(100, func() { _, _ = wire.Decode(room, frame) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range acceptable {
		f.Add([]byte(text))
	}
	for _, c := range unacceptable {
		f.Add([]byte(c.text))
	}
	f.Add([]byte(sendFrame))
	f.Add([]byte("[" + sendFrame + `,1,{"id":2},` + sendFrame + "]"))
	f.Fuzz(func(t *testing.T, frame []byte) {
		checked := wire.Check(frame)
		if (checked == nil) != reference(frame) {
			t.Fatalf("Check says %v, the reference otherwise\n%q", checked, frame)
		}
		before := bytes.Clone(frame)
		requests, err := wire.Decode(nil, frame)
		if !bytes.Equal(before, frame) {
			t.Fatal("the frame was changed")
		}
		if errors.Is(err, &hub.Error{Code: hub.CodeParse}) != (checked != nil) {
			t.Fatalf("Check says %v, Decode %v", checked, err)
		}
		if (err == nil) != (len(requests) > 0) {
			t.Fatalf("%d requests and %v", len(requests), err)
		}
		for _, r := range requests {
			checkRequest(t, r)
		}
	})
}

func checkRequest(t *testing.T, r wire.Request) {
	t.Helper()
	if r.ID != nil && !json.Valid(r.ID) {
		t.Fatalf("id %q", r.ID)
	}
	if r.Err != nil {
		if r.Method != "" || r.Params != nil {
			t.Fatalf("method or params in spite of %v", r.Err)
		}
		return
	}
	if r.Params == nil {
		return
	}
	var o map[string]json.RawMessage
	if err := json.Unmarshal(r.Params, &o); err != nil || o == nil {
		t.Fatalf("params %q: %v", r.Params, err)
	}
	p := wire.ParseParams(r.Method, r.Params)
	for name, raw := range o {
		if !bytes.Equal(p.Raw(name), raw) {
			t.Fatalf("%q is %q, want %q", name, p.Raw(name), raw)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	frame := []byte(sendFrame)
	room := make([]wire.Request, 0, 1)
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.Decode(room, frame); err != nil {
			b.Fatal(err)
		}
	}
}
