package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// marksSince finds the positions of rule R2 of what changed in a conversation (c, with its head h) since a revision (w.since),
// first ones first and at most so many ($4), with how much their rows hold. It ends behind the second row or the first with
// which they hold more than so many bytes ($5, 0: any number): by that one is known that there is more. Where more than so many
// ($6, 0: any number) changed there is their number and nothing else. Rows both created and removed since give none.
//
// The first message that was created since is searched for by halves: indexes and creating revisions rise together. No more
// messages can have been created since than the revision rose, so that costs the logarithm of how far behind the reader is.
var marksSince = fmt.Sprintf(`
WITH RECURSIVE search(low, high) AS (
	SELECT greatest(h.last_index - greatest(h.revision - w.since, 0), -1), h.last_index
	UNION ALL
	SELECT CASE WHEN x.old THEN x.middle ELSE x.low END, CASE WHEN x.old THEN x.high ELSE x.middle - 1 END FROM (
		SELECT s.low, s.high, (s.low + s.high + 1) / 2 AS middle, coalesce((SELECT m.created_rev <= w.since FROM message m
			WHERE m.conversation = w.sid AND m.removed = 0 AND m.idx <= (s.low + s.high + 1) / 2 ORDER BY m.idx DESC LIMIT 1), true) AS old
		FROM search s WHERE s.low < s.high) x
), start AS MATERIALIZED (
	SELECT low + 1 AS idx FROM search WHERE low >= high
), total AS MATERIALIZED (
	SELECT CASE WHEN $6::bigint = 0 THEN 0 ELSE (SELECT count(*) FROM (
		SELECT 1 FROM message WHERE conversation = w.sid AND removed = ANY ('{0,1}') AND idx >= (SELECT idx FROM start)
		UNION ALL SELECT 1 FROM message WHERE conversation = w.sid AND changed_rev > w.since AND changed_rev > created_rev
			AND idx < (SELECT idx FROM start)
		UNION ALL SELECT 1 FROM participant WHERE conversation = w.sid AND changed_rev > w.since
		LIMIT $6 + 1) q) END AS n
), mark AS MATERIALIZED (
	SELECT u.*, row_number() OVER upto AS nth, sum(size) OVER upto - size AS before FROM (
		SELECT * FROM (
			(SELECT created_rev AS position, %d AS kind, removed, idx, NULL AS sid, octet_length(body) + octet_length(attributes) + octet_length(media) + %d AS size FROM message
				WHERE conversation = w.sid AND removed = 0 AND idx >= (SELECT idx FROM start) ORDER BY idx LIMIT $4)
			UNION ALL (SELECT changed_rev, CASE removed WHEN 1 THEN %d ELSE %d END, removed, idx, NULL, octet_length(body) + octet_length(attributes) + octet_length(media) + %d
				FROM message WHERE conversation = w.sid AND changed_rev > w.since AND changed_rev > created_rev AND created_rev <= w.since
				ORDER BY changed_rev LIMIT $4)
			UNION ALL SELECT CASE WHEN created_rev > w.since THEN created_rev ELSE changed_rev END,
				CASE WHEN created_rev > w.since THEN %d WHEN gone = '' THEN %d ELSE %d END, NULL, NULL, sid, octet_length(attributes) + %d FROM participant
				WHERE conversation = w.sid AND changed_rev > w.since AND NOT (created_rev > w.since AND gone <> '')
			UNION ALL SELECT c.changed, %d, NULL, NULL, NULL, octet_length(c.attributes) + %d WHERE c.changed > w.since AND c.changed > 1
		) v ORDER BY position LIMIT $4
	) u WINDOW upto AS (ORDER BY position)
)
SELECT total.n AS total, k.position, k.kind, k.removed, k.idx, k.sid, k.size
FROM total LEFT JOIN mark k ON ($6 = 0 OR total.n <= $6) AND ($5::bigint = 0 OR k.before <= $5 OR k.nth = 2)`,
	hub.MessageAdded, messageWeight, hub.MessageRemoved, hub.MessageUpdated, messageWeight,
	hub.ParticipantJoined, hub.ParticipantUpdated, hub.ParticipantLeft, participantWeight, hub.ConversationUpdated, conversationWeight)

const (
	// gaps are conversations with the revisions to read from, by service ($1), sid ($2) and revision ($3), numbered from 1.
	gaps = ` FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS w(service, sid, since, n)
	JOIN conversation c ON c.sid = w.sid AND c.service = w.service JOIN head h ON h.conversation = w.sid AND NOT h.deleted`

	// gapThreads reads the conversations themselves.
	gapThreads = `SELECT w.n, ` + conversationColumns + gaps
)

// changesSince reads marksSince with their rows for each of gaps: nothing of those that are absent, at least one row, which may
// be empty, of the others. Of those behind which others hold so many rows ($7) or bytes ($8) it reads nothing either; what is
// counted are marks, so that no more content is read than is sent.
var changesSince = `
SELECT k.n, k.total, coalesce(k.position, 0), coalesce(k.kind, 0), coalesce(k.size, 0), ` + messageColumns + `, ` + participantColumns + `
FROM (SELECT w.n, w.sid AS thread, t.*, count(t.size) OVER earlier AS rows, coalesce(sum(t.size) OVER earlier, 0) AS bytes` +
	gaps + ` CROSS JOIN LATERAL (` + marksSince + `) t
	WINDOW earlier AS (ORDER BY w.n RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) k
LEFT JOIN message m ON m.conversation = k.thread AND m.removed = k.removed AND m.idx = k.idx
LEFT JOIN participant p ON p.conversation = k.thread AND p.sid = k.sid
WHERE k.rows < $7 AND k.bytes < $8
ORDER BY k.n, k.position`

// queueChanges queues the read of gaps. Each conversation's changes go to what page gives for its number, from 0.
func queueChanges(b *pgx.Batch, args []any, query hub.ChangeQuery, all hub.GapQuery, page func(n int) *page) {
	args = append(args, query.Limit+1, query.Bytes, query.TooMany, all.AllRows, all.AllBytes)
	list(b, changesSince, args, func(row pgx.Row) error {
		var n, total, size int
		e, err := scanChange(row, &n, &total, &size)
		if err != nil {
			return err
		}
		page(n-1).add(e, total, size, query)
		return nil
	})
}

// gapArgs are the parameters of gaps.
func gapArgs(all []hub.Gap) []any {
	services, sids, since := make([]string, len(all)), make([]string, len(all)), make([]int64, len(all))
	for i, g := range all {
		services[i], sids[i], since[i] = string(g.Service), string(g.Conversation), int64(g.Since)
	}
	return []any{services, sids, since}
}

// page is a conversation's changes as they are read.
type page struct {
	hub.Changes
	size int
	read bool // something of it, be it nothing but that there is nothing
}

// add takes a row of changesSince; e is nil where there is none.
func (p *page) add(e *hub.Event, total, size int, query hub.ChangeQuery) {
	p.read, p.Total = true, total
	if e == nil || p.More {
		return
	}
	p.size += size
	if n := len(p.Events); n == query.Limit || n > 0 && query.Bytes > 0 && p.size > query.Bytes {
		p.More, p.To = true, p.Events[n-1].Revision
		return
	}
	p.Events = append(p.Events, e)
}

// of completes the changes with the view that they led to.
func (p *page) of(view *hub.ConversationView) *hub.Changes {
	p.View = view
	if !p.More {
		p.To = view.Revision
	}
	for _, e := range p.Events {
		e.Service, e.Conversation = view.Service, view.SID
		if e.Kind == hub.ConversationUpdated {
			thread := *view.Conversation
			e.Thread = &thread
		}
	}
	return &p.Changes
}

// Changes implements hub.ConversationReader. All of it is one snapshot (rule R2).
func (s *Store) Changes(ctx context.Context, v hub.Viewer, sid hub.ConversationSID, query hub.ChangeQuery) (*hub.Changes, error) {
	var p *page
	seen, err := s.inside(ctx, v, hub.ConversationRef(sid), func(b *pgx.Batch) {
		p = &page{}
		args := gapArgs([]hub.Gap{{Service: v.Service, Conversation: sid, Since: query.Since}})
		queueChanges(b, args, query, hub.GapQuery{AllRows: 1, AllBytes: 1}, func(int) *page { return p })
	})
	if err != nil {
		return nil, err
	}
	return p.of(seen), nil
}

// Gaps implements hub.GapReader: one round trip, and one snapshot.
func (s *Store) Gaps(ctx context.Context, all []hub.Gap, query hub.GapQuery) ([]*hub.Changes, error) {
	var threads []*hub.Conversation // nil for those that are absent
	var pages []page
	err := s.reading(ctx, func(b *pgx.Batch) {
		threads, pages = make([]*hub.Conversation, len(all)), make([]page, len(all))
		args := gapArgs(all)
		list(b, gapThreads, args, func(row pgx.Row) error {
			var n int
			c := &hub.Conversation{}
			if err := row.Scan(append([]any{&n}, conversationFields(c)...)...); err != nil {
				return err
			}
			threads[n-1] = c
			return nil
		})
		each := hub.ChangeQuery{Limit: query.Limit, Bytes: query.Bytes}
		queueChanges(b, args, each, query, func(n int) *page { return &pages[n] })
	})
	if err != nil {
		return nil, err
	}
	var changes []*hub.Changes
	for i, c := range threads {
		switch {
		case c == nil:
			changes = append(changes, nil)
		case !pages[i].read:
			return changes, nil
		default:
			changes = append(changes, pages[i].of(&hub.ConversationView{Conversation: c}))
		}
	}
	return changes, nil
}

// scanChange reads a row of changesSince; nil where it bears numbers alone.
func scanChange(row pgx.Row, n, total, size *int) (*hub.Event, error) {
	e := &hub.Event{}
	m, p := &hub.Message{}, &hub.Participant{}
	message, finish := messageFields(m)
	participant, bind := participantFields(p)
	into := append(append([]any{n, total, &e.Revision, &e.Kind, size}, message...), participant...)
	if err := row.Scan(into...); err != nil || e.Kind == 0 {
		return nil, err
	}
	switch e.Kind {
	case hub.MessageAdded, hub.MessageUpdated, hub.MessageRemoved:
		e.Message = m
		return e, finish()
	case hub.ConversationUpdated:
	default:
		bind()
		e.Participant = p
	}
	return e, nil
}
