package postgres

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

const (
	fromIndexed = ` FROM conversation c JOIN head h ON h.conversation = c.sid LEFT JOIN search_position i ON i.conversation = c.sid `
	indexMark   = `c.service, c.sid, coalesce(i.revision, 0), h.revision`
	isBehind    = `NOT h.deleted AND h.revision > coalesce(i.revision, 0)`
)

func listMarks(b *pgx.Batch, all *[]hub.IndexMark, text string, args ...any) {
	*all = nil
	list(b, text, args, func(row pgx.Row) error {
		var m hub.IndexMark
		err := row.Scan(&m.Service, &m.Conversation, &m.Indexed, &m.Revision)
		*all = append(*all, m)
		return err
	})
}

// Indexed implements hub.Searcher.
func (s *Store) Indexed(ctx context.Context, sids []hub.ConversationSID) (all []hub.IndexMark, err error) {
	err = s.reading(ctx, func(b *pgx.Batch) {
		listMarks(b, &all, `SELECT `+indexMark+fromIndexed+`WHERE c.sid = ANY ($1::text[]) AND NOT h.deleted`, texts(sids))
	})
	return all, err
}

// Behind implements hub.Searcher.
func (s *Store) Behind(ctx context.Context, after hub.ConversationSID, limit int) (all []hub.IndexMark, next hub.ConversationSID, err error) {
	err = s.reading(ctx, func(b *pgx.Batch) {
		const part = `(SELECT sid FROM conversation WHERE sid > $1 ORDER BY sid LIMIT $2)`
		one(b, `SELECT coalesce(max(sid), '') FROM `+part+` part`, []any{after, limit}, &next)
		listMarks(b, &all, `SELECT `+indexMark+` FROM `+part+` part JOIN conversation c ON c.sid = part.sid
			JOIN head h ON h.conversation = c.sid LEFT JOIN search_position i ON i.conversation = c.sid WHERE `+isBehind, after, limit)
	})
	return all, next, err
}

// BehindFor implements hub.Searcher.
func (s *Store) BehindFor(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, limit int) (all []hub.IndexMark, err error) {
	err = s.reading(ctx, func(b *pgx.Batch) {
		if ref == "" {
			listMarks(b, &all, `SELECT `+indexMark+` FROM participant p JOIN conversation c ON c.sid = p.conversation
				JOIN head h ON h.conversation = c.sid LEFT JOIN search_position i ON i.conversation = c.sid
				WHERE p.user_sid = (SELECT sid FROM users WHERE service = $1 AND identity = $2) AND p.user_sid <> '' AND p.gone = ''
				AND `+isBehind+` LIMIT $3`, v.Service, v.Identity, limit)
			return
		}
		sid, name := keyOf(ref)
		listMarks(b, &all, `SELECT `+indexMark+fromIndexed+`WHERE c.sid = `+threadKey+` AND c.service = $1 AND `+isBehind+`
			AND ($4 = '' OR EXISTS (SELECT 1 FROM participant p WHERE p.conversation = c.sid AND p.identity = $4 AND p.gone = ''))`,
			v.Service, sid, name, v.Identity)
	})
	return all, err
}

// Index implements hub.Searcher: all steps ride one transaction. It first locks the positions, in the order of their sids,
// and then looks (rule R6), so that neither another hub's step nor a purge comes between. The locks of commits are not
// touched. Nothing waits for it to be on disk: rows and position get lost together, or not at all.
func (s *Store) Index(ctx context.Context, steps []hub.IndexStep) error {
	if s.closed.Load() {
		return errClosed()
	}
	bound, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	steps = slices.SortedFunc(slices.Values(steps), func(a, b hub.IndexStep) int { return cmp.Compare(a.Conversation, b.Conversation) })
	epoch := s.Epoch() // of what the steps were made of
	err := pgx.BeginFunc(bound, s.pool, func(t pgx.Tx) error {
		if t.Conn().PgConn().CustomData()[epochKey] != epoch {
			return errHistory()
		}
		there, err := lockIndexes(bound, t, steps)
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		queueSteps(b, steps, there)
		return t.SendBatch(bound, b).Close()
	})
	return readError(ctx, err)
}

// indexed is a conversation whose index is locked.
type indexed struct {
	position hub.Revision
	service  hub.ServiceSID // "" where the conversation is not there any more
}

// makePositions and lockPositions lock the positions ($1) of conversations, those too that have none yet.
const (
	makePositions = `INSERT INTO search_position (conversation, revision) SELECT sid, 0 FROM unnest($1::text[]) sid ON CONFLICT DO NOTHING`
	lockPositions = `SELECT conversation, revision FROM search_position WHERE conversation = ANY ($1::text[]) ORDER BY conversation FOR UPDATE`
)

func lockIndexes(ctx context.Context, t pgx.Tx, steps []hub.IndexStep) (map[hub.ConversationSID]*indexed, error) {
	sids := make([]string, len(steps))
	for i := range steps {
		sids[i] = string(steps[i].Conversation)
	}
	there := map[hub.ConversationSID]*indexed{}
	b := &pgx.Batch{}
	b.Queue(`SET LOCAL synchronous_commit = off`)
	b.Queue(makePositions, sids)
	list(b, lockPositions, []any{sids}, func(row pgx.Row) error {
		var sid hub.ConversationSID
		x := &indexed{}
		err := row.Scan(&sid, &x.position)
		there[sid] = x
		return err
	})
	list(b, `SELECT c.sid, c.service`+fromConversation+`WHERE c.sid = ANY ($1::text[]) AND NOT h.deleted`, []any{sids}, func(row pgx.Row) error {
		var sid hub.ConversationSID
		var service hub.ServiceSID
		err := row.Scan(&sid, &service)
		if x := there[sid]; x != nil {
			x.service = service
		}
		return err
	})
	return there, t.SendBatch(ctx, b).Close()
}

// queueSteps queues what the steps write, but for those whose conversation is elsewhere by now.
func queueSteps(b *pgx.Batch, steps []hub.IndexStep, there map[hub.ConversationSID]*indexed) {
	var put struct{ conversations, messages, services, words []string }
	var drop struct{ conversations, messages []string }
	var gone, moved []string
	var to []int64
	for _, step := range steps {
		sid, x := string(step.Conversation), there[step.Conversation]
		switch {
		case x == nil:
			continue
		case x.service == "":
			gone = append(gone, sid)
			continue
		case x.position != step.From:
			continue
		}
		x.position = step.To
		moved, to = append(moved, sid), append(to, int64(step.To))
		for _, row := range step.Put {
			put.conversations, put.messages = append(put.conversations, sid), append(put.messages, string(row.Message))
			put.services, put.words = append(put.services, string(x.service)), append(put.words, vectorOf(row.Words))
		}
		for _, m := range step.Drop {
			drop.conversations, drop.messages = append(drop.conversations, sid), append(drop.messages, string(m))
		}
	}
	if len(put.messages) > 0 {
		b.Queue(`INSERT INTO search (conversation, message, service, words)
			SELECT d.conversation, d.message, d.service, d.words::tsvector FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
			AS d(conversation, message, service, words)
			ON CONFLICT (conversation, message) DO UPDATE SET words = excluded.words WHERE search.words <> excluded.words`,
			put.conversations, put.messages, put.services, put.words)
	}
	if len(drop.messages) > 0 {
		b.Queue(`DELETE FROM search s USING unnest($1::text[], $2::text[]) AS d(conversation, message)
			WHERE s.conversation = d.conversation AND s.message = d.message`, drop.conversations, drop.messages)
	}
	if len(gone) > 0 {
		b.Queue(`DELETE FROM search_position WHERE conversation = ANY ($1::text[])`, gone)
	}
	if len(moved) > 0 {
		b.Queue(`UPDATE search_position i SET revision = d.revision FROM unnest($1::text[], $2::bigint[]) AS d(conversation, revision)
			WHERE i.conversation = d.conversation`, moved, to)
	}
}

// vectorOf is words as the text of a tsvector. Words are of letters, marks and numbers: nothing in them needs escaping.
func vectorOf(words []string) string {
	places := map[string][]int{}
	for i, w := range words {
		if w != "" {
			places[w] = append(places[w], i+1)
		}
	}
	var text strings.Builder
	for w, at := range places {
		text.WriteString(`'` + w + `':`)
		for i, place := range at {
			if i > 0 {
				text.WriteByte(',')
			}
			text.WriteString(strconv.Itoa(place))
		}
		text.WriteByte(' ')
	}
	return text.String()
}
