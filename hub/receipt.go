package hub

import "time"

// A Receipt says how far a message got with one non-chat participant. There is one for each such pair at most; what comes
// later takes the place of what was.
type Receipt struct {
	SID            ReceiptSID
	Conversation   ConversationSID
	Message        MessageSID
	Index          int64 // of the message
	Participant    ParticipantSID
	ChannelMessage string // the carrier's own name of the message; "" where it gave none
	Status         ReceiptStatus
	ErrorCode      int64 // 0: none
	DateCreated    time.Time
	DateUpdated    time.Time
}

// ReceiptStatus is how far a message got.
type ReceiptStatus string

// The statuses, as Twilio has them. A carrier that gave a message up may find out later that it did arrive.
const (
	ReceiptSent        ReceiptStatus = "sent"
	ReceiptFailed      ReceiptStatus = "failed"      // it never went out
	ReceiptUndelivered ReceiptStatus = "undelivered" // it went out and did not arrive
	ReceiptDelivered   ReceiptStatus = "delivered"
	ReceiptRead        ReceiptStatus = "read"
)

// rank orders statuses: a receipt only ever goes to a higher one. 0 is none.
func (s ReceiptStatus) rank() int {
	switch s {
	case ReceiptSent:
		return 1
	case ReceiptFailed, ReceiptUndelivered:
		return 2
	case ReceiptDelivered:
		return 3
	case ReceiptRead:
		return 4
	}
	return 0
}

// Delivery says how far a message got with all non-chat participants. The numbers are of receipts, and a receipt counts for
// each status that it went through: one that was read was delivered and sent.
type Delivery struct {
	Total       int64 `json:"-"` // receipts expected: of those who were in when it was sent, but for its author; 0 reads as null
	Sent        int64 `json:"sent"`
	Delivered   int64 `json:"delivered"`
	Read        int64 `json:"read"`
	Failed      int64 `json:"failed"`
	Undelivered int64 `json:"undelivered"`
}

// Amount is a number of receipts in words: none, some or all of those expected.
func (d Delivery) Amount(n int64) string {
	switch {
	case n <= 0:
		return "none"
	case n < d.Total:
		return "some"
	default:
		return "all"
	}
}

// sum is the delivery that receipts make.
func (d Delivery) sum(receipts []*Receipt) Delivery {
	d = Delivery{Total: d.Total}
	for _, r := range receipts {
		switch r.Status {
		case ReceiptRead:
			d.Read++
			d.Delivered++
			d.Sent++
		case ReceiptDelivered:
			d.Delivered++
			d.Sent++
		case ReceiptUndelivered:
			d.Undelivered++
			d.Sent++
		case ReceiptSent:
			d.Sent++
		case ReceiptFailed:
			d.Failed++
		}
	}
	return d
}

// address finds who a new message is by, and of how many a receipt is expected. The account may speak for somebody who is
// in, by identity or by address; what comes in from outside does.
func (a *access) address(m *Message) error {
	t, c := a.t, a.thread
	m.Delivery.Total = c.NonChat
	if a.own != nil {
		m.Participant = a.own.SID
		return nil
	}
	if c.NonChat > 0 {
		authors, err := t.AtAddress(c.SID, m.Author)
		if err != nil {
			return err
		}
		m.Delivery.Total -= int64(len(authors))
		if len(authors) > 0 {
			m.Participant = authors[0].SID
		}
	}
	if ref := ParticipantRef(m.Author); ref.SID() == "" {
		if p, err := t.Participant(c.SID, ref); err != nil || p != nil {
			if p != nil {
				m.Participant = p.SID
			}
			return err
		}
	}
	return nil
}
