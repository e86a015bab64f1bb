// Package rest answers REST requests: those of Twilio's Conversations v1 under /v1/, and Parley's own under /v1/parley/.
//
// # Contract
//
// An [API] serves everything below [Prefix] itself, in JSON, errors included: {code, message, more_info, status}. Each
// request gets an id, which is in its answer (Twilio-Request-Id) and in its log line. Nothing is told to whoever has no
// credentials, not even which paths exist. Who asks is the account, which no role binds: each operation is a command or a
// read of the hub, so that connected clients see what it changes at once.
//
// The operations stand in one table ([operation]): method, scope and path, parameters, how its list is cut, status and model.
// The router, the reading of parameters, and the document are made from it. What is common to all is done once, in this
// order: request id, the time to send a body, credentials, rate, route, form, service, parameters. An operation gets a
// [call] with all of that, and returns what to answer or a hub.Error.
//
// The path is taken as it was sent, segment by segment, and only then unescaped: identities may hold slashes, and dots
// mean nothing. That is why no http.ServeMux, which tidies paths up and redirects, stands before it.
package rest
