// Package app is the chat page that a hub serves, and the operator page of its admin listener: built files, made from the sources beside them by `npm run build` and
// committed, so that nobody needs Node to run a hub. They need nothing from elsewhere.
package app
