package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"parley/hub"
)

// ServiceConversations implements hub.ThreadReader. The index of a service's conversations, or that of those in a state, is
// walked backwards; tombstones are in neither.
func (s *Store) ServiceConversations(ctx context.Context, service hub.ServiceSID, query hub.ServiceQuery) (*hub.ConversationPage, error) {
	after, err := parseToken(query.After, 2)
	if err != nil {
		return nil, err
	}
	text := `SELECT ` + conversationColumns + ` FROM conversation c CROSS JOIN head h ON h.conversation = c.id WHERE c.service = ? AND c.gone = 0`
	args := []any{service}
	if n := len(query.States); n > 0 {
		text += ` AND c.state IN (?` + strings.Repeat(", ?", n-1) + `)`
		for _, state := range query.States {
			args = append(args, state)
		}
	}
	if !query.From.IsZero() {
		text += ` AND c.created >= ?`
		args = append(args, millis(query.From))
	}
	if !query.To.IsZero() {
		text += ` AND c.created < ?`
		args = append(args, millis(query.To))
	}
	if query.After != "" {
		text += ` AND (c.created, c.id) < (?, ?)`
		args = append(args, after[0], after[1])
	}
	page := &hub.ConversationPage{}
	err = s.reading(ctx, func(q querier) error {
		var all []*loaded
		rows, err := q.query(ctx, text+` ORDER BY c.created DESC, c.id DESC LIMIT ?`, append(args, query.Limit+1)...)
		err = each(rows, err, func(r *sql.Rows) error {
			l := &loaded{}
			all = append(all, l)
			return r.Scan(l.fields()...)
		})
		if err != nil {
			return err
		}
		size := 0
		for i, l := range all {
			size += len(l.c.Attributes) + conversationWeight
			if i == query.Limit || i > 0 && query.Bytes > 0 && size > query.Bytes {
				page.Next = makeToken(millis(all[i-1].c.DateCreated), all[i-1].id)
				return nil
			}
			seen, err := view(ctx, q, l, nil)
			if err != nil {
				return err
			}
			page.Views = append(page.Views, seen)
		}
		return nil
	})
	return page, err
}

// Seats implements hub.ThreadReader.
func (s *Store) Seats(ctx context.Context, service hub.ServiceSID, query hub.SeatQuery) (*hub.SeatPage, error) {
	after, err := parseToken(query.After, 2)
	if err != nil {
		return nil, err
	}
	text := `SELECT p.id, ` + conversationColumns + `, ` + participantColumns + ` FROM participant p
		CROSS JOIN conversation c ON c.id = p.conversation CROSS JOIN head h ON h.conversation = c.id
		WHERE p.gone = '' AND h.deleted = 0 AND c.service = ?`
	args := []any{service}
	if query.Identity != "" {
		text += ` AND p.user = (SELECT sid FROM user WHERE service = ? AND identity = ?) AND p.user <> ''`
		args = append(args, service, query.Identity)
	} else {
		text += ` AND p.address = ? AND p.address <> ''`
		args = append(args, query.Address)
	}
	if query.After != "" {
		text += ` AND (p.conversation, p.id) < (?, ?)`
		args = append(args, after[0], after[1])
	}
	page := &hub.SeatPage{}
	err = s.reading(ctx, func(q querier) error {
		size := 0
		var last [2]int64
		rows, err := q.query(ctx, text+` ORDER BY p.conversation DESC, p.id DESC LIMIT ?`, append(args, query.Limit+1)...)
		return each(rows, err, func(r *sql.Rows) error {
			l, id := &loaded{}, int64(0)
			p, err := scanParticipant(func(fields ...any) error {
				return r.Scan(append(append([]any{&id}, l.fields()...), fields...)...)
			}, "")
			if err != nil || page.Next != "" {
				return err
			}
			p.Conversation = l.c.SID
			size += len(l.c.Attributes) + conversationWeight
			if n := len(page.Seats); n == query.Limit || n > 0 && query.Bytes > 0 && size > query.Bytes {
				page.Next = makeToken(last[0], last[1])
				return nil
			}
			page.Seats, last = append(page.Seats, hub.Seat{Participant: p, Conversation: &l.c}), [2]int64{l.id, id}
			return nil
		})
	})
	return page, err
}
