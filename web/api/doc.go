// Package api is what Parley promises over HTTP and websocket, in the two forms that programs read: OpenAPI 3.1 for REST, AsyncAPI 3
// for the websocket.
//
// # Contract
//
// openapi.json is made from the table of operations in package rest; a test there holds it to the table, and writes it with
// -update. The tests here start a whole hub and have it do every operation of the document, as it should be and in every way in
// which it should not.
//
// asyncapi.json is made of websocket.yaml, which has the types, and of the tables in docs/protocol.md; tests hold it to the names
// and codes in Go, and everything that the server says in the transcripts to its schemas.
package api
