// Package api is what Parley promises over HTTP and websocket, in the two forms that programs read: OpenAPI 3.1 for REST, AsyncAPI 3
// for the websocket.
//
// # Contract
//
// openapi.json is made from the table of operations in package rest; a test there holds it to the table, and writes it with
// -update. The tests here start a whole hub and have it do every operation of the document.
package api
