// Package twiliotest runs Twilio's own libraries against a real Parley: the Go one here, the one for Node in node/. Only the
// origin of requests and the credentials are others than at Twilio.
//
// Every answer is held to the library's model member by member: one that is missing, or null where there must be a value,
// fails. The package has nothing but tests.
package twiliotest
