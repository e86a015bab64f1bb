package hub

import (
	"time"
)

// A Revision numbers the durable changes of one conversation: each raises it by exactly one, in the
// transaction that makes it (rule R1). The first, its creation, is 1; 0 means none.
type Revision int64

// State is where a conversation is in its life.
type State string

// A conversation is active until nothing was said for a while or someone sets it aside; a new message
// or participant wakes an inactive one. Closed is final: it can be read but not written.
const (
	StateActive   State = "active"
	StateInactive State = "inactive"
	StateClosed   State = "closed"
)

// Timers move a conversation to inactive and to closed after so long without a new message or
// participant. Zero is off. At least 1 minute and 10 minutes (Twilio 50375, 50376).
type Timers struct {
	Inactive time.Duration
	Closed   time.Duration
}

// EmailBinding is what a conversation is in e-mail: the address that it is reached at, and the name it goes by.
type EmailBinding struct{ Address, Name string }

// A Conversation is a private thread. Its own columns change rarely; its Head with every event.
type Conversation struct {
	SID          ConversationSID
	Service      ServiceSID
	UniqueName   string // "" reads as null; unique within the service
	FriendlyName string // "" reads as null
	Attributes   Attributes
	State        State
	StateUpdated time.Time // zero until the state first changes
	Timers       Timers
	CreatedBy    string // identity, or "system" for the account
	// The account's to set, and kept for what sends to the world outside.
	MessagingService string       // MG..., "" reads as null
	Email            EmailBinding // zero for none

	DateCreated time.Time
	DateUpdated time.Time
	Changed     Revision // of the last change to the fields above (rule R1)

	Head
}

// Head is the narrow, often written part of a conversation.
type Head struct {
	Revision     Revision
	LastIndex    int64     // index of the newest message ever added, -1 before the first
	LastLive     int64     // index of the newest message not removed, -1 where there is none
	LastTime     time.Time // creation time of message LastIndex; message times never go back (rule R15)
	Messages     int64     // that exist
	Participants int64     // chat and non-chat, that are in
	NonChat      int64     // of those, without an identity
	Activity     time.Time // newest of creation and last message; never goes back (rule R13)
	Touched      time.Time // newest message, participant or state change: what timers count from
	Deadline     time.Time // when to look at the timers again, zero for never; may be early (rule R15)
	Deleted      bool      // tombstone: sid, service and head are all that is left (rule R5)
}

// NoIndex is the message index that stands for none: indexes begin at 0.
const NoIndex int64 = -1

// LastMessage is the summary of a conversation's newest existing message.
type LastMessage struct {
	Index       int64
	DateCreated time.Time
	Author      string
	Body        string // its first LastMessageBytes bytes, cut at a code point
}

// LastMessageBytes bounds the body in a LastMessage.
const LastMessageBytes = 256

// ConversationView is a conversation as one reader sees it. Only answers hold one; shared events never
// do, since events are the same bytes for everybody.
type ConversationView struct {
	*Conversation
	Last *LastMessage // nil where no message exists

	// The reader's own part; nil and empty for the account and for someone outside.
	Own         *Participant
	Permissions []Permission // union of service and conversation role
	Unread      *int64       // nil until a read horizon was set
}

// ConversationRef names a conversation by sid or, where it does not have a sid's form, by unique name.
type ConversationRef string

// SID is the sid that the reference holds, or "" where it is a unique name.
func (r ConversationRef) SID() ConversationSID {
	if looksLikeSID(string(r), "CH") {
		return ConversationSID(r)
	}
	return ""
}

// due is the time at which the timers next move the conversation, zero for never.
func (c *Conversation) due() time.Time {
	var due time.Time
	if c.State == StateActive && c.Timers.Inactive > 0 {
		due = c.Touched.Add(c.Timers.Inactive)
	}
	if c.State != StateClosed && c.Timers.Closed > 0 {
		if closing := c.Touched.Add(c.Timers.Closed); due.IsZero() || closing.Before(due) {
			due = closing
		}
	}
	return due
}

// DateInactive is when the inactive timer will fire as things stand, zero for never.
func (c *Conversation) DateInactive() time.Time {
	if c.State != StateActive || c.Timers.Inactive == 0 {
		return time.Time{}
	}
	return c.Touched.Add(c.Timers.Inactive)
}

// DateClosed is when the closing timer will fire as things stand, zero for never.
func (c *Conversation) DateClosed() time.Time {
	if c.State == StateClosed || c.Timers.Closed == 0 {
		return time.Time{}
	}
	return c.Touched.Add(c.Timers.Closed)
}
