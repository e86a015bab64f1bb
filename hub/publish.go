package hub

import (
	"context"
	"slices"
)

// everyHub is the topic that all hubs hear.
const everyHub = "hubs"

// publish hands a durable event to the sessions on this hub, at once and in revision order, and to other hubs.
func (h *Hub) publish(e *Event) {
	if e.Kind == ConversationDeleted {
		h.poke()
	}
	h.indexLater(e.Conversation)
	r := h.rooms.find(e.Conversation)
	if r == nil && h.bus == nil && (e.Participant == nil || !h.presence.knows(e.Participant.User)) {
		return // nobody hears it
	}
	p := h.packet(e)
	h.arrive(r, &p, e.View)
	if h.bus == nil {
		return
	}
	payload := p.append(make([]byte, 0, headerBytes+len(p.bytes)))
	h.bus.Publish(string(p.conversation), payload)
	if p.kind == packetJoined || p.kind == packetLeft {
		h.bus.Publish(string(p.user), payload) // for hubs that have the user and not the room
	}
}

// arrive takes in an event of this hub or another. r is its room, nil where nobody here is subscribed; view is how a
// newcomer sees the conversation, nil where the store must say it.
func (h *Hub) arrive(r *room, p *packet, view *ConversationView) {
	if p.kind == packetDeleted {
		if r != nil {
			h.sync(r, p.revision, true)
		}
		return
	}
	if p.kind == packetLeft { // its own sessions first: nothing more reaches them (rule R21)
		h.leave(r, p)
	}
	if r != nil {
		h.deliver(r, p)
	}
	if p.kind == packetJoined {
		h.place(p, view)
	}
}

// leave ends a user's part in a conversation. The room learns of it before the sessions do, so that one which is just
// attaching finds it there (rule R20).
func (h *Hub) leave(r *room, p *packet) {
	if r != nil {
		r.depart(p.user, p.revision)
	}
	h.place(p, nil)
}

// place has a user's sessions on this hub enter or leave a conversation.
func (h *Hub) place(p *packet, view *ConversationView) {
	switch p.kind {
	case packetLeft:
		n := &Notice{Kind: NoticeLeft, Conversation: p.conversation, Revision: p.revision, Reason: LeaveReason(p.word)}
		for _, f := range h.presence.feeds(p.user) {
			f.leave(n)
		}
	case packetJoined:
		for _, f := range h.presence.feeds(p.user) {
			if view == nil || !h.join(f, view, p.revision, 0) {
				h.entries.add(entrance{f, p.conversation}, 0)
			}
		}
	default:
		return
	}
	if p.userRevision > 0 {
		h.stir(p.user, p.userRevision)
	}
}

// tell publishes a packet to a topic.
func (h *Hub) tell(topic string, p *packet) {
	if h.bus == nil {
		return
	}
	p.from, p.epoch = h.id, h.epoch.Load().hash
	h.bus.Publish(topic, p.append(make([]byte, 0, headerBytes+len(p.bytes))))
}

// look tells other hubs how far a conversation is, after something that they may not have heard of.
func (h *Hub) look(sid ConversationSID, revision Revision) {
	if r := h.rooms.find(sid); r != nil {
		h.expect(r, revision)
	}
	h.tell(string(sid), &packet{kind: packetLook, conversation: sid, revision: revision})
}

// tune subscribes to what other hubs say of a conversation or a user.
func (h *Hub) tune(topic string) {
	if h.bus == nil {
		return
	}
	h.topics.Lock()
	defer h.topics.Unlock()
	h.bus.Subscribe(topic)
}

// untune ends that a while after nobody here wants it any more: who comes back soon finds it still there.
func (h *Hub) untune(users []UserSID) {
	if h.bus == nil {
		return
	}
	for _, user := range users {
		h.lingering.add(string(user), linger)
	}
}

// drop unsubscribes from those topics that nobody here came back to. It and tune hold a lock, so that neither undoes
// what the other has just done.
func (h *Hub) drop(topics []string) {
	h.topics.Lock()
	defer h.topics.Unlock()
	h.bus.Unsubscribe(slices.DeleteFunc(topics, func(topic string) bool {
		return h.rooms.find(ConversationSID(topic)) != nil || h.presence.knows(UserSID(topic))
	})...)
}

func (h *Hub) lingerLoop(ctx context.Context) {
	for topics := h.lingering.take(ctx, headsBatch); topics != nil; topics = h.lingering.take(ctx, headsBatch) {
		h.drop(topics)
	}
}

// hold finds or makes a room, and has it synced once the bus brings what happens in it (rule R18). Where no bus works
// it is synced from the store at once, and compared with it from time to time.
func (h *Hub) hold(service ServiceSID, sid ConversationSID) *room {
	r, made := h.rooms.hold(service, sid)
	if made && h.bus != nil {
		h.tune(string(sid))
		if !h.well.Load() {
			h.syncs.add(r, 0)
		}
	}
	return r
}

// release gives a room back.
func (h *Hub) release(r *room) {
	if h.rooms.release(r) && h.bus != nil {
		h.lingering.add(string(r.sid), linger)
	}
}

// endCursors tells sessions that their conversation is gone.
func (h *Hub) endCursors(r *room, cursors []*cursor) {
	n := &Notice{Kind: NoticeLeft, Conversation: r.sid, Reason: Deleted}
	for _, c := range cursors {
		c.feed.leave(n)
	}
}
