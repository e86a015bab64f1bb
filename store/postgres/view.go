package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// A view is a conversation with its newest message and the reader's own part, by service ($1) and identity ($2).
const (
	viewColumns = conversationColumns + `, ` + participantColumns + `,
	coalesce(l.idx, -1), coalesce(l.created, 0), coalesce(l.author, ''), left(coalesce(l.body, ''), 256),
	coalesce(ur.permissions, ''), coalesce(pr.permissions, ''),
	CASE WHEN p.horizon >= 0 AND h.messages <> h.last_index + 1 THEN
		(SELECT count(*) FROM message x WHERE x.conversation = c.sid AND x.removed = 1 AND x.idx > p.horizon) ELSE 0 END`
	viewJoins = ` JOIN head h ON h.conversation = c.sid
	LEFT JOIN participant p ON p.conversation = c.sid AND p.identity = $2 AND p.gone = '' AND p.identity <> ''
	LEFT JOIN message l ON l.conversation = c.sid AND l.removed = 0 AND l.idx = h.last_live
	LEFT JOIN users u ON u.service = c.service AND u.identity = p.identity
	LEFT JOIN role ur ON ur.sid = u.role AND ur.service = c.service
	LEFT JOIN role pr ON pr.sid = p.role AND pr.service = c.service`

	oneView = `SELECT ` + viewColumns + ` FROM conversation c` + viewJoins + `
	WHERE c.sid = (SELECT CASE WHEN $3::text <> '' THEN $3::text ELSE (SELECT n.conversation FROM name n WHERE n.service = $1 AND n.name = $4) END)
	AND c.service = $1 AND NOT h.deleted`

	// threadKey is the sid of what a read is about, by service ($1), sid ($2) or unique name ($3).
	threadKey = `(SELECT CASE WHEN $2::text <> '' THEN $2::text ELSE (SELECT n.conversation FROM name n WHERE n.service = $1 AND n.name = $3) END)`
)

// keyOf splits a reference into a sid and a unique name, one of which is empty.
func keyOf(ref hub.ConversationRef) (sid, name string) {
	if ref.SID() != "" {
		return string(ref), ""
	}
	return "", string(ref)
}

// scanView reads viewColumns behind what else the query has.
func scanView(row pgx.Row, before ...any) (*hub.ConversationView, error) {
	c, own, last := &hub.Conversation{}, &hub.Participant{}, &hub.LastMessage{}
	var service, role string
	var gone int64
	fields, bind := participantFields(own)
	into := append(append(before, conversationFields(c)...), fields...)
	if err := row.Scan(append(into, &last.Index, at(&last.DateCreated), &last.Author, &last.Body, &service, &role, &gone)...); err != nil {
		return nil, err
	}
	bind()
	v := &hub.ConversationView{Conversation: c}
	if last.Index != hub.NoIndex {
		last.Body = hub.Excerpt(last.Body)
		v.Last = last
	}
	if own.SID == "" {
		return v, nil
	}
	v.Own = own
	v.Permissions = hub.UnionOf(&hub.Role{Permissions: permissionsOf(service)}, &hub.Role{Permissions: permissionsOf(role)})
	if own.Horizon != hub.NoIndex {
		unread := c.LastIndex - own.Horizon - gone // rule R13
		v.Unread = &unread
	}
	return v, nil
}

// seeing reads a view and whatever else queue adds, from one snapshot.
func (s *Store) seeing(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, queue func(b *pgx.Batch)) (seen *hub.ConversationView, err error) {
	sid, name := keyOf(ref)
	err = s.reading(ctx, func(b *pgx.Batch) {
		seen = nil
		list(b, oneView, []any{v.Service, v.Identity, sid, name}, func(row pgx.Row) (err error) {
			seen, err = scanView(row)
			return err
		})
		queue(b)
	})
	if err == nil && seen == nil {
		err = hub.ErrAbsent
	}
	return seen, err
}

// inside is seeing for what only those who are in may read; for anybody else the conversation is absent (rule R22).
func (s *Store) inside(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, queue func(b *pgx.Batch)) (*hub.ConversationView, error) {
	seen, err := s.seeing(ctx, v, ref, queue)
	if err == nil && v.Identity != "" && seen.Own == nil {
		err = hub.ErrAbsent
	}
	return seen, err
}

// Conversation implements hub.ConversationReader.
func (s *Store) Conversation(ctx context.Context, v hub.Viewer, ref hub.ConversationRef) (seen *hub.ConversationView, was bool, err error) {
	sid, name := keyOf(ref)
	seen, err = s.seeing(ctx, v, ref, func(b *pgx.Batch) {
		if v.Identity != "" {
			one(b, `SELECT EXISTS (SELECT 1 FROM participant WHERE conversation = `+threadKey+` AND identity = $4)`,
				[]any{v.Service, sid, name, v.Identity}, &was)
		}
	})
	if err != nil {
		return nil, false, err
	}
	return seen, was, nil
}

// conversationWeight is about what a conversation takes beside what its app wrote into it.
const conversationWeight = 1800

// Conversations implements hub.ConversationReader: the newest of creation, own joining and last message first.
func (s *Store) Conversations(ctx context.Context, v hub.Viewer, query hub.ConversationQuery) (*hub.ConversationPage, error) {
	after, afterSID, err := parseToken(query.After, true)
	if err != nil {
		return nil, err
	}
	states := query.States
	if len(states) == 0 {
		states = []hub.State{hub.StateActive, hub.StateInactive}
	}
	var page *hub.ConversationPage
	err = s.reading(ctx, func(b *pgx.Batch) {
		page = &hub.ConversationPage{}
		size, activity := 0, int64(0)
		list(b, `WITH mine AS MATERIALIZED (
			SELECT c.sid, greatest(h.activity, p.created) AS a FROM participant p
			JOIN conversation c ON c.sid = p.conversation JOIN head h ON h.conversation = c.sid
			WHERE p.user_sid = (SELECT sid FROM users WHERE service = $1 AND identity = $2) AND p.user_sid <> '' AND p.gone = ''
			AND NOT h.deleted AND c.state = ANY ($3::text[])
			AND ($5::text = '' OR (greatest(h.activity, p.created), c.sid) < ($4::bigint, $5::text))
			ORDER BY a DESC, c.sid DESC LIMIT $6)
			SELECT mine.a, `+viewColumns+` FROM mine JOIN conversation c ON c.sid = mine.sid`+viewJoins+` ORDER BY mine.a DESC, c.sid DESC`,
			[]any{v.Service, v.Identity, texts(states), after, afterSID, query.Limit + 1}, func(row pgx.Row) error {
				var a int64
				seen, err := scanView(row, &a)
				if err != nil || page.Next != "" {
					return err
				}
				size += len(seen.Attributes) + conversationWeight
				if n := len(page.Views); n == query.Limit || n > 0 && query.Bytes > 0 && size > query.Bytes {
					page.Next = makeToken(activity, page.Views[n-1].SID)
					return nil
				}
				activity = a
				page.Views = append(page.Views, seen)
				return nil
			})
	})
	return page, err
}
