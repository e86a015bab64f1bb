package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// Heads implements hub.ConversationReader.
func (s *Store) Heads(ctx context.Context, sids []hub.ConversationSID) ([]hub.HeadMark, error) {
	var found map[hub.ConversationSID]hub.HeadMark
	err := s.reading(ctx, func(b *pgx.Batch) {
		found = map[hub.ConversationSID]hub.HeadMark{}
		list(b, `SELECT conversation, revision, deleted FROM head WHERE conversation = ANY ($1::text[])`, []any{texts(sids)}, func(row pgx.Row) error {
			var m hub.HeadMark
			err := row.Scan(&m.Conversation, &m.Revision, &m.Deleted)
			found[m.Conversation] = m
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	marks := make([]hub.HeadMark, len(sids))
	for i, sid := range sids {
		m, ok := found[sid]
		if !ok {
			m = hub.HeadMark{Conversation: sid, Deleted: true}
		}
		marks[i] = m
	}
	return marks, nil
}

// Due implements hub.ConversationReader.
func (s *Store) Due(ctx context.Context, limit int) (due []hub.DueMark, next time.Duration, err error) {
	err = s.reading(ctx, func(b *pgx.Batch) {
		due, next = nil, 0
		list(b, `SELECT c.service, c.sid, h.deadline - (SELECT `+clock+`)`+fromConversation+
			`WHERE h.deadline > 0 AND NOT h.deleted ORDER BY h.deadline LIMIT $1`, []any{limit + 1}, func(row pgx.Row) error {
			var m hub.DueMark
			var left int64
			if err := row.Scan(&m.Service, &m.Conversation, &left); err != nil {
				return err
			}
			if left > 0 {
				if next == 0 {
					next = time.Duration(left) * time.Millisecond
				}
			} else if len(due) < limit {
				due = append(due, m)
			}
			return nil
		})
	})
	return due, next, err
}

// User implements hub.UserReader.
func (s *Store) User(ctx context.Context, service hub.ServiceSID, identity string) (found *hub.User, err error) {
	err = s.reading(ctx, func(b *pgx.Batch) {
		found = nil
		findUser(b, service, identity, &found)
	})
	if err == nil && found == nil {
		err = hub.Errorf(hub.CodeUserAbsent, "user not found")
	}
	return found, err
}

// findUser queues the reading of one user, who may be missing: then found is not touched.
func findUser(b *pgx.Batch, service hub.ServiceSID, identity string, found **hub.User) {
	list(b, `SELECT `+userColumns+` FROM users u WHERE u.service = $1 AND u.identity = $2`, []any{service, identity}, func(row pgx.Row) (err error) {
		*found, err = scanUser(row)
		return err
	})
}

// UserMarks implements hub.UserReader.
func (s *Store) UserMarks(ctx context.Context, users []hub.UserSID) (marks []hub.UserMark, err error) {
	err = s.reading(ctx, func(b *pgx.Batch) {
		marks = nil
		list(b, `SELECT sid, revision, barred FROM users WHERE sid = ANY ($1::text[])`, []any{texts(users)}, func(row pgx.Row) error {
			var m hub.UserMark
			err := row.Scan(&m.User, &m.Revision, &m.Barred)
			marks = append(marks, m)
			return err
		})
	})
	return marks, err
}

// Memberships implements hub.UserReader.
func (s *Store) Memberships(ctx context.Context, service hub.ServiceSID, identity string) (u *hub.User, all []hub.Membership, err error) {
	err = s.reading(ctx, func(b *pgx.Batch) {
		u, all = nil, nil
		findUser(b, service, identity, &u)
		list(b, `SELECT c.sid, h.revision, p.created_rev, c.state FROM participant p
			JOIN conversation c ON c.sid = p.conversation JOIN head h ON h.conversation = c.sid
			WHERE p.user_sid = (SELECT sid FROM users WHERE service = $1 AND identity = $2) AND p.user_sid <> '' AND p.gone = ''
			AND NOT h.deleted`, []any{service, identity}, func(row pgx.Row) error {
			var m hub.Membership
			err := row.Scan(&m.Conversation, &m.Revision, &m.Created, &m.State)
			all = append(all, m)
			return err
		})
	})
	return u, all, err
}

// Roles implements hub.UserReader.
func (s *Store) Roles(ctx context.Context, service hub.ServiceSID) (all []*hub.Role, err error) {
	err = s.reading(ctx, func(b *pgx.Batch) {
		all = nil
		list(b, `SELECT `+roleColumns+` FROM role r WHERE r.service = $1 ORDER BY r.type, r.name, r.sid`, []any{service}, func(row pgx.Row) error {
			r, err := scanRole(row)
			all = append(all, r)
			return err
		})
	})
	return all, err
}

// Services implements hub.UserReader.
func (s *Store) Services(ctx context.Context) (all []*hub.Service, err error) {
	err = s.reading(ctx, func(b *pgx.Batch) {
		all = nil
		list(b, `SELECT `+serviceColumns+` FROM service v WHERE NOT v.deleted ORDER BY v.created, v.sid`, nil, func(row pgx.Row) error {
			v, err := scanService(row)
			all = append(all, v)
			return err
		})
	})
	return all, err
}
