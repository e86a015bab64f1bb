package hub

import "context"

// What is read across conversations is the account's alone.
func (a Actor) needAccount() error {
	if a.account() {
		return nil
	}
	return Errorf(CodeForbidden, "only the account reads this")
}

// ServiceConversations lists all conversations of the actor's service, the newest first. The account's alone.
func (h *Hub) ServiceConversations(ctx context.Context, actor Actor, q ServiceQuery) (*ConversationPage, error) {
	if err := actor.needAccount(); err != nil {
		return nil, reading("conversation.list", err)
	}
	page, err := h.store.ServiceConversations(ctx, actor.Service, q)
	return page, reading("conversation.list", err)
}

// Seats lists where somebody is in. The account's alone.
func (h *Hub) Seats(ctx context.Context, actor Actor, q SeatQuery) (*SeatPage, error) {
	if err := actor.needAccount(); err != nil {
		return nil, reading("seat.list", err)
	}
	limits := &h.config.Limits
	if err := checkLength(CodeIdentityLong, "identity", q.Identity, limits.Identity); err != nil {
		return nil, reading("seat.list", err)
	}
	if err := checkLength(CodeAddressInvalid, "address", q.Address, limits.Identity); err != nil {
		return nil, reading("seat.list", err)
	}
	if (q.Identity == "") == (q.Address == "") {
		return nil, reading("seat.list", Errorf(CodeSeatQuery, "either identity or address must be given, and not both"))
	}
	page, err := h.store.Seats(ctx, actor.Service, q)
	return page, reading("seat.list", err)
}

// Receipts reads a page of a message's receipts.
func (h *Hub) Receipts(ctx context.Context, actor Actor, ref ConversationRef, m MessageRef, q PageQuery) (*ReceiptPage, error) {
	page, err := h.store.Receipts(ctx, actor.viewer(), ref, m, q)
	return page, reading("message.receipts", err)
}

// Receipt reads one receipt of a message.
func (h *Hub) Receipt(ctx context.Context, actor Actor, ref ConversationRef, m MessageRef, sid ReceiptSID) (*Receipt, error) {
	receipt, err := h.store.Receipt(ctx, actor.viewer(), ref, m, sid)
	return receipt, reading("receipt.get", err)
}
