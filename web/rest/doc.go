// Package rest answers REST requests of those who run the hub or build on it: Parley's own operations, under /v1/parley/.
//
// # Contract
//
// An [API] serves everything below its paths itself, in JSON, errors included: {code, message, more_info, status}. Each
// request gets an id, which is in its answer (Twilio-Request-Id) and in its log line. Nothing is told to whoever has no
// credentials, not even which paths exist.
//
// The operations stand in one table, and each says its method, path, the status of its success and how long a body it
// takes. What is common to all is done once, in this order: request id, the time to send a body, credentials, route, body,
// service. An operation gets a call with all of that, and returns what to answer or a hub.Error.
//
// The path is taken as it was sent, segment by segment, and only then unescaped: identities may hold slashes, and dots
// mean nothing. That is why no http.ServeMux, which tidies paths up and redirects, stands before it.
package rest
