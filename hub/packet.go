package hub

import (
	"encoding/binary"
	"errors"
)

// A packet is what hubs tell each other, and what a room acts on: an event or a signal, encoded for sessions, and beside
// it all that must be known without looking inside (rule R25). Which fields are set depends on its kind.
type packet struct {
	kind         packetKind
	from         [8]byte // hub that says it
	epoch        uint32  // hash of the store's history that it speaks of
	service      ServiceSID
	conversation ConversationSID
	revision     Revision // of the conversation
	user         UserSID  // whom it concerns
	userRevision Revision // of the user
	participant  ParticipantSID
	identity     string // author of a message, or who types or reads
	word         string // why someone left, a signal's key, a session's name
	number       int64  // index of a read horizon
	time         int64  // of it, in milliseconds
	bytes        []byte
}

// packetKind says what a packet is about. Numbers are never given twice: hubs of two releases talk to each other.
type packetKind uint8

const (
	packetEvent    packetKind = 1  // a durable change that concerns nobody's place
	packetMessage  packetKind = 2  // messageAdded: ends its author's typing
	packetJoined   packetKind = 3  // participantJoined of a user
	packetLeft     packetKind = 4  // participantLeft of a user: nothing more reaches it (rule R21)
	packetDeleted  packetKind = 5  // the conversation is gone
	packetLook     packetKind = 6  // the conversation is at least at this revision
	packetTyping   packetKind = 7  // someone types
	packetHorizon  packetKind = 8  // someone has read
	packetUser     packetKind = 9  // the user changed, in nothing that sessions follow
	packetOwn      packetKind = 10 // a signal to the user's own sessions
	packetAudience packetKind = 11 // a signal to them and those that watch the user
	packetPresence packetKind = 12 // the user came or went somewhere
	packetEnd      packetKind = 13 // the session with this name ends
	packetService  packetKind = 14 // the service was changed
	packetArmed    packetKind = 15 // a timer may fall due earlier than was known
	packetMark     packetKind = 17 // the user is at least at this revision, or barred
	packetDoubt    packetKind = 16 // something may have been lost, and nobody knows what
	packetEndAll   packetKind = 18 // the user's sessions end
)

// packetFormat is the first byte of every payload. A hub that meets another format takes nothing from it, and finds by
// comparing with the store what it was about.
const packetFormat = 1

// headerBytes is about what a packet takes besides its bytes.
const headerBytes = 192

// append encodes the packet.
func (p *packet) append(dst []byte) []byte {
	dst = append(dst, packetFormat, byte(p.kind))
	dst = append(dst, p.from[:]...)
	dst = binary.BigEndian.AppendUint32(dst, p.epoch)
	for _, s := range []string{
		string(p.service), string(p.conversation), string(p.user), string(p.participant), p.identity, p.word,
	} {
		dst = binary.AppendUvarint(dst, uint64(len(s)))
		dst = append(dst, s...)
	}
	for _, n := range []int64{int64(p.revision), int64(p.userRevision), p.number, p.time} {
		dst = binary.AppendVarint(dst, n)
	}
	return append(dst, p.bytes...)
}

var errPacket = errors.New("not a packet that this hub knows")

// parsePacket decodes a payload. bytes are the payload's own, the rest is copied.
func parsePacket(payload []byte) (p packet, err error) {
	if len(payload) < 14 || payload[0] != packetFormat {
		return p, errPacket
	}
	p.kind = packetKind(payload[1])
	copy(p.from[:], payload[2:10])
	p.epoch = binary.BigEndian.Uint32(payload[10:14])
	rest := payload[14:]
	for _, s := range []*string{
		(*string)(&p.service), (*string)(&p.conversation), (*string)(&p.user), (*string)(&p.participant), &p.identity, &p.word,
	} {
		n, used := binary.Uvarint(rest)
		if used <= 0 || n > uint64(len(rest)-used) {
			return p, errPacket
		}
		*s, rest = string(rest[used:used+int(n)]), rest[used+int(n):]
	}
	for _, v := range []*int64{(*int64)(&p.revision), (*int64)(&p.userRevision), &p.number, &p.time} {
		n, used := binary.Varint(rest)
		if used <= 0 {
			return p, errPacket
		}
		*v, rest = n, rest[used:]
	}
	p.bytes = rest
	return p, nil
}

// packet is an event as it goes to rooms, here and on other hubs.
func (h *Hub) packet(e *Event) packet {
	p := packet{
		kind: packetEvent, from: h.id, service: e.Service, conversation: e.Conversation, revision: e.Revision,
		userRevision: e.UserRevision, epoch: h.epoch.Load().hash,
	}
	switch {
	case e.Kind == MessageAdded:
		p.kind, p.identity = packetMessage, e.Message.Author
	case e.Kind == ConversationDeleted:
		p.kind = packetDeleted
		return p
	case e.Kind == ParticipantJoined && e.Participant.Chat():
		p.kind, p.user = packetJoined, e.Participant.User
	case e.Kind == ParticipantLeft && e.Participant.Chat():
		p.kind, p.user, p.word = packetLeft, e.Participant.User, string(e.Participant.Gone)
	}
	p.bytes = h.enc.Event(nil, e, false)
	return p
}
