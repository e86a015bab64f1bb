package sqlite

import (
	"context"
	"database/sql"

	"parley/hub"
)

// Changes implements hub.ConversationReader. All of it is one read transaction, so one snapshot (rule R2).
func (s *Store) Changes(ctx context.Context, v hub.Viewer, sid hub.ConversationSID, query hub.ChangeQuery) (*hub.Changes, error) {
	changes := &hub.Changes{}
	err := s.inside(ctx, v, hub.ConversationRef(sid), func(q querier, l *loaded, own *hub.Participant) (err error) {
		if changes.View, err = view(ctx, q, l, own); err != nil {
			return err
		}
		changes.To = l.c.Revision
		if query.TooMany > 0 {
			if changes.Total, err = countChanges(ctx, q, l, query.Since, query.TooMany); err != nil || changes.Total > query.TooMany {
				return err
			}
		}
		return netRead(ctx, q, l, query, changes)
	})
	return changes, err
}

// addedSince is the first index of messages created after a revision: indexes and creating revisions rise together, so
// it walks back from the newest until the first that is not.
const addedSince = `(SELECT coalesce(max(idx), -1) + 1 FROM (SELECT idx FROM message
	WHERE conversation = ?1 AND created_rev <= ?2 ORDER BY idx DESC LIMIT 1))`

// countChanges counts rows that changed, up to one more than enough.
func countChanges(ctx context.Context, q querier, l *loaded, since hub.Revision, enough int) (n int, err error) {
	err = q.row(ctx, `SELECT count(*) FROM (
		SELECT 1 FROM message WHERE conversation = ?1 AND idx >= `+addedSince+`
		UNION ALL SELECT 1 FROM message INDEXED BY message_changed WHERE conversation = ?1 AND changed_rev > ?2
			AND changed_rev > created_rev AND created_rev <= ?2
		UNION ALL SELECT 1 FROM participant WHERE conversation = ?1 AND changed_rev > ?2
		LIMIT ?3)`, l.id, since, enough+1).Scan(&n)
	return n, err
}

// mark is where a row's event stands, before its content is read.
type mark struct {
	position hub.Revision
	kind     hub.EventKind
	row      int64 // rowid; 0 for the conversation's own
}

// marks finds the positions of rule R2 of what changed, first ones first. Rows both created and removed since give none.
func marks(ctx context.Context, q querier, l *loaded, since hub.Revision, limit int) (all []mark, err error) {
	rows, err := q.query(ctx, `SELECT * FROM (
		SELECT created_rev AS position, ?4 AS kind, id FROM message
			WHERE conversation = ?1 AND idx >= `+addedSince+` AND removed = 0
		UNION ALL SELECT changed_rev, CASE removed WHEN 1 THEN ?6 ELSE ?5 END, id FROM message INDEXED BY message_changed
			WHERE conversation = ?1 AND changed_rev > ?2 AND changed_rev > created_rev AND created_rev <= ?2
		UNION ALL SELECT CASE WHEN created_rev > ?2 THEN created_rev ELSE changed_rev END,
			CASE WHEN created_rev > ?2 THEN ?7 WHEN gone = '' THEN ?8 ELSE ?9 END, id FROM participant
			WHERE conversation = ?1 AND changed_rev > ?2 AND NOT (created_rev > ?2 AND gone <> '')
		UNION ALL SELECT ?10, ?11, 0 WHERE ?10 > ?2 AND ?10 > 1)
		ORDER BY position LIMIT ?3`,
		l.id, since, limit, hub.MessageAdded, hub.MessageUpdated, hub.MessageRemoved,
		hub.ParticipantJoined, hub.ParticipantUpdated, hub.ParticipantLeft, l.c.Changed, hub.ConversationUpdated)
	err = each(rows, err, func(r *sql.Rows) error {
		var m mark
		if err := r.Scan(&m.position, &m.kind, &m.row); err != nil {
			return err
		}
		all = append(all, m)
		return nil
	})
	return all, err
}

// netRead reads the events of a page.
func netRead(ctx context.Context, q querier, l *loaded, query hub.ChangeQuery, changes *hub.Changes) error {
	all, err := marks(ctx, q, l, query.Since, query.Limit+1)
	if err != nil {
		return err
	}
	size := 0
	for i, m := range all {
		if i == query.Limit {
			changes.More, changes.To = true, all[i-1].position
			return nil
		}
		e, bytes, err := content(ctx, q, l, m)
		if err != nil {
			return err
		}
		if size += bytes; i > 0 && query.Bytes > 0 && size > query.Bytes {
			changes.More, changes.To = true, all[i-1].position
			return nil
		}
		changes.Events = append(changes.Events, e)
	}
	return nil
}

// content reads what a mark stands for.
func content(ctx context.Context, q querier, l *loaded, m mark) (e *hub.Event, bytes int, err error) {
	e = &hub.Event{Kind: m.kind, Service: l.c.Service, Conversation: l.c.SID, Revision: m.position}
	switch m.kind {
	case hub.MessageAdded, hub.MessageUpdated, hub.MessageRemoved:
		row := q.row(ctx, `SELECT `+messageColumns+` FROM message m WHERE m.id = ?`, m.row)
		if e.Message, err = scanMessage(row.Scan, l.c.SID); err != nil {
			return nil, 0, err
		}
		bytes = len(e.Message.Body) + len(e.Message.Attributes) + messageWeight
	case hub.ConversationUpdated:
		thread := l.c
		e.Thread = &thread
		bytes = len(thread.Attributes) + conversationWeight
	default:
		row := q.row(ctx, `SELECT `+participantColumns+` FROM participant p WHERE p.id = ?`, m.row)
		if e.Participant, err = scanParticipant(row.Scan, l.c.SID); err != nil {
			return nil, 0, err
		}
		bytes = len(e.Participant.Attributes) + participantWeight
	}
	return e, bytes, nil
}
