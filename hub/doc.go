// Package hub is the domain of Parley: conversations and who is in them, the rules for what may be done, and the
// fan-out of what was done to the sessions that see it. It knows no transport, no wire format and no database; it
// imports the standard library only and declares what it needs of others: [Store], [Encoder], [Subscriber], [Bus],
// [Whereabouts].
//
// # The promise
//
// A command's answer is given when its change is durable, never before. Every durable change of a conversation
// raises its [Revision] by one, in the transaction that makes it. A session attached through a [Feed] gets, for each
// conversation that its user is in, every change once and in revision order, whatever happens in between; where it fell
// behind it gets the net change instead: the state of each row that changed, in order. Someone who was removed
// gets conversationLeft as the last thing of that conversation.
//
// # How it works
//
// A [Command] is queued by [Hub.Submit] and committed by one goroutine together with all that arrived meanwhile.
// That goroutine answers and then publishes the events, in commit order, to the rooms. A room keeps the latest
// events, encoded once, in a ring, and wakes the cursors of its sessions. A session that was woken calls [Feed.Take],
// which gathers replies, notices and signals first and then what each ready room has beyond its cursor. A
// cursor that is behind its ring, and one that a resume left behind, is served by the loader from the store: live,
// catch-up and resume are one path.
//
// Several hubs share one store. What one commits it delivers to its own sessions at once and tells the others over the
// [Bus], which may lose, repeat, delay and reorder: a room takes events in revision order, waits a moment for one that is
// missing, and then reads it from the store. Whatever was lost without a trace is found by comparing every room and user
// with the store, all the time in small portions and at once when something was doubted.
//
// # Locks
//
// Taken in this order, never the other way round:
//
//	shard.mu of the room table -> room.mu -> Feed.mu -> loader.mu or what Subscriber.Wake takes
//	Hub.topics -> shard.mu, presence.mu, or what the bus takes
//	presence.mu, committer.mu, roomSet.mu, dueQueue.mu, counters.mu: alone
//
// Nothing blocks while it holds one: no store, no channel, no log.
//
// # Goroutines
//
// [New] starts the committer, the pulse of coalesced signals, the timers, the keeper of the store, the comparison with it,
// fixed numbers of readers for cursors, rooms and memberships, and with a bus those who follow it; [Hub.Close] ends
// them and waits. Nothing else in the package starts one.
package hub
