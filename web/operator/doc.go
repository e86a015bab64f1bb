// Package operator is what the admin listener tells and does for the people who run a hub: the operator page, the figures that it
// draws, a search for users and conversations, and the few deeds that end sessions. It shows identities and names, and nothing that
// anybody said.
//
// Reading asks for nothing, as with metrics: the admin listener is for those alone who run the server. Whoever does something shows
// the account's auth token with each request:
//
//	Authorization: Bearer TOKEN
//
// Requests that a page of another origin sends are refused, whatever they show.
package operator
