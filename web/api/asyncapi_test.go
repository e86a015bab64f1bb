package api_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"parley/hub"
	"parley/session/wire"
	"parley/web/api"
)

// asyncDocument is asyncapi.json as far as tests look into it.
type asyncDocument struct {
	Operations map[string]struct {
		Action      string
		Summary     string
		Description string
		Tags        []struct{ Name string }
	}
	Components struct {
		Messages map[string]struct {
			Payload struct {
				Properties struct {
					Params *struct {
						Properties map[string]any
						Required   []string
					}
				}
			}
		}
		Schemas map[string]any
	}
	Codes []struct {
		Code, Status    int
		Definite, Retry bool
	} `json:"x-error-codes"`
	Closes []struct{ Code int } `json:"x-close-codes"`
}

func readAsyncAPI(t *testing.T) (d asyncDocument) {
	t.Helper()
	if err := json.Unmarshal(api.AsyncAPI(), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestAsyncAPILint: the document is valid, and says something of each operation.
func TestAsyncAPILint(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("testdata/asyncapi/3.0.0.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(api.AsyncAPI())))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(document); err != nil {
		t.Error(err)
	}
	for name, o := range readAsyncAPI(t).Operations {
		if !strings.HasSuffix(o.Summary, ".") || len(o.Tags) != 1 || o.Tags[0].Name == "" {
			t.Errorf("%s: summary %q, tags %v", name, o.Summary, o.Tags)
		}
	}
}

// events are the names of all events, as the golden files of package wire have them.
func events(t *testing.T) (names []string) {
	t.Helper()
	for _, file := range golden(t, "events") {
		name, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".json"), "-")
		names = append(names, name)
	}
	return slices.Compact(names)
}

// golden are the golden files of package wire, sorted.
func golden(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob("../../session/wire/testdata/" + folder + "/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", folder, err)
	}
	return files
}

// TestAsyncAPINames holds the methods, events and codes of the document to those in Go, both ways.
func TestAsyncAPINames(t *testing.T) {
	d := readAsyncAPI(t)
	same := func(what string, documented, known []string) {
		t.Helper()
		slices.Sort(documented)
		slices.Sort(known)
		if !slices.Equal(documented, known) {
			t.Errorf("%s of the document are\n%v, in Go\n%v", what, documented, known)
		}
	}
	actions := map[string][]string{}
	for name, o := range d.Operations {
		actions[o.Action] = append(actions[o.Action], name)
	}
	same("methods", actions["receive"], wire.Methods())
	same("events", actions["send"], events(t))
	var codes []hub.Code
	for _, c := range d.Codes {
		codes = append(codes, hub.Code(c.Code))
		if info := hub.Code(c.Code).Info(); info.Status != c.Status || info.Definite != c.Definite || info.Retry != c.Retry {
			t.Errorf("%d is %+v, in Go %+v", c.Code, c, info)
		}
	}
	if !slices.Equal(codes, hub.Codes()) {
		t.Errorf("codes of the document are %v, in Go %v", codes, hub.Codes())
	}
	var closes, known []int
	for _, c := range d.Closes {
		closes = append(closes, c.Code)
	}
	for code := range wire.CloseCode(5000) {
		if code.Reason() != "" || code == wire.CloseDraining || code == wire.CloseFull {
			known = append(known, int(code))
		}
	}
	if !slices.Equal(closes, known) {
		t.Errorf("close codes of the document are %v, in Go %v", closes, known)
	}
}

// TestAsyncAPIParams holds the params of methods to the tables of docs/protocol.md, both ways.
func TestAsyncAPIParams(t *testing.T) {
	d, page := readAsyncAPI(t), readProtocol(t)
	for _, name := range wire.Methods() {
		r := page.rows[name]
		if name == wire.MethodConnect || strings.Contains(r.cell(2), "not offered") {
			continue // connect has a table of its own
		}
		params := d.Components.Messages[name].Payload.Properties.Params
		var documented []string
		for param := range params.Properties {
			if !slices.Contains(params.Required, param) {
				param += "?"
			}
			documented = append(documented, param)
		}
		slices.Sort(documented)
		if !slices.Equal(documented, r.params()) {
			t.Errorf("%s: params of the document are %v, in docs/protocol.md %v", name, documented, r.params())
		}
	}
}

// TestAsyncAPIGolden holds what the server says, as the golden files of package wire have it, to the document's schemas.
func TestAsyncAPIGolden(t *testing.T) {
	d := readAsyncAPI(t)
	for _, file := range slices.Concat(golden(t, "events"), golden(t, "answers")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if at := d.partOf(name); at != "" {
			validate(t, at, name, text)
		}
	}
}

// odd are golden files that no part is named after; "": there is none.
var odd = map[string]string{
	"connect-nothing": "", // even sids are empty
	"reply":           "", // of no method
	"reply-done":      "messages/ping.result/payload",
	"reply-null":      "messages/ping.result/payload",
	"reply-message":   "messages/message.get.result/payload",
	"message-removed": "schemas/RemovedMessage",
}

// partOf is where the document has what a golden file shows.
func (d *asyncDocument) partOf(file string) string {
	if at, known := odd[file]; known {
		return at
	}
	name, _, _ := strings.Cut(file, "-")
	object := strings.ToUpper(name[:1]) + name[1:]
	switch {
	case d.Components.Schemas[object] != nil:
		return "schemas/" + object
	case d.Operations[name].Action == "receive":
		return "messages/" + name + ".result/payload/properties/result"
	default:
		return "messages/" + name + "/payload"
	}
}

// validate holds JSON text to a part of the document.
func validate(t *testing.T, at, what string, text []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := strict().Compile("asyncapi.json#/components/" + at)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}
