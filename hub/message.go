package hub

import "time"

// A Message is what was said. Its index never changes and is never given to another: an edit keeps it, a
// removal leaves a tombstone without content.
type Message struct {
	SID          MessageSID
	Conversation ConversationSID
	Index        int64
	Author       string         // identity, address, or "system"
	Participant  ParticipantSID // "" for the account
	Body         string         // "" reads as null
	Subject      string         // "" reads as null
	Attributes   Attributes
	ReplyTo      int64 // index, NoIndex for none
	Nonce        string
	Reactions    []Reaction // by name; at most MaxReactions
	Media        []Attachment
	Delivery     Delivery
	// A content template in place of a body, kept for what sends it. The account's to set.
	ContentSID       string // HX..., "" reads as null
	ContentVariables string // JSON text, "" for none

	DateCreated   time.Time
	DateUpdated   time.Time
	LastUpdatedBy string // identity of the last editor, "" for none
	Created       Revision
	Changed       Revision
	Removed       bool
}

const (
	messageWeight    = 900 // bytes that a message takes beside its body and attributes, about
	attachmentWeight = 150 // likewise an attachment beside its name and type
)

// Weight is about how many bytes the message takes in an answer: what pages are bounded by.
func (m *Message) Weight() int {
	weight := len(m.Body) + len(m.Attributes) + messageWeight
	for i := range m.Media {
		weight += len(m.Media[i].Filename) + len(m.Media[i].ContentType) + attachmentWeight
	}
	return weight
}

// A Reaction counts who reacted to a message with one name.
type Reaction struct {
	Name       string
	Count      int64
	Identities []string // the first ReactionIdentities of them, oldest first
}

const (
	// MaxReactions bounds the distinct reaction names of one message.
	MaxReactions = 20
	// ReactionIdentities bounds the identities that are named beside a reaction's count (rule R26).
	ReactionIdentities = 20
)

// MessageRef names a message by sid or by index; SID wins where it is set.
type MessageRef struct {
	SID   MessageSID
	Index int64
}
