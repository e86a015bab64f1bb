// Package sqlite keeps everything in one SQLite file: the store of a single hub. It implements [hub.Store].
//
// One connection writes, with the commands of a whole batch in one transaction; a few read, each call in one read
// transaction of at most a second. The log is written ahead (WAL) and by default synced at each commit, so that what was
// acknowledged survives a power cut; `synchronous=normal` gives up the last moment of that for speed. A lock on
// FILE.lock keeps a second hub out.
//
// The message path is made cheap by the schema: a narrow head row per conversation, written once per batch however many
// messages it got; messages by ascending rowid; nonces in a table of their own; no row per member is written for a message
// (rule R13). And by what the writer remembers of conversations, participants, users and roles: nobody else writes, so a
// message costs one look-up, of its nonce, and two inserts.
//
// Locks: Store.turn (whose holder has the writing connection and what goes with it) before Store.mu (whether there are
// connections). Readers belong to whoever took one from the pool; who has the turn may take them all, since none of them waits
// for the turn.
package sqlite
