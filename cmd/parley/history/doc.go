// Package history records what clients of a running server did and saw, and judges it.
//
// A [Recorder] takes down, in one order, each call with its outcome, each event that each client saw with the connection it
// came on, and what the store gave in the end. [History.Verify] holds that against what the protocol promises:
//
//   - an acknowledged message is in the final read exactly once, where the acknowledgement said; one that was definitely
//     refused is not there, and nothing is there, or was shown, that nobody sent ([Lost], [Duplicate], [Contradiction], [Phantom]);
//   - indexes run from 0 without a hole, but for messages whose deletion was acknowledged or has an unknown outcome ([Hole]);
//   - a message sent after another was acknowledged has the larger index, and one client's messages to one conversation
//     keep the order in which it sent them ([Reorder]); but what was sent again on another connection, because the refusal
//     of one who was out was not heard, is a new message;
//   - over all its connections a client sees each message once, in index order, with rising revisions, and all of them by
//     the time it is settled ([Duplicate], [Reorder], [Revision], [Hole], [Unseen]);
//   - a replay has everything up to the revision that it ends with, or a reset says that it has not ([PartialReplay]);
//   - all clients and the store agree on what is at an index ([Disagreement]);
//   - nothing of a conversation comes behind conversationLeft, and nothing that was sent after a removal was acknowledged
//     reaches whom it removed while they are out, nor is anything of theirs accepted ([AfterRemoval]).
//
// # What the caller owes
//
// A call is recorded before it is made and its outcome after it came, so that the recorded order contains the real one.
// One client's sends to one conversation are recorded in the order in which they are handed over. A nonce is used once
// by an author in a conversation, and again only for the same message. A client's name is its identity, or
// begins with it and a slash where one identity has several.
//
// The package shares no code with what it judges. It starts no goroutines; a Recorder may be used by any number of them
// and holds its one lock only to append.
package history
