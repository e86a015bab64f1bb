package hub

import "time"

// SignalKind is a passing fact: no revision, the latest wins, it may vanish.
type SignalKind uint8

// The signals.
const (
	TypingStarted SignalKind = iota + 1
	TypingEnded
	HorizonsMoved          // readHorizonsMoved
	OwnConversationUpdated // to all of one user's sessions
	UserUpdated            // to the subscribers of a user
)

// A Signal is one passing fact. Which fields are set depends on its kind.
type Signal struct {
	Kind         SignalKind
	Conversation ConversationSID
	Participant  ParticipantSID // Typing
	Identity     string         // Typing
	Horizons     []HorizonMove  // HorizonsMoved, at most MaxHorizons
	Own          *ReadState     // OwnConversationUpdated
	User         *UserView      // UserUpdated
	Reasons      []string       // UserUpdated
}

// MaxHorizons bounds the horizons of one readHorizonsMoved (rule R26).
const MaxHorizons = 50

// HorizonMove says how far one participant has read.
type HorizonMove struct {
	Participant ParticipantSID
	Identity    string
	Index       int64 // NoIndex: nothing read
	Time        time.Time
}

// ReadState is a reader's own standing in a conversation.
type ReadState struct {
	LastRead     int64  // NoIndex: nothing read
	Unread       *int64 // nil: the horizon was never set
	Notification NotificationLevel
}

// UserView is a user with what the hub knows of its reachability.
type UserView struct {
	*User
	Reachability
}
