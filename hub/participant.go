package hub

import "time"

// A Participant is one membership of a conversation: a chat participant by identity, or a non-chat one
// by the address it is reached at and the proxy address it sees. Someone who comes back is a new
// participant; the old row stays as tombstone (rules R1, R5).
type Participant struct {
	SID          ParticipantSID
	Conversation ConversationSID

	// Chat.
	User     UserSID
	Identity string
	// Non-chat.
	Binding *Binding

	Attributes   Attributes
	Role         RoleSID // of type conversation; "" for non-chat, unless the account gave one
	Notification NotificationLevel
	Horizon      int64     // last message read, NoIndex until set
	HorizonTime  time.Time // when it was set, zero until then

	DateCreated time.Time
	DateUpdated time.Time
	Created     Revision
	Changed     Revision

	Gone LeaveReason // "" while in; then how the membership ended, at revision Changed
}

// Chat reports whether the participant has an identity and so sessions of its own.
func (p *Participant) Chat() bool { return p.Binding == nil }

// NotificationLevel says whether a participant wants pushes; real-time events come all the same.
type NotificationLevel string

// The notification levels.
const (
	NotifyDefault NotificationLevel = "default"
	NotifyMuted   NotificationLevel = "muted"
)

// LeaveReason says how a membership ended.
type LeaveReason string

// The ways out. Someone removed by another may come back only by being added (rule R22).
const (
	Left    LeaveReason = "left"
	Removed LeaveReason = "removed"
	Deleted LeaveReason = "deleted"
)

// Kind is the channel of a non-chat participant.
type Kind string

// The channels, told from an address by ParseBinding.
const (
	KindSMS      Kind = "sms"
	KindWhatsApp Kind = "whatsapp"
	KindEmail    Kind = "email"
)

// A Binding ties a non-chat participant to the world outside. The pair of addresses is unique over all
// conversations that are neither closed nor deleted, in all services: it is the routing table of
// inbound messages (Twilio 50416).
type Binding struct {
	Kind         Kind
	Address      string
	ProxyAddress string
	Name         string // e-mail only: that the participant goes by, "" for none
	Level        string // e-mail only: to or cc, "" for none
}

// ParticipantRef names a participant by sid or, where it does not have a sid's form, by identity.
type ParticipantRef string

// SID is the sid that the reference holds, or "" where it is an identity.
func (r ParticipantRef) SID() ParticipantSID {
	if looksLikeSID(string(r), "MB") {
		return ParticipantSID(r)
	}
	return ""
}
