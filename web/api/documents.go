package api

import _ "embed"

//go:embed openapi.json
var openAPI []byte

//go:embed asyncapi.json
var asyncAPI []byte

// OpenAPI is the document of REST, as JSON.
func OpenAPI() []byte { return openAPI }

// AsyncAPI is the document of the websocket, as JSON.
func AsyncAPI() []byte { return asyncAPI }
