package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"parley/hub"
)

// Changes implements hub.ConversationReader. All of it is one read transaction, so one snapshot (rule R2).
func (s *Store) Changes(ctx context.Context, v hub.Viewer, sid hub.ConversationSID, query hub.ChangeQuery) (*hub.Changes, error) {
	changes := &hub.Changes{}
	err := s.inside(ctx, v, hub.ConversationRef(sid), func(q querier, l *loaded, own *hub.Participant) (err error) {
		if changes.View, err = view(ctx, q, l, own); err != nil {
			return err
		}
		_, err = netRead(ctx, q, l, query, changes)
		return err
	})
	return changes, err
}

// Gaps implements hub.GapReader. All of it is one read transaction.
func (s *Store) Gaps(ctx context.Context, gaps []hub.Gap, query hub.GapQuery) (pages []*hub.Changes, err error) {
	err = s.reading(ctx, func(q querier) error {
		rows, bytes := 0, 0
		for _, g := range gaps {
			if rows >= query.AllRows || bytes >= query.AllBytes {
				return nil
			}
			l, err := find(ctx, q, g.Service, hub.ConversationRef(g.Conversation))
			if err != nil {
				return err
			}
			if l == nil {
				pages = append(pages, nil)
				continue
			}
			thread := l.c
			page := &hub.Changes{View: &hub.ConversationView{Conversation: &thread}}
			size, err := netRead(ctx, q, l, hub.ChangeQuery{Since: g.Since, Limit: query.Limit, Bytes: query.Bytes}, page)
			if err != nil {
				return err
			}
			pages = append(pages, page)
			rows, bytes = rows+len(page.Events), bytes+size
		}
		return nil
	})
	return pages, err
}

// netRead reads a page of what changed, and says how many bytes of content it took.
func netRead(ctx context.Context, q querier, l *loaded, query hub.ChangeQuery, changes *hub.Changes) (size int, err error) {
	changes.To = l.c.Revision
	from, err := addedSince(ctx, q, l, query.Since)
	if err != nil {
		return 0, err
	}
	if query.TooMany > 0 {
		if changes.Total, err = countChanges(ctx, q, l, query.Since, from, query.TooMany); err != nil || changes.Total > query.TooMany {
			return 0, err
		}
	}
	all, err := marks(ctx, q, l, query.Since, from, query.Limit+1)
	if err != nil {
		return 0, err
	}
	for i, m := range all {
		var e *hub.Event
		full := i == query.Limit
		if !full {
			var bytes int
			if e, bytes, err = content(ctx, q, l, m); err != nil {
				return 0, err
			}
			size += bytes
			full = i > 0 && query.Bytes > 0 && size > query.Bytes
		}
		if full {
			changes.More, changes.To = true, all[i-1].position
			break
		}
		changes.Events = append(changes.Events, e)
	}
	return size, nil
}

// addedSince is the first index of messages created after a revision that may still exist. Indexes and creating revisions
// rise together, so it looks at ever larger distances from the newest and then halves: it costs the logarithm of how far
// behind the reader is.
func addedSince(ctx context.Context, q querier, l *loaded, since hub.Revision) (int64, error) {
	old := func(index int64) (yes bool, err error) { // the newest that exists up to there is from before
		var created hub.Revision
		err = q.row(ctx, `SELECT created_rev FROM message WHERE conversation = ? AND removed = 0 AND idx <= ? ORDER BY idx DESC LIMIT 1`,
			l.id, index).Scan(&created)
		if errors.Is(err, sql.ErrNoRows) {
			return true, nil
		}
		return created <= since, err
	}
	// What is at or below low is old; what exists above high is not.
	high, step := l.c.LastIndex, int64(1)
	low := high
	for low >= 0 {
		yes, err := old(low)
		if err != nil {
			return 0, err
		}
		if yes {
			break
		}
		high = low - 1
		low -= step
		step *= 2
	}
	for low = max(low, hub.NoIndex); low < high; {
		middle := low + (high-low+1)/2
		yes, err := old(middle)
		if err != nil {
			return 0, err
		}
		if yes {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low + 1, nil
}

// countChanges counts rows that changed, up to one more than enough.
func countChanges(ctx context.Context, q querier, l *loaded, since hub.Revision, from int64, enough int) (n int, err error) {
	err = q.row(ctx, `SELECT count(*) FROM (
		SELECT 1 FROM message WHERE conversation = ?1 AND removed IN (0, 1) AND idx >= ?4
		UNION ALL SELECT 1 FROM message INDEXED BY message_changed WHERE conversation = ?1 AND changed_rev > ?2
			AND changed_rev > created_rev AND idx < ?4
		UNION ALL SELECT 1 FROM participant WHERE conversation = ?1 AND changed_rev > ?2
		LIMIT ?3)`, l.id, since, enough+1, from).Scan(&n)
	return n, err
}

// mark is where a row's event stands, before its content is read.
type mark struct {
	position hub.Revision
	kind     hub.EventKind
	row      int64 // rowid; 0 for the conversation's own
}

// marks finds the positions of rule R2 of what changed, first ones first. Rows both created and removed since give none.
// Messages come in the order of an index, so that a page costs a page however much changed.
func marks(ctx context.Context, q querier, l *loaded, since hub.Revision, from int64, limit int) (all []mark, err error) {
	rows, err := q.query(ctx, `SELECT * FROM (
		SELECT * FROM (SELECT created_rev AS position, ?4 AS kind, id FROM message
			WHERE conversation = ?1 AND removed = 0 AND idx >= ?12 ORDER BY idx LIMIT ?3)
		UNION ALL SELECT * FROM (SELECT changed_rev, CASE removed WHEN 1 THEN ?6 ELSE ?5 END, id FROM message INDEXED BY message_changed
			WHERE conversation = ?1 AND changed_rev > ?2 AND changed_rev > created_rev AND created_rev <= ?2
			ORDER BY changed_rev LIMIT ?3)
		UNION ALL SELECT CASE WHEN created_rev > ?2 THEN created_rev ELSE changed_rev END,
			CASE WHEN created_rev > ?2 THEN ?7 WHEN gone = '' THEN ?8 ELSE ?9 END, id FROM participant
			WHERE conversation = ?1 AND changed_rev > ?2 AND NOT (created_rev > ?2 AND gone <> '')
		UNION ALL SELECT ?10, ?11, 0 WHERE ?10 > ?2 AND ?10 > 1)
		ORDER BY position LIMIT ?3`,
		l.id, since, limit, hub.MessageAdded, hub.MessageUpdated, hub.MessageRemoved,
		hub.ParticipantJoined, hub.ParticipantUpdated, hub.ParticipantLeft, l.c.Changed, hub.ConversationUpdated, from)
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

// content reads what a mark stands for.
func content(ctx context.Context, q querier, l *loaded, m mark) (e *hub.Event, bytes int, err error) {
	e = &hub.Event{Kind: m.kind, Service: l.c.Service, Conversation: l.c.SID, Revision: m.position}
	switch m.kind {
	case hub.MessageAdded, hub.MessageUpdated, hub.MessageRemoved:
		row := q.row(ctx, `SELECT `+messageColumns+` FROM message m WHERE m.id = ?`, m.row)
		if e.Message, err = scanMessage(row.Scan, l.c.SID); err != nil {
			return nil, 0, err
		}
		bytes = e.Message.Weight()
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
