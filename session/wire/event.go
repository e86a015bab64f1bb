package wire

import "parley/hub"

// Encoder is the encoder of parley.v1.json. It holds nothing and allocates nothing but what dst lacks.
type Encoder struct{}

var _ hub.Encoder = Encoder{}

// Event encodes a durable change. A replayed one bears "replay":true and always shows a message whole,
// where the live update of a reaction shows the reaction alone. ConversationDeleted becomes the
// conversationLeft that everybody gets.
func (Encoder) Event(dst []byte, e *hub.Event, replay bool) []byte {
	w := writer{buf: dst}
	w.notification(eventName(e.Kind))
	w.position(e.Conversation, e.Revision, replay)
	switch e.Kind {
	case hub.MessageAdded, hub.MessageUpdated:
		w.key("message")
		if e.Reaction != nil && !replay {
			w.reaction(e.Message, e.Reaction)
		} else {
			w.message(e.Message)
		}
	case hub.MessageRemoved:
		w.removal(e)
	case hub.ParticipantJoined, hub.ParticipantUpdated, hub.ParticipantLeft:
		w.key("participant")
		w.participant(e.Participant)
	case hub.ConversationUpdated:
		w.key("conversation")
		w.open()
		w.thread(e.Thread, e.Revision)
		w.close()
	case hub.ConversationDeleted:
		w.must("reason", string(hub.Deleted))
	}
	texts(&w, "reasons", e.Reasons)
	w.finish()
	return w.buf
}

func eventName(kind hub.EventKind) string {
	switch kind {
	case hub.MessageAdded:
		return EventMessageAdded
	case hub.MessageUpdated:
		return EventMessageUpdated
	case hub.MessageRemoved:
		return EventMessageRemoved
	case hub.ParticipantJoined:
		return EventParticipantJoined
	case hub.ParticipantUpdated:
		return EventParticipantUpdated
	case hub.ParticipantLeft:
		return EventParticipantLeft
	case hub.ConversationUpdated:
		return EventConversationUpdated
	default:
		return EventConversationLeft
	}
}

// removal writes which message is gone, and what the newest one is now where that changed.
func (w *writer) removal(e *hub.Event) {
	w.key("message")
	w.open()
	w.must("sid", string(e.Message.SID))
	w.int("index", e.Message.Index)
	w.close()
	switch {
	case !e.LastChanged:
	case e.Last == nil:
		w.literal("last_message", "null")
	default:
		w.lastMessage(e.Last)
	}
}

// notification begins a notification (JSON-RPC 2.0, section 4.1); finish ends it.
func (w *writer) notification(method string) {
	w.buf = append(w.buf, `{"jsonrpc":"2.0","method":"`...)
	w.buf = append(w.buf, method...)
	w.buf = append(w.buf, `","params":{`...)
}

func (w *writer) finish() { w.buf = append(w.buf, '}', '}') }

// position writes what every durable event's params begin with.
func (w *writer) position(c hub.ConversationSID, r hub.Revision, replay bool) {
	w.must("conversation_sid", string(c))
	if r > 0 {
		w.int("revision", int64(r))
	}
	if replay {
		w.bool("replay", true)
	}
}
