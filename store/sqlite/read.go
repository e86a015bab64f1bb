package sqlite

import (
	"context"
	"database/sql"

	"parley/hub"
)

// inside runs f in one read transaction in which the viewer is in the conversation; for anybody else it is absent
// (rule R22).
func (s *Store) inside(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, f func(q querier, l *loaded, own *hub.Participant) error) error {
	return s.reading(ctx, func(q querier) error {
		l, err := find(ctx, q, v.Service, ref)
		if err != nil {
			return err
		}
		if l == nil {
			return hub.ErrAbsent
		}
		var own *hub.Participant
		if v.Identity != "" {
			if own, err = findParticipant(ctx, q, l, hub.ParticipantRef(v.Identity)); err != nil {
				return err
			}
			if own == nil {
				return hub.ErrAbsent
			}
		}
		return f(q, l, own)
	})
}

// view completes a conversation with its newest message and the reader's own part.
func view(ctx context.Context, q querier, l *loaded, own *hub.Participant) (*hub.ConversationView, error) {
	c := l.c
	v := &hub.ConversationView{Conversation: &c, Own: own}
	if c.LastLive != hub.NoIndex {
		m, err := newest(ctx, q, l.id, c.SID, c.LastLive)
		if err != nil {
			return nil, err
		}
		if m != nil {
			v.Last = &hub.LastMessage{Index: m.Index, DateCreated: m.DateCreated, Author: m.Author, Body: hub.Excerpt(m.Body)}
		}
	}
	if own == nil {
		return v, nil
	}
	if own.Horizon != hub.NoIndex {
		gone := int64(0)
		if c.Messages != c.LastIndex+1 { // something was removed (rule R13)
			var err error
			if gone, err = removals(ctx, q, l.id, own.Horizon); err != nil {
				return nil, err
			}
		}
		unread := c.LastIndex - own.Horizon - gone
		v.Unread = &unread
	}
	u, err := findUser(ctx, q, c.Service, own.Identity)
	if err != nil {
		return nil, err
	}
	var service *hub.Role
	if u != nil {
		if service, err = findRole(ctx, q, c.Service, u.Role); err != nil {
			return nil, err
		}
	}
	role, err := findRole(ctx, q, c.Service, own.Role)
	v.Permissions = hub.UnionOf(service, role)
	return v, err
}

// Conversation implements hub.ConversationReader.
func (s *Store) Conversation(ctx context.Context, v hub.Viewer, ref hub.ConversationRef) (seen *hub.ConversationView, was bool, err error) {
	err = s.reading(ctx, func(q querier) error {
		l, err := find(ctx, q, v.Service, ref)
		if err != nil {
			return err
		}
		if l == nil {
			return hub.ErrAbsent
		}
		var own *hub.Participant
		if v.Identity != "" {
			if own, err = findParticipant(ctx, q, l, hub.ParticipantRef(v.Identity)); err != nil {
				return err
			}
			if err := q.row(ctx, `SELECT EXISTS (SELECT 1 FROM participant WHERE conversation = ? AND identity = ?)`, l.id, v.Identity).Scan(&was); err != nil {
				return err
			}
		}
		seen, err = view(ctx, q, l, own)
		return err
	})
	return seen, was, err
}

// conversationWeight is about what a conversation takes beside what its app wrote into it.
const conversationWeight = 1800

// Conversations implements hub.ConversationReader.
func (s *Store) Conversations(ctx context.Context, v hub.Viewer, query hub.ConversationQuery) (*hub.ConversationPage, error) {
	after, err := parseToken(query.After, 2)
	if err != nil {
		return nil, err
	}
	states := query.States
	if len(states) == 0 {
		states = []hub.State{hub.StateActive, hub.StateInactive}
	}
	page := &hub.ConversationPage{}
	err = s.reading(ctx, func(q querier) error {
		list, err := activeFirst(ctx, q, v, states, query.After != "", after, query.Limit+1)
		if err != nil {
			return err
		}
		size := 0
		for i, a := range list {
			l := &loaded{}
			if err := q.row(ctx, `SELECT `+conversationColumns+fromConversation+`WHERE c.id = ?`, a.id).Scan(l.fields()...); err != nil {
				return err
			}
			size += len(l.c.Attributes) + conversationWeight
			if i == query.Limit || i > 0 && query.Bytes > 0 && size > query.Bytes {
				page.Next = makeToken(list[i-1].active, list[i-1].id)
				return nil
			}
			own, err := findParticipant(ctx, q, l, hub.ParticipantRef(v.Identity))
			if err != nil {
				return err
			}
			seen, err := view(ctx, q, l, own)
			if err != nil {
				return err
			}
			page.Views = append(page.Views, seen)
		}
		return nil
	})
	return page, err
}

// active is a conversation and when it was last active for its reader.
type active struct{ id, active int64 }

// activeFirst lists a user's conversations by activity: the newest of creation, own joining and last message.
func activeFirst(ctx context.Context, q querier, v hub.Viewer, states []hub.State, paged bool, after []int64, limit int) (list []active, err error) {
	text := `SELECT c.id, max(h.activity, p.created) AS a FROM participant p
		JOIN conversation c ON c.id = p.conversation JOIN head h ON h.conversation = c.id
		WHERE p.user = (SELECT sid FROM user WHERE service = ? AND identity = ?) AND p.user <> '' AND p.gone = ''
		AND h.deleted = 0 AND c.state IN (?, ?, ?)`
	args := []any{v.Service, v.Identity}
	for i := range 3 {
		args = append(args, states[min(i, len(states)-1)])
	}
	if paged {
		text += ` AND (a, c.id) < (?, ?)`
		args = append(args, after[0], after[1])
	}
	rows, err := q.query(ctx, text+` ORDER BY a DESC, c.id DESC LIMIT ?`, append(args, limit)...)
	err = each(rows, err, func(r *sql.Rows) error {
		var a active
		if err := r.Scan(&a.id, &a.active); err != nil {
			return err
		}
		list = append(list, a)
		return nil
	})
	return list, err
}

// Message implements hub.MessageReader.
func (s *Store) Message(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, m hub.MessageRef) (found *hub.Message, err error) {
	err = s.inside(ctx, v, ref, func(q querier, l *loaded, _ *hub.Participant) error {
		if found, err = findMessage(ctx, q, l.id, l.c.SID, m); err == nil && (found == nil || found.Removed) {
			err = hub.Errorf(hub.CodeMessageAbsent, "message not found")
		}
		return err
	})
	return found, err
}

// Messages implements hub.MessageReader.
func (s *Store) Messages(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, query hub.MessageQuery) (*hub.MessagePage, error) {
	page := &hub.MessagePage{}
	err := s.inside(ctx, v, ref, func(q querier, l *loaded, _ *hub.Participant) error {
		page.Conversation, page.Revision = l.c.SID, l.c.Revision
		text, anchor := ` AND m.idx <= ? ORDER BY m.idx DESC LIMIT ?`, query.Anchor
		switch {
		case query.Forward:
			text = ` AND m.idx >= ? ORDER BY m.idx LIMIT ?`
		case anchor == hub.NoIndex:
			anchor = l.c.LastIndex
		}
		more, size := false, 0
		rows, err := q.query(ctx, `SELECT `+messageColumns+` FROM message m WHERE m.conversation = ? AND m.removed = 0`+text,
			l.id, anchor, query.Limit+1)
		err = each(rows, err, func(r *sql.Rows) error {
			m, err := scanMessage(r.Scan, l.c.SID)
			if err != nil || more {
				return err
			}
			size += m.Weight()
			if more = len(page.Messages) == query.Limit || query.Bytes > 0 && size > query.Bytes && len(page.Messages) > 0; !more {
				page.Messages = append(page.Messages, m)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return finishPage(ctx, q, l, query, anchor, more, page)
	})
	return page, err
}

// finishPage puts the page in order and says what is beyond it.
func finishPage(ctx context.Context, q querier, l *loaded, query hub.MessageQuery, anchor int64, more bool, page *hub.MessagePage) error {
	exists := func(condition string, index int64) (yes bool, err error) {
		err = q.row(ctx, `SELECT EXISTS (SELECT 1 FROM message m WHERE m.conversation = ? AND m.removed = 0 AND m.idx `+condition+` ?)`, l.id, index).Scan(&yes)
		return yes, err
	}
	var err error
	if query.Forward {
		page.HasNext = more
		page.HasPrev, err = exists("<", max(anchor, 0))
		return err
	}
	for i, j := 0, len(page.Messages)-1; i < j; i, j = i+1, j-1 {
		page.Messages[i], page.Messages[j] = page.Messages[j], page.Messages[i]
	}
	if page.HasPrev = more; anchor < l.c.LastIndex {
		page.HasNext, err = exists(">", anchor)
	}
	return err
}
