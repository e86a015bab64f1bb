package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// changesSince finds the positions of rule R2 of what changed in a conversation ($1) since a revision ($2), first ones first and
// at most so many ($3), with their rows. Where more than so many ($4, 0: any number) changed there is their number and nothing
// else. Rows both created and removed since give none.
//
// The first message that was created since is searched for by halves: indexes and creating revisions rise together. No more
// messages can have been created since than the revision rose, so that costs the logarithm of how far behind the reader is.
var changesSince = fmt.Sprintf(`
WITH RECURSIVE top AS MATERIALIZED (
	SELECT h.last_index, greatest(h.last_index - greatest(h.revision - $2::bigint, 0), -1) AS low, c.changed
	FROM head h JOIN conversation c ON c.sid = h.conversation WHERE h.conversation = $1
), search(low, high) AS (
	SELECT low, last_index FROM top
	UNION ALL
	SELECT CASE WHEN x.old THEN x.middle ELSE x.low END, CASE WHEN x.old THEN x.high ELSE x.middle - 1 END FROM (
		SELECT s.low, s.high, (s.low + s.high + 1) / 2 AS middle, coalesce((SELECT m.created_rev <= $2 FROM message m
			WHERE m.conversation = $1 AND m.removed = 0 AND m.idx <= (s.low + s.high + 1) / 2 ORDER BY m.idx DESC LIMIT 1), true) AS old
		FROM search s WHERE s.low < s.high) x
), start AS MATERIALIZED (
	SELECT low + 1 AS idx FROM search WHERE low >= high
), total AS MATERIALIZED (
	SELECT CASE WHEN $4::bigint = 0 THEN 0 ELSE (SELECT count(*) FROM (
		SELECT 1 FROM message WHERE conversation = $1 AND removed = ANY ('{0,1}') AND idx >= (SELECT idx FROM start)
		UNION ALL SELECT 1 FROM message WHERE conversation = $1 AND changed_rev > $2 AND changed_rev > created_rev AND idx < (SELECT idx FROM start)
		UNION ALL SELECT 1 FROM participant WHERE conversation = $1 AND changed_rev > $2
		LIMIT $4 + 1) q) END AS n
), mark AS MATERIALIZED (
	SELECT * FROM (
		(SELECT created_rev AS position, %d AS kind, idx, '' AS sid FROM message
			WHERE conversation = $1 AND removed = 0 AND idx >= (SELECT idx FROM start) ORDER BY idx LIMIT $3)
		UNION ALL (SELECT changed_rev, CASE removed WHEN 1 THEN %d ELSE %d END, idx, '' FROM message
			WHERE conversation = $1 AND changed_rev > $2 AND changed_rev > created_rev AND created_rev <= $2 ORDER BY changed_rev LIMIT $3)
		UNION ALL SELECT CASE WHEN created_rev > $2 THEN created_rev ELSE changed_rev END,
			CASE WHEN created_rev > $2 THEN %d WHEN gone = '' THEN %d ELSE %d END, -1, sid FROM participant
			WHERE conversation = $1 AND changed_rev > $2 AND NOT (created_rev > $2 AND gone <> '')
		UNION ALL SELECT changed, %d, -1, '' FROM top WHERE changed > $2 AND changed > 1
	) u ORDER BY position LIMIT $3
)
SELECT total.n, coalesce(k.position, 0), coalesce(k.kind, 0), `+messageColumns+`, `+participantColumns+`
FROM total LEFT JOIN mark k ON $4 = 0 OR total.n <= $4
LEFT JOIN message m ON m.conversation = $1 AND m.removed = ANY ('{0,1}') AND m.idx = k.idx
LEFT JOIN participant p ON p.conversation = $1 AND p.sid = k.sid
ORDER BY k.position`,
	hub.MessageAdded, hub.MessageRemoved, hub.MessageUpdated, hub.ParticipantJoined, hub.ParticipantUpdated, hub.ParticipantLeft,
	hub.ConversationUpdated)

// Changes implements hub.ConversationReader. All of it is one snapshot (rule R2).
func (s *Store) Changes(ctx context.Context, v hub.Viewer, sid hub.ConversationSID, query hub.ChangeQuery) (*hub.Changes, error) {
	var changes *hub.Changes
	var size int
	seen, err := s.inside(ctx, v, hub.ConversationRef(sid), func(b *pgx.Batch) {
		changes, size = &hub.Changes{}, 0
		list(b, changesSince, []any{sid, query.Since, query.Limit + 1, query.TooMany}, func(row pgx.Row) error {
			e, bytes, err := scanChange(row, &changes.Total)
			if err != nil || e == nil || changes.More {
				return err
			}
			size += bytes
			if n := len(changes.Events); n == query.Limit || n > 0 && query.Bytes > 0 && size > query.Bytes {
				changes.More, changes.To = true, changes.Events[n-1].Revision
				return nil
			}
			changes.Events = append(changes.Events, e)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	changes.View = seen
	if !changes.More {
		changes.To = seen.Revision
	}
	for _, e := range changes.Events {
		e.Service, e.Conversation = seen.Service, seen.SID
		if e.Kind == hub.ConversationUpdated {
			thread := *seen.Conversation
			e.Thread = &thread
		}
	}
	return changes, nil
}

// scanChange reads a row of changesSince; nil where it bears the number alone. The number of bytes of an event of the
// conversation's own is a guess.
func scanChange(row pgx.Row, total *int) (e *hub.Event, bytes int, err error) {
	e = &hub.Event{}
	m, p := &hub.Message{}, &hub.Participant{}
	message, finish := messageFields(m)
	participant, bind := participantFields(p)
	into := append(append([]any{total, &e.Revision, &e.Kind}, message...), participant...)
	if err := row.Scan(into...); err != nil || e.Kind == 0 {
		return nil, 0, err
	}
	bind()
	switch e.Kind {
	case hub.MessageAdded, hub.MessageUpdated, hub.MessageRemoved:
		e.Message = m
		return e, len(m.Body) + len(m.Attributes) + messageWeight, finish()
	case hub.ConversationUpdated:
		return e, conversationWeight, nil
	default:
		e.Participant = p
		return e, len(p.Attributes) + participantWeight, nil
	}
}
