package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

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

const receiptColumns = `r.sid, r.participant, r.channel, r.status, r.error, r.created, r.updated`

// receiptsOf reads a message's receipts behind a sid, in the order of their sids.
func receiptsOf(ctx context.Context, q querier, id int64, m *hub.Message, after string, limit int) (all []*hub.Receipt, err error) {
	rows, err := q.query(ctx, `SELECT `+receiptColumns+` FROM receipt r WHERE r.conversation = ? AND r.idx = ? AND r.sid > ? ORDER BY r.sid LIMIT ?`,
		id, m.Index, after, limit)
	err = each(rows, err, func(row *sql.Rows) error {
		r := &hub.Receipt{Conversation: m.Conversation, Message: m.SID, Index: m.Index}
		all = append(all, r)
		return row.Scan(&r.SID, &r.Participant, &r.ChannelMessage, &r.Status, &r.ErrorCode, at(&r.DateCreated), at(&r.DateUpdated))
	})
	return all, err
}

// Receipts implements hub.ReceiptTx.
func (t *tx) Receipts(m *hub.Message) ([]*hub.Receipt, error) {
	id, err := t.id(m.Conversation)
	if err != nil {
		return nil, err
	}
	return receiptsOf(lifelong, t, id, m, "", -1)
}

// PutReceipt implements hub.ReceiptTx.
func (t *tx) PutReceipt(r *hub.Receipt) error {
	id, err := t.id(r.Conversation)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO receipt (conversation, idx, sid, participant, channel, status, error, created, updated)
		VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (conversation, idx, sid) DO UPDATE SET channel = excluded.channel,
		status = excluded.status, error = excluded.error, updated = excluded.updated`,
		id, r.Index, r.SID, r.Participant, r.ChannelMessage, r.Status, r.ErrorCode, millis(r.DateCreated), millis(r.DateUpdated))
}

// AtAddress implements hub.ReceiptTx.
func (t *tx) AtAddress(c hub.ConversationSID, address string) (all []*hub.Participant, err error) {
	id, err := t.id(c)
	if err != nil {
		return nil, err
	}
	rows, err := t.query(lifelong, `SELECT `+participantColumns+` FROM participant p
		WHERE p.address = ? AND p.address <> '' AND p.conversation = ? AND p.gone = '' ORDER BY p.created_rev`, address, id)
	err = each(rows, err, func(row *sql.Rows) error {
		p, err := scanParticipant(row.Scan, c)
		all = append(all, p)
		return err
	})
	return all, t.note(err)
}

// ofMessage is inside for what belongs to a message that exists.
func (s *Store) ofMessage(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, m hub.MessageRef, f func(q querier, id int64, m *hub.Message) error) error {
	return s.inside(ctx, v, ref, func(q querier, l *loaded, _ *hub.Participant) error {
		found, err := findMessage(ctx, q, l.id, l.c.SID, m)
		if err != nil {
			return err
		}
		if found == nil || found.Removed {
			return hub.Errorf(hub.CodeMessageAbsent, "message not found")
		}
		return f(q, l.id, found)
	})
}

// Receipts implements hub.ThreadReader.
func (s *Store) Receipts(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, m hub.MessageRef, query hub.PageQuery) (*hub.ReceiptPage, error) {
	if query.After != "" && !hub.IsSID(query.After, "DY") {
		return nil, errToken
	}
	page := &hub.ReceiptPage{}
	err := s.ofMessage(ctx, v, ref, m, func(q querier, id int64, m *hub.Message) (err error) {
		page.Conversation = m.Conversation
		if page.Receipts, err = receiptsOf(ctx, q, id, m, query.After, query.Limit+1); len(page.Receipts) > query.Limit {
			page.Receipts = page.Receipts[:query.Limit]
			page.Next = string(page.Receipts[query.Limit-1].SID)
		}
		return err
	})
	return page, err
}

// Receipt implements hub.ThreadReader.
func (s *Store) Receipt(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, m hub.MessageRef, sid hub.ReceiptSID) (*hub.Receipt, error) {
	r := &hub.Receipt{SID: sid}
	err := s.ofMessage(ctx, v, ref, m, func(q querier, id int64, m *hub.Message) error {
		r.Conversation, r.Message, r.Index = m.Conversation, m.SID, m.Index
		found, err := absent(r, q.row(ctx, `SELECT `+receiptColumns+` FROM receipt r WHERE r.conversation = ? AND r.idx = ? AND r.sid = ?`,
			id, m.Index, sid).Scan(&r.SID, &r.Participant, &r.ChannelMessage, &r.Status, &r.ErrorCode, at(&r.DateCreated), at(&r.DateUpdated)))
		if err == nil && found == nil {
			err = hub.Errorf(hub.CodeReceiptAbsent, "receipt not found")
		}
		return err
	})
	return r, err
}
