package hub

// Limits bound what one service may hold. Each has a flag `--max-NAME` and a line in docs/limits.md;
// the zero value of a field means no limit. DefaultLimits has Twilio's figures (its documentation,
// "Conversations limits") but for the two counts that it is known to be too small for.
type Limits struct {
	Body                   int // bytes of a message's body
	Subject                int // code points
	MessageAttributes      int // bytes of JSON text, of a message, participant or user
	ConversationAttributes int // bytes of JSON text
	FriendlyName           int // code points
	UniqueName             int // code points
	Identity               int // code points, of an identity or an address
	Nonce                  int // bytes
	Reaction               int // bytes of a reaction's name
	Filename               int // code points, of a media's name
	MessageMedia           int // media of one message
	Participants           int // per conversation, chat and non-chat
	NonChat                int // non-chat participants per conversation
	UserConversations      int // open conversations per user
	ResumeRows             int // changed rows that a resume replays before it resets instead
}

// DefaultLimits are the limits where nothing else is configured.
func DefaultLimits() Limits {
	return Limits{
		Body:                   32 << 10,
		Subject:                256,
		MessageAttributes:      4 << 10,
		ConversationAttributes: 16 << 10,
		FriendlyName:           256,
		UniqueName:             256,
		Identity:               256,
		Nonce:                  64,
		Reaction:               32,
		Filename:               256,
		MessageMedia:           10,
		Participants:           10_000,
		NonChat:                50,
		UserConversations:      10_000,
		ResumeRows:             1_000,
	}
}
