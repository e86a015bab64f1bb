package wire

import (
	"time"

	"parley/hub"
)

// AppendReceipts appends the result of message.receipts.
func AppendReceipts(dst []byte, receipts []*hub.Receipt) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	list(&w, "receipts", receipts, appendReceipt)
	w.close()
	return w.buf
}

func appendReceipt(dst []byte, r *hub.Receipt) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	w.must("conversation_sid", string(r.Conversation))
	w.must("message_sid", string(r.Message))
	w.must("sid", string(r.SID))
	w.text("channel_message_sid", r.ChannelMessage)
	w.must("participant_sid", string(r.Participant))
	w.must("status", string(r.Status))
	w.int("error_code", r.ErrorCode)
	w.time("date_created", r.DateCreated)
	w.time("date_updated", r.DateUpdated)
	w.close()
	return w.buf
}

// A Receipt as clients read it: how far a message got with one non-chat participant.
type Receipt struct {
	ConversationSID   hub.ConversationSID `json:"conversation_sid"`
	MessageSID        hub.MessageSID      `json:"message_sid"`
	SID               hub.ReceiptSID      `json:"sid"`
	ChannelMessageSID string              `json:"channel_message_sid"` // the carrier's
	ParticipantSID    hub.ParticipantSID  `json:"participant_sid"`
	Status            hub.ReceiptStatus   `json:"status"`
	ErrorCode         int64               `json:"error_code"` // 0: none
	DateCreated       time.Time           `json:"date_created"`
	DateUpdated       time.Time           `json:"date_updated"`
}
