package hub

import "slices"

// RecordReceipt notes what a carrier says of a message to one non-chat participant. The account's alone. A status only ever
// goes up: what comes late or again changes nothing. Answers *Receipt, as it is thereafter.
type RecordReceipt struct {
	Conversation   ConversationRef
	Message        MessageRef
	Participant    ParticipantSID
	ChannelMessage string // "" leaves what was there
	Status         ReceiptStatus
	ErrorCode      int64
}

func (*RecordReceipt) op() string                  { return "receipt.record" }
func (cmd *RecordReceipt) target() ConversationRef { return cmd.Conversation }

func (cmd *RecordReceipt) run(t *turn) (any, error) {
	if !t.actor.account() {
		return nil, Errorf(CodeForbidden, "only the account records receipts")
	}
	if cmd.Status.rank() == 0 {
		return nil, Errorf(CodeInvalidParams, "status must be sent, delivered, read, failed or undelivered")
	}
	if err := checkLength(CodeInvalidParams, "channel_message_sid", cmd.ChannelMessage, t.limits.Identity); err != nil {
		return nil, err
	}
	a, err := t.write(cmd.Conversation, false)
	if err != nil {
		return nil, err
	}
	m, err := a.message(cmd.Message)
	if err != nil {
		return nil, err
	}
	all, err := t.Receipts(m)
	if err != nil {
		return nil, err
	}
	to, err := t.Participant(a.thread.SID, ParticipantRef(cmd.Participant))
	if err != nil {
		return nil, err
	}
	r, known, err := cmd.find(t, all, m, to)
	if err != nil || known && cmd.Status.rank() <= r.Status.rank() {
		return r, err
	}
	if !known {
		all = append(all, r)
	}
	r.Status, r.ErrorCode, r.DateUpdated = cmd.Status, cmd.ErrorCode, t.now
	if cmd.ChannelMessage != "" {
		r.ChannelMessage = cmd.ChannelMessage
	}
	if err := t.PutReceipt(r); err != nil {
		return nil, err
	}
	if err := a.readOutside(to, m, r.Status); err != nil {
		return nil, err
	}
	was := m.Delivery
	if m.Delivery = was.sum(all); m.Delivery == was {
		return r, nil
	}
	return r, a.alter(m, &Event{Kind: MessageUpdated, Message: m, Reasons: []string{ReasonDeliveryReceipt}})
}

// find gives the receipt of a message for a participant, a new one where there is none yet. Who has left since still gets
// them; who came later never does, nor does who wrote the message.
func (cmd *RecordReceipt) find(t *turn, all []*Receipt, m *Message, to *Participant) (r *Receipt, known bool, err error) {
	if i := slices.IndexFunc(all, func(r *Receipt) bool { return r.Participant == cmd.Participant }); i >= 0 {
		return all[i], true, nil
	}
	if to == nil || to.Chat() || to.Created > m.Created || to.Binding.Address == m.Author {
		return nil, false, errNoParticipant
	}
	return &Receipt{
		SID: NewReceiptSID(), Conversation: m.Conversation, Message: m.SID, Index: m.Index, Participant: to.SID, DateCreated: t.now,
	}, false, nil
}

// readOutside has what somebody read on WhatsApp count as read here.
func (a *access) readOutside(to *Participant, m *Message, status ReceiptStatus) error {
	if to == nil || to.Chat() || to.Binding.Kind != KindWhatsApp || status != ReceiptRead || m.Index <= to.Horizon {
		return nil
	}
	to.Horizon, to.HorizonTime = m.Index, a.t.now
	a.tellHorizon(to)
	return a.t.PutHorizon(to)
}
