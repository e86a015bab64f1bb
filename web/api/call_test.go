package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"parley/web/api"
)

// answer is what a request got.
type answer struct {
	status int
	header http.Header
	text   string
	value  map[string]any // nil: no JSON object
}

func (a *answer) code() int {
	code, _ := a.value["code"].(json.Number)
	n, _ := strconv.Atoi(code.String())
	return n
}

// send has an operation done on a path.
func (p *place) send(t *testing.T, method, path string, params url.Values) *answer {
	t.Helper()
	return p.sendWith(t, method, path, params, manner{})
}

// manner is how a request is sent: usually with the account's secret.
type manner struct {
	nobody bool   // without credentials
	key    string // of an Idempotency-Key
}

func (p *place) sendWith(t *testing.T, method, path string, params url.Values, how manner) *answer {
	t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = p.addr + path
	}
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(params.Encode())
	} else if len(params) > 0 {
		path += "?" + params.Encode()
	}
	r, err := http.NewRequestWithContext(t.Context(), method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	if !how.nobody {
		r.SetBasicAuth(account, authToken)
	}
	if how.key != "" {
		r.Header.Set("Idempotency-Key", how.key)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := p.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := &answer{status: resp.StatusCode, header: resp.Header, text: string(text)}
	d := json.NewDecoder(strings.NewReader(a.text))
	d.UseNumber()
	if resp.Header.Get("Content-Type") == "application/json" && d.Decode(&a.value) != nil {
		t.Fatalf("%s %s answers %s", method, path, text)
	}
	return a
}

// strict compiles parts of the documents, sealed.
var strict = sync.OnceValue(func() *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for name, text := range map[string][]byte{"openapi.json": api.OpenAPI(), "asyncapi.json": api.AsyncAPI()} {
		if err := c.AddResource(name, sealed(text)); err != nil {
			panic(err)
		}
	}
	return c
})

// sealed is a document whose objects may have no other members than it says.
func sealed(text []byte) any {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		panic(err)
	}
	seal(document)
	return document
}

func seal(value any) {
	switch value := value.(type) {
	case object:
		if _, is := value["properties"].(object); is {
			value["additionalProperties"] = false
		}
		for _, v := range value {
			seal(v)
		}
	case []any:
		for _, v := range value {
			seal(v)
		}
	}
}

// hold compares an answer with what the document says of it.
func (o *operation) hold(t *testing.T, what string, a *answer) {
	t.Helper()
	if len(a.header.Get("Twilio-Request-Id")) != 34 {
		t.Errorf("%s: headers are %v", what, a.header)
	}
	status := strconv.Itoa(a.status)
	response := o.Responses.Value(status)
	if response == nil {
		t.Errorf("%s: the document has no status %s: %s", what, status, a.text)
		return
	}
	if len(response.Value.Content) == 0 {
		if a.text != "" {
			t.Errorf("%s: %s comes with %q", what, status, a.text)
		}
		return
	}
	if a.value == nil {
		t.Errorf("%s: %s is %s: %q", what, status, a.header.Get("Content-Type"), a.text)
		return
	}
	if err := o.schema(t, status).Validate(a.value); err != nil {
		t.Errorf("%s: %s\n%v", what, a.text, err)
	}
}

// schema is that of an operation's answers with a status.
func (o *operation) schema(t *testing.T, status string) *jsonschema.Schema {
	t.Helper()
	escape := strings.NewReplacer("~", "~0", "/", "~1").Replace
	at := "openapi.json#/paths/" + escape(o.path) + "/" + strings.ToLower(o.method) + "/responses/" + status
	if ref := o.Responses.Value(status).Ref; ref != "" {
		at = "openapi.json" + ref
	}
	schema, err := strict().Compile(strings.NewReplacer("{", "%7B", "}", "%7D").Replace(at) + "/content/application~1json/schema")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
