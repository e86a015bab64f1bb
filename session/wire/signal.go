package wire

import "parley/hub"

// Signal encodes a passing fact.
func (Encoder) Signal(dst []byte, s *hub.Signal) []byte {
	w := writer{buf: dst}
	w.notification(signalName(s.Kind))
	if s.Kind != hub.UserUpdated {
		w.must("conversation_sid", string(s.Conversation))
	}
	switch s.Kind {
	case hub.TypingStarted, hub.TypingEnded:
		w.must("participant_sid", string(s.Participant))
		w.text("identity", s.Identity)
	case hub.HorizonsMoved:
		list(&w, "horizons", s.Horizons, appendHorizon)
	case hub.OwnConversationUpdated:
		w.index("last_read_message_index", s.Own.LastRead)
		w.optInt("unread_messages_count", s.Own.Unread)
		w.text("notification_level", string(s.Own.Notification))
	case hub.UserUpdated:
		w.key("user")
		w.user(s.User)
		texts(&w, "reasons", s.Reasons)
	}
	w.finish()
	return w.buf
}

func signalName(kind hub.SignalKind) string {
	switch kind {
	case hub.TypingStarted:
		return EventTypingStarted
	case hub.TypingEnded:
		return EventTypingEnded
	case hub.HorizonsMoved:
		return EventReadHorizonsMoved
	case hub.OwnConversationUpdated:
		return EventOwnConversationUpdated
	default:
		return EventUserUpdated
	}
}

func appendHorizon(dst []byte, h hub.HorizonMove) []byte {
	w := writer{buf: dst}
	w.open()
	w.must("participant_sid", string(h.Participant))
	w.text("identity", h.Identity)
	w.index("index", h.Index)
	w.time("timestamp", h.Time)
	w.close()
	return w.buf
}
