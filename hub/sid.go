package hub

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// A sid names one thing for ever: two capital letters for its kind and the 32 lower-case hex digits
// of a UUIDv7 (RFC 9562, section 5.7), 34 characters in all. The first 48 bits are the time in
// milliseconds and the 12 behind the version its fraction (section 6.2, method 3), so keys made 0.3 us
// later or more sort later; 62 bits are random. The form is the one Twilio's libraries expect
// (`^CH[0-9a-fA-F]{32}$` and its like).
type (
	// ServiceSID names a tenant (IS...).
	ServiceSID string
	// UserSID names a person within a service (US...).
	UserSID string
	// ConversationSID names a conversation (CH...).
	ConversationSID string
	// ParticipantSID names one membership (MB...); a rejoin gets a new one.
	ParticipantSID string
	// MessageSID names a message (IM...).
	MessageSID string
	// RoleSID names a role (RL...).
	RoleSID string
	// ReceiptSID names a delivery receipt (DY...).
	ReceiptSID string
)

// NewServiceSID makes a fresh tenant name.
func NewServiceSID() ServiceSID { return ServiceSID(newSID("IS", clock())) }

// NewUserSID makes a fresh user name.
func NewUserSID() UserSID { return UserSID(newSID("US", clock())) }

// NewConversationSID makes a fresh conversation name.
func NewConversationSID() ConversationSID { return ConversationSID(newSID("CH", clock())) }

// NewParticipantSID makes a fresh membership name.
func NewParticipantSID() ParticipantSID { return ParticipantSID(newSID("MB", clock())) }

// NewMessageSID makes a fresh message name.
func NewMessageSID() MessageSID { return MessageSID(newSID("IM", clock())) }

// NewRoleSID makes a fresh role name.
func NewRoleSID() RoleSID { return RoleSID(newSID("RL", clock())) }

// NewReceiptSID makes a fresh receipt name.
func NewReceiptSID() ReceiptSID { return ReceiptSID(newSID("DY", clock())) }

// clock gives the time that sids begin with. Nothing depends on it: sids are unique by chance, and order in a
// conversation is that of its index.
var clock = time.Now

const sidLen = 34

func newSID(prefix string, now time.Time) string {
	var id [16]byte
	rand.Read(id[8:]) // never fails: it crashes the process instead
	fraction := uint64(now.Nanosecond()) % 1e6 << 12 / 1e6
	const version = 7
	binary.BigEndian.PutUint64(id[:], uint64(now.UnixMilli())<<16|version<<12|fraction)
	id[8] = id[8]&0x3f | 0x80 // variant of RFC 9562
	var text [sidLen]byte
	copy(text[:], prefix)
	hex.Encode(text[2:], id[:])
	return string(text[:])
}

// IsSID reports whether s has the form of a sid with this prefix of two capital letters.
func IsSID(s, prefix string) bool { return looksLikeSID(s, prefix) }

// looksLikeSID reports whether s has the form of a sid with this prefix; hex digits may be of either
// case, as in Twilio's own patterns.
func looksLikeSID(s, prefix string) bool {
	if len(s) != sidLen || s[:2] != prefix {
		return false
	}
	for i := 2; i < sidLen; i++ {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

// looksLikeAnySID reports whether s could be taken for a sid of any kind. Identities and unique names
// of that shape are refused, since a path or parameter holding one would be ambiguous.
func looksLikeAnySID(s string) bool {
	if len(s) != sidLen || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' {
		return false
	}
	return looksLikeSID(s, s[:2])
}
