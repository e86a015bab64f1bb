package wire

import (
	"encoding/json"
	"time"

	"parley/hub"
)

// AppendParticipant appends a participant for an answer.
func AppendParticipant(dst []byte, p *hub.Participant) []byte {
	w := writer{buf: dst, answer: true}
	w.participant(p)
	return w.buf
}

func (w *writer) participant(p *hub.Participant) {
	w.open()
	w.must("conversation_sid", string(p.Conversation))
	w.must("sid", string(p.SID))
	w.text("identity", p.Identity)
	w.attributes(p.Attributes)
	w.binding(p.Binding)
	w.text("role_sid", string(p.Role))
	w.index("last_read_message_index", p.Horizon)
	w.time("last_read_timestamp", p.HorizonTime)
	w.time("date_created", p.DateCreated)
	w.time("date_updated", p.DateUpdated)
	w.close()
}

func (w *writer) binding(b *hub.Binding) {
	if b == nil {
		w.absent("messaging_binding", "null")
		return
	}
	w.key("messaging_binding")
	w.open()
	w.must("type", string(b.Kind))
	w.must("address", b.Address)
	w.must("proxy_address", b.ProxyAddress)
	if b.Name != "" {
		w.must("name", b.Name)
	}
	if b.Level != "" {
		w.must("level", b.Level)
	}
	w.close()
}

// A Participant as clients read it. What is null or left out is zero or nil.
type Participant struct {
	ConversationSID      hub.ConversationSID `json:"conversation_sid"`
	SID                  hub.ParticipantSID  `json:"sid"`
	Identity             string              `json:"identity"`   // "" for a non-chat participant
	Attributes           json.RawMessage     `json:"attributes"` // nil stands for {}
	MessagingBinding     *Binding            `json:"messaging_binding"`
	RoleSID              hub.RoleSID         `json:"role_sid"`
	LastReadMessageIndex *int64              `json:"last_read_message_index"`
	LastReadTimestamp    time.Time           `json:"last_read_timestamp"`
	DateCreated          time.Time           `json:"date_created"`
	DateUpdated          time.Time           `json:"date_updated"`
}

// Binding is how a non-chat participant is reached.
type Binding struct {
	Type         hub.Kind `json:"type"`
	Address      string   `json:"address"`
	ProxyAddress string   `json:"proxy_address"`
	Name         string   `json:"name"`  // e-mail only
	Level        string   `json:"level"` // e-mail only: to or cc
}
