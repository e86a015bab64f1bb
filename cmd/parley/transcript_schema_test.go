package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"parley/web/api"
)

// An eavesdropper holds what is said to the schemas of the websocket's document: each event and answer of the server, and each
// request that was done.
type eavesdropper struct {
	t       *testing.T
	pending map[string]request // by client and id
}

type request struct {
	Method string
	text   string
}

func newEavesdropper(t *testing.T) *eavesdropper {
	t.Helper()
	return &eavesdropper{t, map[string]request{}}
}

// hear takes what a client sent, or what the server said to it.
func (e *eavesdropper) hear(client int, sent bool, text string) {
	e.t.Helper()
	if sent {
		e.remember(client, text)
		return
	}
	var m struct {
		ID     json.RawMessage
		Method string
		Error  json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		e.t.Error(err)
		return
	}
	switch asked := e.pending[fmt.Sprint(client, " ", string(m.ID))]; {
	case m.Method != "":
		e.hold(m.Method, text)
	case m.Error != nil:
		e.hold("error", text)
	case asked.Method != "":
		e.hold(asked.Method+".result", text)
		e.hold(asked.Method, asked.text)
	}
}

// remember notes the requests of a frame. Some frames are broken on purpose.
func (e *eavesdropper) remember(client int, text string) {
	all := []json.RawMessage{json.RawMessage(text)}
	if strings.HasPrefix(text, "[") && json.Unmarshal([]byte(text), &all) != nil {
		return
	}
	for _, one := range all {
		var m struct {
			ID json.RawMessage
			request
		}
		if json.Unmarshal(one, &m) == nil {
			e.pending[fmt.Sprint(client, " ", string(m.ID))] = request{m.Method, string(one)}
		}
	}
}

// hold compares a message with what the document says of it.
func (e *eavesdropper) hold(name, text string) {
	e.t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		e.t.Error(err)
		return
	}
	schema, err := schemaOf(name)
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		e.t.Errorf("the document of the websocket has no such %s: %s\n%v", name, text, err)
	}
}

var documented struct {
	mu      sync.Mutex
	schemas map[string]*jsonschema.Schema
}

// schemaOf is the schema of a message's payload.
func schemaOf(name string) (*jsonschema.Schema, error) {
	documented.mu.Lock()
	defer documented.mu.Unlock()
	if s := documented.schemas[name]; s != nil {
		return s, nil
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(api.AsyncAPI())))
	if err != nil {
		return nil, err
	}
	closeObjects(document)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("asyncapi.json", document); err != nil {
		return nil, err
	}
	s, err := c.Compile("asyncapi.json#/components/messages/" + name + "/payload")
	if documented.schemas == nil {
		documented.schemas = map[string]*jsonschema.Schema{}
	}
	documented.schemas[name] = s
	return s, err
}

// closeObjects has objects hold nothing that the document does not name: what is said and not documented is a mistake.
func closeObjects(value any) {
	switch value := value.(type) {
	case map[string]any:
		if _, is := value["properties"].(map[string]any); is {
			value["additionalProperties"] = false
		}
		for _, v := range value {
			closeObjects(v)
		}
	case []any:
		for _, v := range value {
			closeObjects(v)
		}
	}
}
