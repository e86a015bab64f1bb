package wire

import (
	"time"

	"parley/hub"
)

// Subprotocol is the name of this wire format in Sec-WebSocket-Protocol.
const Subprotocol = "parley.v1.json"

// ConnectResult is the answer to connect.
type ConnectResult struct {
	Session       string
	Epoch         string
	User          *hub.UserView
	Service       hub.ServiceSID
	Hub           string
	ExpiresAt     time.Time
	Heartbeat     time.Duration // whole seconds
	Replaying     []hub.ConversationSID
	Limits        ConnectLimits
	Conversations []*hub.ConversationView
	NextPageToken string // "" at the end
}

// ConnectLimits are the sizes that a client should know beforehand, in bytes.
type ConnectLimits struct {
	Frame                  int64 `json:"frame_bytes"`        // that the server accepts
	ServerFrame            int64 `json:"server_frame_bytes"` // that the server sends
	Body                   int64 `json:"body_bytes"`
	ConversationAttributes int64 `json:"conversation_attributes_bytes"`
	Attributes             int64 `json:"attributes_bytes"` // of messages, participants and users
}

// AppendConnectResult appends the result of connect.
func AppendConnectResult(dst []byte, r *ConnectResult) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	w.must("session", r.Session)
	w.must("epoch", r.Epoch)
	w.key("user")
	w.user(r.User)
	w.must("service_sid", string(r.Service))
	w.must("hub", r.Hub)
	w.time("expires_at", r.ExpiresAt)
	w.int("heartbeat", wholeSeconds(r.Heartbeat))
	texts(&w, "replaying", r.Replaying)
	w.limits(&r.Limits)
	list(&w, "conversations", r.Conversations, AppendConversation)
	w.text("next_page_token", r.NextPageToken)
	w.close()
	return w.buf
}

func (w *writer) limits(l *ConnectLimits) {
	w.key("limits")
	w.open()
	w.int("frame_bytes", l.Frame)
	w.int("server_frame_bytes", l.ServerFrame)
	w.int("body_bytes", l.Body)
	w.int("conversation_attributes_bytes", l.ConversationAttributes)
	w.int("attributes_bytes", l.Attributes)
	w.close()
}

// ConnectParams are the params of connect, for clients to send.
type ConnectParams struct {
	Token  string `json:"token"`
	Client string `json:"client,omitempty"`
	Epoch  string `json:"epoch,omitempty"`
	// Resume is the position in each conversation: nil begins afresh, an empty map asks to be told of every
	// conversation.
	Resume        map[hub.ConversationSID]hub.Revision `json:"resume,omitzero"`
	Conversations *int                                 `json:"conversations,omitempty"` // 0 to 1000, how many to list
}

// Connected is the answer to connect as clients read it.
type Connected struct {
	Session       string                `json:"session"`
	Epoch         string                `json:"epoch"`
	User          User                  `json:"user"`
	ServiceSID    hub.ServiceSID        `json:"service_sid"`
	Hub           string                `json:"hub"`
	ExpiresAt     time.Time             `json:"expires_at"`
	Heartbeat     int64                 `json:"heartbeat"` // seconds
	Replaying     []hub.ConversationSID `json:"replaying"`
	Limits        ConnectLimits         `json:"limits"`
	Conversations []Conversation        `json:"conversations"`
	NextPageToken string                `json:"next_page_token"` // "" at the end
}
