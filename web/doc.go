// Package web is Parley's HTTP side: the server, the websocket endpoint and the admin listener.
//
// # Contract
//
// A [Server] refuses what it can before the upgrade, where a status can still say why: a foreign Host or Origin
// (403), an unknown subprotocol (400), too many at once (503 with Retry-After). What it upgrades it gives to
// [Sessions] as a session.Conn and forgets: no handler, goroutine or large buffer of this package stays with an idle
// connection.
//
// # How a connection is written
//
// The websocket library (github.com/coder/websocket) reads, and writes what the protocol says by itself: pongs and close
// frames. Data frames do not pass through it: the session leaves room before each payload, the
// header is put there, and the whole goes to the socket in one system call that never waits. What the socket does
// not take at once is finished by Flush, in a goroutine that may wait.
//
//	session ── Send, Flush, Ping ──▶ conn ───────────────┐ data, pings
//	session ◀── Next ─────────────── library ──▶ line ──▶ gate ──▶ [tls.Conn] ──▶ socket
//	                                             pongs, close frames
//
// Lock order: the library's own locks, then the gate's turn, then the locks of crypto/tls and net. The gate's mutex is
// never held while anything waits. A frame that is half written keeps its turn until it is whole; after a close
// frame the gate is shut for good.
//
// Waiting is bounded in one place each: a peer that takes no byte for the write timeout (socket), a message that does not
// become whole (line), a control frame that cannot be written for 5 s (the library), a farewell (close.go).
package web
