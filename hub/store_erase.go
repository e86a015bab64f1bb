package hub

import "context"

// EraseTx is the part of a transaction that makes the store forget somebody.
type EraseTx interface {
	// Traces finds what an identity said, and what it reacted to, among some messages of a conversation.
	Traces(c ConversationSID, q TraceQuery) (*Traces, error)
	// Forget takes the identity out of what stays of some messages: tombstones lose their author and their nonce, and
	// messages of others whom the identity edited last. No event tells of it.
	Forget(c ConversationSID, q TraceQuery) error
	// ForgetMember takes the identity out of the memberships of a conversation that it had and has not any more.
	ForgetMember(c ConversationSID, identity string) error
	// ForgetFiles has the files that the identity uploaded, and that no message carries, be gone; those that messages of
	// others carry lose their author.
	ForgetFiles(service ServiceSID, identity string) error
}

// Eraser is what erasing and exporting need beside transactions.
type Eraser interface {
	// Traces is that of EraseTx for who only reads, with the memberships.
	Traces(ctx context.Context, service ServiceSID, c ConversationSID, q TraceQuery) (*Traces, error)
	// Scrub has what was deleted leave the store's files too, as far as the engine can: bytes of it may stay in a backup, in a
	// log that is shipped, or until the database has cleaned up behind itself. It takes small steps.
	Scrub(ctx context.Context) error
}

// TraceQuery says whose traces among which messages.
type TraceQuery struct {
	Identity string // or address: whatever messages have as their author
	From, To int64  // indexes, To not included
	Limit    int    // messages, at most; 0: no bound
}

// Traces is what somebody left in a part of a conversation. Of the messages that exist.
type Traces struct {
	Messages    []*Message // by index
	Reactions   []Trace    // by index, then name
	Memberships []*Participant
}

// Trace is a reaction to a message.
type Trace struct {
	Index int64  `json:"index"`
	Name  string `json:"name"`
}
