package postgres

import (
	"context"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// Message implements hub.MessageReader.
func (s *Store) Message(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, m hub.MessageRef) (found *hub.Message, err error) {
	sid, name := keyOf(ref)
	_, err = s.inside(ctx, v, ref, func(b *pgx.Batch) {
		found = nil
		text, key := ` AND m.idx = $4`, any(m.Index)
		if m.SID != "" {
			text, key = ` AND m.sid = $4`, m.SID
		}
		list(b, `SELECT `+messageColumns+` FROM message m WHERE m.conversation = `+threadKey+` AND m.removed = 0`+text,
			[]any{v.Service, sid, name, key}, func(row pgx.Row) (err error) {
				found, err = scanMessage(row)
				return err
			})
	})
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, hub.Errorf(hub.CodeMessageAbsent, "message not found")
	}
	return found, nil
}

// messageWeight is about what a message takes beside its body, attributes and media, as hub.Message.Weight has it.
const messageWeight = 900

// Messages implements hub.MessageReader.
func (s *Store) Messages(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, query hub.MessageQuery) (*hub.MessagePage, error) {
	var page *hub.MessagePage
	var more, beyond bool
	seen, err := s.inside(ctx, v, ref, func(b *pgx.Batch) {
		page, more, beyond = &hub.MessagePage{}, false, false
		queueMessages(b, v, ref, query, page, &more, &beyond)
	})
	if err != nil {
		return nil, err
	}
	page.Conversation, page.Revision = seen.SID, seen.Revision
	page.HasNext, page.HasPrev = more, beyond
	if !query.Forward {
		slices.Reverse(page.Messages)
		page.HasNext, page.HasPrev = beyond, more
	}
	return page, nil
}

// queueMessages reads a page away from its anchor, whether there is more in that direction, and whether there is something
// beyond the anchor.
func queueMessages(b *pgx.Batch, v hub.Viewer, ref hub.ConversationRef, query hub.MessageQuery, page *hub.MessagePage, more, beyond *bool) {
	sid, name := keyOf(ref)
	const from = ` FROM message m WHERE m.conversation = ` + threadKey + ` AND m.removed = 0`
	order, back, anchor := ` AND m.idx <= $4 ORDER BY m.idx DESC LIMIT $5`, ` AND m.idx > $4`, query.Anchor
	switch {
	case query.Forward:
		order, back, anchor = ` AND m.idx >= $4 ORDER BY m.idx LIMIT $5`, ` AND m.idx < $4`, max(anchor, 0)
	case anchor == hub.NoIndex:
		anchor = math.MaxInt64
	}
	size := 0
	list(b, `SELECT `+messageColumns+from+order, []any{v.Service, sid, name, anchor, query.Limit + 1}, func(row pgx.Row) error {
		m, err := scanMessage(row)
		if err != nil || *more {
			return err
		}
		size += m.Weight()
		if *more = len(page.Messages) == query.Limit || query.Bytes > 0 && size > query.Bytes && len(page.Messages) > 0; !*more {
			page.Messages = append(page.Messages, m)
		}
		return nil
	})
	one(b, `SELECT EXISTS (SELECT 1`+from+back+`)`, []any{v.Service, sid, name, anchor}, beyond)
}

// participantWeight is about what a participant takes beside its attributes.
const participantWeight = 600

// Participants implements hub.MessageReader. They come by the revision that made them, which is theirs alone.
func (s *Store) Participants(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, q hub.PageQuery) (*hub.ParticipantPage, error) {
	after, _, err := parseToken(q.After, false)
	if err != nil {
		return nil, err
	}
	var page *hub.ParticipantPage
	sid, name := keyOf(ref)
	seen, err := s.inside(ctx, v, ref, func(b *pgx.Batch) {
		page = &hub.ParticipantPage{}
		size := 0
		list(b, `SELECT `+participantColumns+` FROM participant p WHERE p.conversation = `+threadKey+` AND p.gone = ''
			AND p.created_rev > $4 ORDER BY p.created_rev LIMIT $5`, []any{v.Service, sid, name, after, q.Limit + 1}, func(row pgx.Row) error {
			p, err := scanParticipant(row)
			if err != nil || page.Next != "" {
				return err
			}
			size += len(p.Attributes) + participantWeight
			if n := len(page.Participants); n == q.Limit || n > 0 && q.Bytes > 0 && size > q.Bytes {
				page.Next = makeToken(int64(page.Participants[n-1].Created), "")
				return nil
			}
			page.Participants = append(page.Participants, p)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	page.Conversation, page.Revision = seen.SID, seen.Revision
	return page, nil
}

// Participant implements hub.MessageReader.
func (s *Store) Participant(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, p hub.ParticipantRef) (found *hub.Participant, err error) {
	sid, name := keyOf(ref)
	_, err = s.inside(ctx, v, ref, func(b *pgx.Batch) {
		found = nil
		text := ` AND p.identity = $4 AND p.identity <> '' AND p.gone = ''`
		if p.SID() != "" {
			text = ` AND p.sid = $4 AND p.gone = ''`
		}
		list(b, `SELECT `+participantColumns+` FROM participant p WHERE p.conversation = `+threadKey+text,
			[]any{v.Service, sid, name, p}, func(row pgx.Row) (err error) {
				found, err = scanParticipant(row)
				return err
			})
	})
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, hub.Errorf(hub.CodeParticipantAbsent, "participant not found")
	}
	return found, nil
}
