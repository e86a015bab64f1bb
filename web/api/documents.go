package api

import _ "embed"

//go:embed openapi.json
var openAPI []byte

// OpenAPI is the document of REST, as JSON.
func OpenAPI() []byte { return openAPI }
