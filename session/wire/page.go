package wire

import (
	"time"

	"parley/hub"
)

// AppendMessagePage appends the result of message.list.
func AppendMessagePage(dst []byte, p *hub.MessagePage) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	list(&w, "messages", p.Messages, AppendMessage)
	w.bool("has_prev", p.HasPrev)
	w.bool("has_next", p.HasNext)
	w.int("revision", int64(p.Revision))
	w.close()
	return w.buf
}

// AppendParticipantPage appends the result of participant.list.
func AppendParticipantPage(dst []byte, p *hub.ParticipantPage) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	list(&w, "participants", p.Participants, AppendParticipant)
	w.text("next_page_token", p.Next)
	w.int("revision", int64(p.Revision))
	w.close()
	return w.buf
}

// AppendConversationPage appends the result of conversation.list.
func AppendConversationPage(dst []byte, p *hub.ConversationPage) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	list(&w, "conversations", p.Views, AppendConversation)
	w.text("next_page_token", p.Next)
	w.close()
	return w.buf
}

// AppendChanges appends the result of changes: each event as the notification it would have been.
func AppendChanges(dst []byte, c *hub.Changes) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	list(&w, "changes", c.Events, func(dst []byte, e *hub.Event) []byte { return Encoder{}.Event(dst, e, true) })
	w.int("revision", int64(c.To))
	w.bool("more", c.More)
	w.close()
	return w.buf
}

// AppendRoles appends the result of role.list.
func AppendRoles(dst []byte, roles []*hub.Role) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	list(&w, "roles", roles, AppendRole)
	w.close()
	return w.buf
}

// AppendJoined appends the result of conversation.join: the conversation as the newcomer, its Own, sees it,
// and the newcomer.
func AppendJoined(dst []byte, v *hub.ConversationView) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	w.key("conversation")
	w.view(v)
	w.key("participant")
	w.participant(v.Own)
	w.close()
	return w.buf
}

// AppendReadState appends the result of read.set.
func AppendReadState(dst []byte, s *hub.ReadState) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	w.index("last_read_message_index", s.LastRead)
	w.optInt("unread_messages_count", s.Unread)
	w.close()
	return w.buf
}

// AppendExpiry appends the result of token.update.
func AppendExpiry(dst []byte, expires time.Time) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	w.time("expires_at", expires)
	w.close()
	return w.buf
}

// AppendFound appends the result of message.search.
func AppendFound(dst []byte, p *hub.SearchPage) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	list(&w, "messages", p.Messages, AppendMessage)
	w.text("next_page_token", p.Next)
	w.bool("complete", p.Complete)
	w.close()
	return w.buf
}
