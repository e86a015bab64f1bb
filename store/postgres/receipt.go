package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// deliveryText is how what receipts say is kept: "" while there are none.
func deliveryText(d hub.Delivery) (string, error) {
	if d == (hub.Delivery{Total: d.Total}) {
		return "", nil
	}
	text, err := json.Marshal(d)
	return string(text), err
}

const receiptColumns = `r.conversation, r.idx, r.sid, r.participant, r.channel, r.status, r.error, r.created, r.updated`

// scanReceipt reads receiptColumns; the message's sid is for the caller to say.
func scanReceipt(row pgx.Row) (*hub.Receipt, error) {
	r := &hub.Receipt{}
	return r, row.Scan(&r.Conversation, &r.Index, &r.SID, &r.Participant, &r.ChannelMessage, &r.Status, &r.ErrorCode,
		at(&r.DateCreated), at(&r.DateUpdated))
}

// Receipts implements hub.ReceiptTx.
func (t *tx) Receipts(m *hub.Message) (all []*hub.Receipt, err error) {
	if _, err := t.there(m.Conversation); err != nil {
		return nil, err
	}
	err = t.ask(func(b *pgx.Batch) {
		list(b, `SELECT `+receiptColumns+` FROM receipt r WHERE r.conversation = $1 AND r.idx = $2 ORDER BY r.sid`,
			[]any{m.Conversation, m.Index}, func(row pgx.Row) error {
				r, err := scanReceipt(row)
				r.Message = m.SID
				all = append(all, r)
				return err
			})
	})
	return all, err
}

// PutReceipt implements hub.ReceiptTx.
func (t *tx) PutReceipt(r *hub.Receipt) error {
	if _, err := t.there(r.Conversation); err != nil {
		return err
	}
	t.exec(`INSERT INTO receipt (conversation, idx, sid, participant, channel, status, error, created, updated)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9) ON CONFLICT (conversation, idx, sid) DO UPDATE SET channel = excluded.channel,
		status = excluded.status, error = excluded.error, updated = excluded.updated`,
		r.Conversation, r.Index, r.SID, r.Participant, r.ChannelMessage, r.Status, r.ErrorCode, millis(r.DateCreated), millis(r.DateUpdated))
	return nil
}

// AtAddress implements hub.ReceiptTx.
func (t *tx) AtAddress(c hub.ConversationSID, address string) (all []*hub.Participant, err error) {
	if _, err := t.there(c); err != nil {
		return nil, err
	}
	err = t.ask(func(b *pgx.Batch) {
		list(b, `SELECT `+participantColumns+` FROM participant p WHERE p.conversation = $1 AND p.address = $2 AND p.address <> ''
			AND p.gone = '' ORDER BY p.created_rev`, []any{c, address}, func(row pgx.Row) error {
			p, err := scanParticipant(row)
			all = append(all, p)
			return err
		})
	})
	return all, err
}

// ofMessage reads receipts of a message that exists.
func (s *Store) ofMessage(
	ctx context.Context, v hub.Viewer, ref hub.ConversationRef, m hub.MessageRef, more string, args ...any,
) (receipts []*hub.Receipt, seen *hub.ConversationView, err error) {
	sid, name := keyOf(ref)
	var message hub.MessageSID
	text, key := `m.idx = $4`, any(m.Index)
	if m.SID != "" {
		text, key = `m.sid = $4`, m.SID
	}
	from := ` FROM message m WHERE m.conversation = ` + threadKey + ` AND m.removed = 0 AND ` + text
	seen, err = s.inside(ctx, v, ref, func(b *pgx.Batch) {
		receipts, message = nil, ""
		one(b, `SELECT m.sid`+from, []any{v.Service, sid, name, key}, &message)
		list(b, `SELECT `+receiptColumns+` FROM receipt r WHERE r.conversation = `+threadKey+` AND r.idx = (SELECT m.idx`+from+`)`+more,
			append([]any{v.Service, sid, name, key}, args...), func(row pgx.Row) error {
				r, err := scanReceipt(row)
				r.Message = message
				receipts = append(receipts, r)
				return err
			})
	})
	if err == nil && message == "" {
		err = hub.Errorf(hub.CodeMessageAbsent, "message not found")
	}
	return receipts, seen, err
}

// Receipts implements hub.ThreadReader.
func (s *Store) Receipts(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, m hub.MessageRef, q hub.PageQuery) (*hub.ReceiptPage, error) {
	if q.After != "" && !hub.IsSID(q.After, "DY") {
		return nil, errToken
	}
	all, seen, err := s.ofMessage(ctx, v, ref, m, ` AND r.sid > $5 ORDER BY r.sid LIMIT $6`, q.After, q.Limit+1)
	if err != nil {
		return nil, err
	}
	page := &hub.ReceiptPage{Receipts: all, Conversation: seen.SID}
	if len(all) > q.Limit {
		page.Receipts, page.Next = all[:q.Limit], string(all[q.Limit-1].SID)
	}
	return page, nil
}

// Receipt implements hub.ThreadReader.
func (s *Store) Receipt(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, m hub.MessageRef, sid hub.ReceiptSID) (*hub.Receipt, error) {
	found, _, err := s.ofMessage(ctx, v, ref, m, ` AND r.sid = $5`, sid)
	if err == nil && len(found) == 0 {
		err = hub.Errorf(hub.CodeReceiptAbsent, "receipt not found")
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}
