package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"parley/hub"
)

// An Incoming is one message of the server as clients read it: an answer where Method is "", otherwise an
// event.
type Incoming struct {
	ID     json.RawMessage `json:"id"` // null where the server could not tell which request it refuses
	Result json.RawMessage `json:"result"`
	Error  *Error          `json:"error"`

	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// DecodeIncoming appends to dst the messages of one frame of the server, alone or in a batch.
func DecodeIncoming(dst []Incoming, frame []byte) ([]Incoming, error) {
	if frame = bytes.TrimLeft(frame, " \t\r\n"); len(frame) > 0 && frame[0] == '[' {
		var batch []Incoming
		if err := json.Unmarshal(frame, &batch); err != nil {
			return dst, fmt.Errorf("wire: server frame: %w", err)
		}
		return append(dst, batch...), nil
	}
	var one Incoming
	if err := json.Unmarshal(frame, &one); err != nil {
		return dst, fmt.Errorf("wire: server frame: %w", err)
	}
	return append(dst, one), nil
}

// Event reads the params of an event.
func (m *Incoming) Event() (*Event, error) {
	e := &Event{Method: m.Method}
	if len(m.Params) == 0 {
		return e, nil
	}
	if err := json.Unmarshal(m.Params, e); err != nil {
		return nil, fmt.Errorf("wire: params of %s: %w", m.Method, err)
	}
	return e, nil
}

// An Event is what the server tells unasked, as clients read it. Which parts are set depends on Method, one of
// the Event constants.
type Event struct {
	Method string `json:"-"`

	// Durable events.
	ConversationSID hub.ConversationSID `json:"conversation_sid"` // signals of a conversation too
	Revision        hub.Revision        `json:"revision"`         // the position that applying it reaches; 0 for none
	Replay          bool                `json:"replay"`           // part of a resume

	Message      *Message        `json:"message"`
	Last         LastChange      `json:"last_message"` // messageRemoved
	Participant  *Participant    `json:"participant"`
	Conversation *Conversation   `json:"conversation"`
	User         *User           `json:"user"` // userUpdated
	Reasons      []string        `json:"reasons"`
	Reason       hub.LeaveReason `json:"reason"` // conversationLeft, "" where it is not told

	SignalParams
	NoticeParams
}

// SignalParams is what signals say.
type SignalParams struct {
	ParticipantSID hub.ParticipantSID `json:"participant_sid"` // typing
	Identity       string             `json:"identity"`        // typing
	Horizons       []Horizon          `json:"horizons"`        // readHorizonsMoved

	LastReadMessageIndex *int64                `json:"last_read_message_index"` // ownConversationUpdated
	UnreadMessagesCount  *int64                `json:"unread_messages_count"`
	NotificationLevel    hub.NotificationLevel `json:"notification_level"`
}

// NoticeParams is what the server says of the session itself.
type NoticeParams struct {
	ExpiresAt       time.Time `json:"expires_at"`       // tokenAboutToExpire
	ReconnectWithin int64     `json:"reconnect_within"` // serverDraining, seconds
}

// Horizon says how far one participant has read.
type Horizon struct {
	ParticipantSID hub.ParticipantSID `json:"participant_sid"`
	Identity       string             `json:"identity"`
	Index          *int64             `json:"index"` // nil: nothing read
	Timestamp      time.Time          `json:"timestamp"`
}

// LastChange is what messageRemoved says of the conversation's newest message.
type LastChange struct {
	Changed bool
	Message *LastMessage // nil where no message is left
}

// UnmarshalJSON tells null, which says that none is left, from absence, which says nothing.
func (c *LastChange) UnmarshalJSON(text []byte) error {
	c.Changed = true
	return json.Unmarshal(text, &c.Message)
}
