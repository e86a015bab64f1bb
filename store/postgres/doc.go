// Package postgres keeps everything in PostgreSQL 15 or later: the store of any number of hubs. It implements [hub.Store].
//
// A batch of messages is one round trip and one transaction: all its statements are sent before any answer is read. The
// conversations are locked first, in the order of their sids, and looked at in a later statement, whose snapshot is newer
// (rule R6). Conversations that another hub has locked are passed by and taken after, each in a transaction of its own.
// What stays locked for longer than anybody waits is waited for once: until it is found free whatever wants it is refused at
// once, for now, and holds up nothing else (rule R8). Everything else runs in memory on what was locked and read in one round
// trip, and is written in a second.
//
// When the connection is lost after COMMIT was sent, nobody can know whether it happened: messages are added again under
// the locks, where what is there already counts as done; other transactions leave a row in the table outcome, and are
// looked for by adding that row again, which also keeps a late one from happening (rule R9).
//
// Reads are one round trip and one snapshot each, and never go to a replica.
//
// Locks: Store.turn (whose holder has the writing connection) alone. The pool is safe for any number of goroutines.
package postgres
