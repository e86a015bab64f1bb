// Package storetest says what a hub.Store must do, as tests that every engine passes: [Run].
//
// The suite writes as the hub does, through [hub.Op] and [hub.Tx]: it numbers indexes and revisions by hand and leaves to
// the engine what is the engine's. Nothing in it is particular to one engine; an engine that works on READ COMMITTED with
// row locks passes as well as one with a single writer.
package storetest
