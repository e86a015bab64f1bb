package hub

// EventKind is a durable change as subscribers see it.
type EventKind uint8

// The kinds of events. ConversationDeleted goes to no subscriber as it is: each gets conversationLeft.
const (
	MessageAdded EventKind = iota + 1
	MessageUpdated
	MessageRemoved
	ParticipantJoined
	ParticipantUpdated
	ParticipantLeft
	ConversationUpdated
	ConversationDeleted
)

// An Event is one durable change of a conversation. It and all it points to are immutable.
type Event struct {
	Kind         EventKind
	Service      ServiceSID
	Conversation ConversationSID
	Revision     Revision
	Reasons      []string // what changed, in Twilio's names of update reasons; Updated kinds only

	Message     *Message          // Message kinds
	Reaction    *ReactionChange   // MessageUpdated by a reaction: replaces the message in the live update (rule R26)
	Participant *Participant      // Participant kinds
	Thread      *Conversation     // ConversationUpdated
	View        *ConversationView // ParticipantJoined of a chat participant: what its own sessions are told

	// UserRevision is the user's own after a ParticipantJoined or ParticipantLeft of a chat participant (rule R19).
	UserRevision Revision

	// MessageRemoved: whether the newest message changed by it, and to what (nil: none is left).
	LastChanged bool
	Last        *LastMessage
}

// ReactionChange is what a live messageUpdated says of a reaction.
type ReactionChange struct {
	Name     string
	Identity string
	Added    bool
	Count    int64 // with that name, after the change
}

// Reasons of updates, in Twilio's names.
const (
	ReasonAttributes       = "attributes"
	ReasonFriendlyName     = "friendlyName"
	ReasonUniqueName       = "uniqueName"
	ReasonState            = "state"
	ReasonTimers           = "timers" // Parley's own
	ReasonBody             = "body"
	ReasonSubject          = "subject"
	ReasonLastUpdatedBy    = "lastUpdatedBy"
	ReasonDateUpdated      = "dateUpdated"
	ReasonReaction         = "reaction" // Parley's own
	ReasonDeliveryReceipt  = "deliveryReceipt"
	ReasonAuthor           = "author"
	ReasonDateCreated      = "dateCreated"
	ReasonBindings         = "bindings"
	ReasonMessagingService = "messagingServiceSid" // Parley's own
	ReasonRole             = "roleSid"
	ReasonOnline           = "reachabilityOnline"
)

// NoticeKind is what a session is told of its own place in a conversation.
type NoticeKind uint8

// The notices.
const (
	NoticeJoined   NoticeKind = iota + 1 // conversationJoined
	NoticeLeft                           // conversationLeft
	NoticeReset                          // conversationReset
	NoticeReplayed                       // conversationReplayed
	NoticeResumed                        // resumed: every replay is out
)

// A Notice is meant for one user's sessions only.
type Notice struct {
	Kind         NoticeKind
	Conversation ConversationSID
	Revision     Revision          // 0 for none
	View         *ConversationView // Joined, Reset, Replayed
	Reason       LeaveReason       // Left; "" when the caller never learns
	Replay       bool
}
