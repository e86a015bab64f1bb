package wire

import (
	"encoding/json"
	"time"

	"parley/hub"
)

// AppendConversation appends a conversation as its reader sees it, for an answer.
func AppendConversation(dst []byte, v *hub.ConversationView) []byte {
	w := writer{buf: dst, answer: true}
	w.view(v)
	return w.buf
}

// view writes a conversation with all that its reader may see of it.
func (w *writer) view(v *hub.ConversationView) {
	w.open()
	w.thread(v.Conversation, v.Revision)
	w.int("participants_count", v.Participants)
	w.int("messages_count", v.Messages)
	w.lastMessage(v.Last)
	w.own(v)
	w.close()
}

// thread writes a conversation's own fields, as of a revision: what is the same for everybody and
// changes by conversationUpdated alone.
func (w *writer) thread(c *hub.Conversation, at hub.Revision) {
	w.must("chat_service_sid", string(c.Service))
	w.text("messaging_service_sid", c.MessagingService)
	w.must("sid", string(c.SID))
	w.text("friendly_name", c.FriendlyName)
	w.text("unique_name", c.UniqueName)
	w.attributes(c.Attributes)
	w.must("state", string(c.State))
	w.time("date_created", c.DateCreated)
	w.time("date_updated", c.DateUpdated)
	w.timers(c)
	w.bindings(c.Email)
	w.int("revision", int64(at))
	w.text("created_by", c.CreatedBy)
	w.time("state_updated", c.StateUpdated)
}

// timers writes when the timers will fire; those that are off are left out, in answers too, as at Twilio.
func (w *writer) timers(c *hub.Conversation) {
	inactive, closed := c.DateInactive(), c.DateClosed()
	if inactive.IsZero() && closed.IsZero() {
		w.absent("timers", "{}")
		return
	}
	w.key("timers")
	t := writer{buf: append(w.buf, '{')}
	t.time("date_inactive", inactive)
	t.time("date_closed", closed)
	w.buf = append(t.buf, '}')
}

// bindings writes what the conversation is in e-mail.
func (w *writer) bindings(e hub.EmailBinding) {
	if e == (hub.EmailBinding{}) {
		w.absent("bindings", "{}")
		return
	}
	w.key("bindings")
	w.open()
	w.key("email")
	w.open()
	w.text("projected_address", e.Address)
	w.text("name", e.Name)
	w.close()
	w.close()
}

func (w *writer) lastMessage(m *hub.LastMessage) {
	if m == nil {
		w.absent("last_message", "null")
		return
	}
	w.key("last_message")
	w.open()
	w.int("index", m.Index)
	w.time("date_created", m.DateCreated)
	w.text("author", m.Author)
	w.text("body", m.Body)
	w.close()
}

// own writes the reader's own part.
func (w *writer) own(v *hub.ConversationView) {
	own := v.Own
	if own == nil {
		own = &hub.Participant{Horizon: hub.NoIndex}
	}
	w.text("participant_sid", string(own.SID))
	w.text("role_sid", string(own.Role))
	texts(w, "permissions", v.Permissions)
	w.optInt("unread_messages_count", v.Unread)
	w.index("last_read_message_index", own.Horizon)
	w.text("notification_level", string(own.Notification))
}

// A Conversation as clients read it. What is null or left out is zero or nil.
type Conversation struct {
	ServiceSID          hub.ServiceSID      `json:"chat_service_sid"`
	MessagingServiceSID string              `json:"messaging_service_sid"`
	SID                 hub.ConversationSID `json:"sid"`
	FriendlyName        string              `json:"friendly_name"`
	UniqueName          string              `json:"unique_name"`
	Attributes          json.RawMessage     `json:"attributes"` // nil stands for {}
	State               hub.State           `json:"state"`
	DateCreated         time.Time           `json:"date_created"`
	DateUpdated         time.Time           `json:"date_updated"`
	Timers              Timers              `json:"timers"`
	Bindings            Bindings            `json:"bindings"`

	// Revision is the conversation's; in conversationUpdated the event's.
	Revision     hub.Revision `json:"revision"`
	CreatedBy    string       `json:"created_by"`
	StateUpdated time.Time    `json:"state_updated"`

	ConversationCounts
	OwnConversation
}

// Timers are the times at which a conversation will become inactive and closed; zero for never.
type Timers struct {
	DateInactive time.Time `json:"date_inactive"`
	DateClosed   time.Time `json:"date_closed"`
}

// Bindings are what a conversation is in the world outside.
type Bindings struct {
	Email *EmailBinding `json:"email"`
}

// EmailBinding is the address that e-mail of the conversation comes from, and the name it goes by.
type EmailBinding struct {
	ProjectedAddress string `json:"projected_address"`
	Name             string `json:"name"`
}

// ConversationCounts changes with messages and participants. conversationUpdated does not carry it.
type ConversationCounts struct {
	ParticipantsCount *int64       `json:"participants_count"`
	MessagesCount     *int64       `json:"messages_count"`
	LastMessage       *LastMessage `json:"last_message"`
}

// LastMessage is the summary of a conversation's newest message.
type LastMessage struct {
	Index       int64     `json:"index"`
	DateCreated time.Time `json:"date_created"`
	Author      string    `json:"author"`
	Body        string    `json:"body"` // at most hub.LastMessageBytes bytes
}

// OwnConversation is the reader's own part. conversationUpdated does not carry it.
type OwnConversation struct {
	ParticipantSID       hub.ParticipantSID    `json:"participant_sid"`
	RoleSID              hub.RoleSID           `json:"role_sid"`
	Permissions          []hub.Permission      `json:"permissions"`
	UnreadMessagesCount  *int64                `json:"unread_messages_count"`
	LastReadMessageIndex *int64                `json:"last_read_message_index"`
	NotificationLevel    hub.NotificationLevel `json:"notification_level"`
}
