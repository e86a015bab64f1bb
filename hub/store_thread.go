package hub

import (
	"context"
	"time"
)

// ReceiptTx is the part of a transaction for what comes and goes outside.
type ReceiptTx interface {
	// AtAddress lists the non-chat participants that are in a conversation with an address, the one who came first
	// first: proxies may differ.
	AtAddress(c ConversationSID, address string) ([]*Participant, error)
	// Receipts lists all of a message, in the order of their sids.
	Receipts(m *Message) ([]*Receipt, error)
	// PutReceipt saves a new or changed one. The message's Delivery is saved by PutMessage.
	PutReceipt(r *Receipt) error
}

// ThreadReader reads what only the account asks for, but for receipts. After of its queries, and Next of its pages, is
// opaque; a bad one is CodePageToken.
type ThreadReader interface {
	// ServiceConversations lists all of a service, the newest first.
	ServiceConversations(ctx context.Context, service ServiceSID, q ServiceQuery) (*ConversationPage, error)
	// Seats lists where somebody is in, whatever the conversation's state, each time in the same order.
	Seats(ctx context.Context, service ServiceSID, q SeatQuery) (*SeatPage, error)
	// Receipts lists those of a message in the order of their sids; v must be in the conversation. A removed or
	// unknown message is CodeMessageAbsent.
	Receipts(ctx context.Context, v Viewer, ref ConversationRef, m MessageRef, q PageQuery) (*ReceiptPage, error)
	// Receipt reads one of a message; an unknown one is CodeReceiptAbsent.
	Receipt(ctx context.Context, v Viewer, ref ConversationRef, m MessageRef, sid ReceiptSID) (*Receipt, error)
}

// ServiceQuery bounds a list of a service's conversations.
type ServiceQuery struct {
	States []State   // none: any
	From   time.Time // made then or later; zero: at any time
	To     time.Time // made before; zero: at any time
	PageQuery
}

// SeatQuery names somebody by identity, or where that is "" by address.
type SeatQuery struct {
	Identity, Address string
	PageQuery
}

// A Seat is somebody's place, and where it is.
type Seat struct {
	Participant  *Participant
	Conversation *Conversation
}

// SeatPage is some seats.
type SeatPage struct {
	Seats []Seat
	Next  string
}

// ReceiptPage is some receipts of a message.
type ReceiptPage struct {
	Receipts     []*Receipt
	Next         string
	Conversation ConversationSID
}
