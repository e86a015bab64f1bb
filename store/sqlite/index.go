package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"

	"parley/hub"
)

const (
	fromIndexed = ` FROM conversation c JOIN head h ON h.conversation = c.id LEFT JOIN search_position i ON i.conversation = c.id `
	indexMark   = `c.service, c.sid, coalesce(i.revision, 0), h.revision`
	isBehind    = `h.deleted = 0 AND h.revision > coalesce(i.revision, 0)`
)

func indexMarks(rows *sql.Rows, err error) (all []hub.IndexMark, _ error) {
	err = each(rows, err, func(r *sql.Rows) error {
		var m hub.IndexMark
		if err := r.Scan(&m.Service, &m.Conversation, &m.Indexed, &m.Revision); err != nil {
			return err
		}
		all = append(all, m)
		return nil
	})
	return all, err
}

// Indexed implements hub.Searcher.
func (s *Store) Indexed(ctx context.Context, sids []hub.ConversationSID) (all []hub.IndexMark, err error) {
	err = s.reading(ctx, func(q querier) error {
		for _, sid := range sids {
			rows, err := q.query(ctx, `SELECT `+indexMark+fromIndexed+`WHERE c.sid = ? AND h.deleted = 0`, sid)
			found, err := indexMarks(rows, err)
			if err != nil {
				return err
			}
			all = append(all, found...)
		}
		return nil
	})
	return all, err
}

// Behind implements hub.Searcher.
func (s *Store) Behind(ctx context.Context, after hub.ConversationSID, limit int) (all []hub.IndexMark, next hub.ConversationSID, err error) {
	err = s.reading(ctx, func(q querier) error {
		row := q.row(ctx, `SELECT coalesce(max(sid), '') FROM (SELECT sid FROM conversation WHERE sid > ? ORDER BY sid LIMIT ?)`, after, limit)
		if err := row.Scan(&next); err != nil || next == "" {
			return err
		}
		rows, err := q.query(ctx, `SELECT `+indexMark+fromIndexed+`WHERE c.sid > ? AND c.sid <= ? AND `+isBehind, after, next)
		all, err = indexMarks(rows, err)
		return err
	})
	return all, next, err
}

// BehindFor implements hub.Searcher.
func (s *Store) BehindFor(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, limit int) (all []hub.IndexMark, err error) {
	if ref != "" {
		err = s.inside(ctx, v, ref, func(q querier, l *loaded, _ *hub.Participant) error {
			rows, err := q.query(ctx, `SELECT `+indexMark+fromIndexed+`WHERE c.id = ? AND `+isBehind, l.id)
			all, err = indexMarks(rows, err)
			return err
		})
		if errors.Is(err, hub.ErrAbsent) {
			return nil, nil
		}
		return all, err
	}
	err = s.reading(ctx, func(q querier) error {
		rows, err := q.query(ctx, `SELECT `+indexMark+` FROM participant p JOIN conversation c ON c.id = p.conversation
			JOIN head h ON h.conversation = c.id LEFT JOIN search_position i ON i.conversation = c.id
			WHERE p.user = (SELECT sid FROM user WHERE service = ? AND identity = ?) AND p.user <> '' AND p.gone = '' AND `+isBehind+` LIMIT ?`,
			v.Service, v.Identity, limit)
		all, err = indexMarks(rows, err)
		return err
	})
	return all, err
}

// indexPortion is how many rows of the index go together into one transaction, for which commits wait: 1 to 2 ms. 300 took up to 29.
const indexPortion = 32

// Index implements hub.Searcher. Steps go in portions, with a turn for each. None is cut: words of a message that is removed before
// the rest is done would stay, since a net read from where the step began does not tell of it (rule R2).
func (s *Store) Index(ctx context.Context, steps []hub.IndexStep) error {
	for portion := range portions(steps) {
		if err := s.indexSome(ctx, portion); err != nil {
			return err
		}
	}
	return nil
}

// portions are the steps in their order, as many at a time as fit.
func portions(steps []hub.IndexStep) iter.Seq[[]hub.IndexStep] {
	return func(yield func([]hub.IndexStep) bool) {
		first, rows := 0, 0
		for i, step := range steps {
			n := 1 + len(step.Put) + len(step.Drop)
			if rows += n; rows > indexPortion && i > first {
				if !yield(steps[first:i]) {
					return
				}
				first, rows = i, n
			}
		}
		if first < len(steps) {
			yield(steps[first:])
		}
	}
}

func (s *Store) indexSome(ctx context.Context, steps []hub.IndexStep) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.end()
	if err := s.write.exec(lifelong, "BEGIN IMMEDIATE"); err != nil {
		return s.broken(err, false)
	}
	wrote := false
	for i := range steps {
		did, err := index(s.write, &steps[i])
		if err != nil {
			return s.undo(err)
		}
		wrote = wrote || did
	}
	if !wrote {
		return s.undo(nil) // nothing to make durable: spares a sync
	}
	if err := s.finish(); err != nil {
		return err
	}
	s.keepLogSmall()
	return nil
}

// index takes a step; it does nothing where the conversation is elsewhere by now.
func index(c *connection, step *hub.IndexStep) (did bool, err error) {
	var id int64
	var service hub.ServiceSID
	err = c.row(lifelong, `SELECT c.id, c.service`+fromIndexed+`WHERE c.sid = ? AND h.deleted = 0 AND coalesce(i.revision, 0) = ?`,
		step.Conversation, step.From).Scan(&id, &service)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	}
	place := serviceMark(service) + " " + conversationMark(id)
	for _, row := range step.Put {
		if err := putWords(c, id, row.Message, place+" "+joinWords(row.Words)); err != nil {
			return true, err
		}
	}
	for _, sid := range step.Drop {
		if err := dropWords(c, id, sid); err != nil {
			return true, err
		}
	}
	return true, c.exec(lifelong, `INSERT INTO search_position (conversation, revision) VALUES (?1, ?2)
		ON CONFLICT (conversation) DO UPDATE SET revision = ?2`, id, step.To)
}

// Marks and the sign for an empty place are no words: they are neither letters, marks nor numbers. The tokenizer takes
// all that is not ASCII for a part of a word.
const (
	conversationSign = "·"
	serviceSign      = "‥"
	emptyPlace       = "…"
)

func conversationMark(id int64) string { return conversationSign + strconv.FormatInt(id, 36) }

func serviceMark(sid hub.ServiceSID) string { return serviceSign + string(sid) }

func joinWords(words []string) string {
	if slices.Contains(words, "") {
		words = slices.Clone(words)
		for i, w := range words {
			if w == "" {
				words[i] = emptyPlace
			}
		}
	}
	return strings.Join(words, " ")
}

// indexRowID is the row of the index that a message has, 0 for none.
func indexRowID(c *connection, conversation int64, sid hub.MessageSID) (id int64, err error) {
	err = c.row(lifelong, `SELECT id FROM search_row WHERE conversation = ? AND message = ?`, conversation, sid).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

func putWords(c *connection, conversation int64, sid hub.MessageSID, words string) error {
	id, err := indexRowID(c, conversation, sid)
	if err != nil {
		return err
	}
	if id != 0 {
		if err := c.exec(lifelong, `DELETE FROM search WHERE rowid = ?`, id); err != nil {
			return err
		}
	} else {
		if id, err = freeRowID(c, sid); err != nil {
			return err
		}
		if err := c.exec(lifelong, `INSERT INTO search_row (id, conversation, message) VALUES (?, ?, ?)`, id, conversation, sid); err != nil {
			return err
		}
	}
	return c.exec(lifelong, `INSERT INTO search (rowid, words) VALUES (?, ?)`, id, words)
}

func dropWords(c *connection, conversation int64, sid hub.MessageSID) error {
	id, err := indexRowID(c, conversation, sid)
	if err != nil || id == 0 {
		return err
	}
	if err := c.exec(lifelong, `DELETE FROM search WHERE rowid = ?`, id); err != nil {
		return err
	}
	return c.exec(lifelong, `DELETE FROM search_row WHERE id = ?`, id)
}

// freeRowID finds an id by which the message stands in the order of sids. Where two begin alike the later one is moved
// up or down by as little as is free: of messages of one moment the order may then be another, and it stays.
func freeRowID(c *connection, sid hub.MessageSID) (int64, error) {
	id, direction := orderOf(sid), int64(0)
	for {
		var other hub.MessageSID
		err := c.row(lifelong, `SELECT message FROM search_row WHERE id = ?`, id).Scan(&other)
		if errors.Is(err, sql.ErrNoRows) {
			return id, nil
		}
		if err != nil {
			return 0, err
		}
		if direction == 0 {
			if direction = 1; other > sid {
				direction = -1
			}
		}
		id += direction
	}
}

// orderOf is a number that sorts as the sid does, as far as it goes: its 60 bits of time and 3 of those that are random.
// It passes over the version, and leaves out the variant's first bit, which is always set.
func orderOf(sid hub.MessageSID) int64 {
	digits := strings.TrimPrefix(string(sid), "IM")
	if len(digits) < 18 {
		return 1
	}
	time, err1 := strconv.ParseUint(digits[:12], 16, 64)
	rest, err2 := strconv.ParseUint(digits[13:18], 16, 64) // 20 bits: 12 of a millisecond's fraction, 2 of variant, 6 rest
	if err1 != nil || err2 != nil {
		return 1
	}
	return max(1, int64((time<<15|rest>>8<<3|rest>>3&7)&(1<<63-1)))
}
