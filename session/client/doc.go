// Package client speaks Parley's websocket protocol, parley.v1.json, for Go programs.
//
// # What it does
//
// [Dial] connects and then keeps the connection: after a cut it backs off, connects again and resumes every conversation
// from its position, so that the program sees one stream of events whatever happens to the network or to a hub. Methods
// such as [Client.Join], [Client.Send] and [Client.Messages] are the calls of the protocol, with typed results; refusals are
// [*Error].
//
// # Guarantees
//
//   - Events reach Config.OnEvent one at a time and, per conversation, in the order of their revisions, without loss and
//     without repeats, over any number of reconnects. What lies at or below the position in a conversation is dropped;
//     conversationReset says that a conversation has to be read afresh.
//   - The position in a conversation is the revision of its last event; before the first it is the revision at its first
//     appearance in a list, that of the answer to connect included. It never comes from another answer.
//   - A message handed to [Client.Send] or [Client.Enqueue] bears a nonce and is sent again, with that nonce, until it is
//     acknowledged, definitely refused or given up: the server stores it once. Messages of one conversation are sent,
//     and sent again, in order; one that is refused for now holds back those behind it.
//   - An error says whether the attempt certainly had no effect (Error.Definite). A call that changes something and has no
//     nonce is never repeated by itself: when its connection ends before the answer, the outcome is unknown.
//   - Reads, and calls not yet written, are carried over to the next connection. Every call ends when its context does.
//   - Memory is bounded: Config.MaxOutbox messages, Config.MaxEvents events (see there), 64 unanswered calls on the
//     wire. A handler that is too slow stops the reading, never loses an event and never blocks an answer.
//   - Every goroutine is owned by the client; [Client.Close] waits for them.
//
// # Limits
//
// Signals (typing, read horizons, reachability) may vanish. Of more than 1,000 conversations the most recently active 1,000
// are resumed and the others reset. Order holds within what is sent under one spelling of a conversation: its sid and
// its unique name are two. When the server refuses one message of a conversation for now and takes a later one all the
// same, the refused one ends up behind it. Positions are kept in memory; a program that outlives its process saves
// [Client.Positions] and gives it back as Config.Resume.
//
// # Handlers
//
// OnEvent may call any method but [Client.Close], which waits for OnEvent to return; OnState must not wait for the client
// at all.
package client
