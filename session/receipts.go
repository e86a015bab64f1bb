package session

import (
	"context"

	"parley/hub"
	"parley/session/wire"
)

// mostReceipts bounds an answer. More non-chat participants than that are in no conversation, unless its limit was raised.
const mostReceipts = 1000

func listReceipts(p *wire.Params) read {
	target, which := ref(p), p.Message("message")
	return func(ctx context.Context, s *Session, dst []byte) ([]byte, hub.ConversationSID, error) {
		page, err := s.server.hub.Receipts(ctx, s.actor, target, which, hub.PageQuery{Limit: mostReceipts})
		if err != nil {
			return nil, "", err
		}
		return wire.AppendReceipts(dst, page.Receipts), page.Conversation, nil
	}
}
