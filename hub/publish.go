package hub

// publish hands a durable event to the sessions on this hub, in revision order.
func (h *Hub) publish(e *Event) {
	switch e.Kind {
	case ParticipantLeft:
		if e.Participant.Chat() { // its own sessions first: nothing more reaches them (rule R21)
			n := &Notice{Kind: NoticeLeft, Conversation: e.Conversation, Revision: e.Revision, Reason: e.Participant.Gone}
			for _, f := range h.presence.feeds(h.userOf(e)) {
				f.leave(n)
			}
		}
		h.deliverTo(e)
	case ParticipantJoined:
		h.deliverTo(e)
		if e.Participant.Chat() {
			for _, f := range h.presence.feeds(h.userOf(e)) {
				h.joined(f, e)
			}
		}
	case ConversationDeleted:
		if r := h.rooms.find(e.Conversation); r != nil {
			h.sync(r, e.Revision, true)
		}
		h.poke()
	default:
		h.deliverTo(e)
	}
}

func (h *Hub) deliverTo(e *Event) {
	if r := h.rooms.find(e.Conversation); r != nil {
		h.deliver(r, e)
	}
}

func (h *Hub) userOf(e *Event) userKey {
	return userKey{e.Service, e.Participant.Identity}
}

// endCursors tells sessions that their conversation is gone.
func (h *Hub) endCursors(r *room, cursors []*cursor) {
	n := &Notice{Kind: NoticeLeft, Conversation: r.sid, Reason: Deleted}
	for _, c := range cursors {
		c.feed.leave(n)
	}
}
