// Package app is the chat page that a hub serves: built files, made from the sources beside them by `npm run build` and
// committed, so that nobody needs Node to run a hub. They need nothing from elsewhere.
package app
