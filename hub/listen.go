package hub

import (
	"bytes"
	"strings"
	"time"
)

const (
	// linger is how long a topic stays subscribed after its last subscriber here has gone.
	linger = 5 * time.Second
	// missedWait is how long a change of a user that seems to be missed may still come.
	missedWait = 200 * time.Millisecond
)

// Heard implements Listener.
func (h *Hub) Heard(payload []byte) {
	p, err := parsePacket(payload)
	switch {
	case err != nil:
		h.counters.unknown.Add(1)
		return
	case p.from == h.id:
		return
	case p.epoch != h.epoch.Load().hash: // one of the two has yet to learn that the history was replaced (rule R4)
		h.doubt()
		return
	}
	p.bytes = bytes.Clone(p.bytes)
	switch p.kind {
	case packetEvent, packetMessage, packetJoined, packetLeft, packetDeleted:
		h.arrive(h.rooms.find(p.conversation), &p, nil)
	case packetLook:
		if r := h.rooms.find(p.conversation); r != nil {
			h.expect(r, p.revision)
		}
	case packetTyping:
		if r := h.rooms.find(p.conversation); r != nil {
			h.typing(r, p.participant, p.identity)
		}
	case packetHorizon:
		move := HorizonMove{Participant: p.participant, Identity: p.identity, Index: p.number, Time: time.UnixMilli(p.time).UTC()}
		h.horizonMoved(p.conversation, move)
	case packetUser:
		h.stir(p.user, p.userRevision)
	case packetMark:
		h.mark(UserMark{User: p.user, Revision: p.userRevision, Barred: p.number != 0})
	case packetOwn, packetAudience:
		h.signal(&p)
	case packetPresence:
		h.watched.add(p.user, 0)
	case packetDoubt:
		h.Doubt("another hub does not know what it failed to publish")
	case packetEnd:
		h.endSession(p.word)
	case packetEndAll:
		h.endSessions(p.user)
	case packetArmed:
		h.armed()
	case packetService:
		h.alter()
	}
}

// Subscribed implements Listener: what happened before is read from the store, what happens later will be heard
// (rules R18, R19).
func (h *Hub) Subscribed(topics []string) {
	for _, topic := range topics {
		if strings.HasPrefix(topic, "US") {
			h.marks.add(UserSID(topic), 0)
		} else if r := h.rooms.find(ConversationSID(topic)); r != nil {
			h.syncs.add(r, 0)
		}
	}
}

// Health implements Listener. A room that waits for its topic is synced from the store now.
func (h *Hub) Health(well bool, _ error) {
	if h.well.Swap(well) && !well {
		h.doubt()
	}
}

// Doubt implements Listener.
func (h *Hub) Doubt(reason string) {
	h.log.Info("comparing everything with the store", "reason", reason)
	h.known.forget()
	h.doubt()
}

// Missed implements Listener: what was not heard is asked for anew by how far it has come.
func (h *Hub) Missed(topics []string) {
	if len(topics) == 0 {
		h.tell(everyHub, &packet{kind: packetDoubt})
		return
	}
	for _, topic := range topics {
		if strings.HasPrefix(topic, "CH") {
			h.astray.add(ConversationSID(topic), 0)
		} else if strings.HasPrefix(topic, "US") {
			h.strayed.add(UserSID(topic), 0)
		}
	}
}
