package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// listTraces reads what of an identity is among some messages.
func listTraces(b *pgx.Batch, c hub.ConversationSID, q hub.TraceQuery, left *hub.Traces) {
	limit := any(q.Limit)
	if q.Limit == 0 {
		limit = nil
	}
	list(b, `SELECT `+messageColumns+` FROM message m WHERE m.conversation = $1 AND m.removed = 0 AND m.idx >= $2 AND m.idx < $3
		AND m.author = $4 ORDER BY m.idx LIMIT $5`, []any{c, q.From, q.To, q.Identity, limit}, func(row pgx.Row) error {
		m, err := scanMessage(row)
		left.Messages = append(left.Messages, m)
		return err
	})
	list(b, `SELECT idx, name FROM reaction WHERE conversation = $1 AND idx >= $2 AND idx < $3 AND identity = $4 ORDER BY idx, name`,
		[]any{c, q.From, q.To, q.Identity}, func(row pgx.Row) error {
			var of hub.Trace
			err := row.Scan(&of.Index, &of.Name)
			left.Reactions = append(left.Reactions, of)
			return err
		})
}

// Traces implements hub.EraseTx.
func (t *tx) Traces(c hub.ConversationSID, q hub.TraceQuery) (*hub.Traces, error) {
	if _, err := t.there(c); err != nil {
		return nil, err
	}
	left := &hub.Traces{}
	return left, t.ask(func(b *pgx.Batch) { listTraces(b, c, q, left) })
}

// Traces implements hub.Eraser.
func (s *Store) Traces(ctx context.Context, service hub.ServiceSID, c hub.ConversationSID, q hub.TraceQuery) (left *hub.Traces, err error) {
	_, err = s.inside(ctx, hub.Viewer{Service: service}, hub.ConversationRef(c), func(b *pgx.Batch) {
		left = &hub.Traces{}
		listTraces(b, c, q, left)
		list(b, `SELECT `+participantColumns+` FROM participant p WHERE p.conversation = $1 AND p.identity = $2 ORDER BY p.created_rev`,
			[]any{c, q.Identity}, func(row pgx.Row) error {
				p, err := scanParticipant(row)
				left.Memberships = append(left.Memberships, p)
				return err
			})
	})
	return left, err
}

// Forget implements hub.EraseTx.
func (t *tx) Forget(c hub.ConversationSID, q hub.TraceQuery) error {
	if _, err := t.there(c); err != nil {
		return err
	}
	const tombs = ` conversation = $1 AND removed = 1 AND idx >= $2 AND idx < $3 AND author = $4`
	args := []any{c, q.From, q.To, q.Identity}
	t.exec(`DELETE FROM nonce WHERE conversation = $1 AND author = $4 AND idx IN (SELECT idx FROM message WHERE`+tombs+`)`, args...)
	t.exec(`UPDATE message SET author = '', nonce = '' WHERE`+tombs, args...)
	t.exec(`UPDATE message SET updated_by = '' WHERE conversation = $1 AND removed = 0 AND idx >= $2 AND idx < $3 AND updated_by = $4`, args...)
	return nil
}

// ForgetMember implements hub.EraseTx.
func (t *tx) ForgetMember(c hub.ConversationSID, identity string) error {
	if _, err := t.there(c); err != nil {
		return err
	}
	t.exec(`UPDATE participant SET identity = '', user_sid = '' WHERE conversation = $1 AND identity = $2 AND gone <> ''`, c, identity)
	return nil
}

// ForgetFiles implements hub.EraseTx.
func (t *tx) ForgetFiles(service hub.ServiceSID, identity string) error {
	t.exec(`UPDATE media SET state = CASE state WHEN 'whole' THEN 'gone' ELSE state END, author = '', updated = $3 WHERE service = $1 AND author = $2`,
		service, identity, millis(t.now))
	return nil
}

// Scrub implements hub.Eraser: what rows were is overwritten by the database's own vacuum, in its time.
func (s *Store) Scrub(context.Context) error {
	if s.closed.Load() {
		return errClosed()
	}
	return nil
}
