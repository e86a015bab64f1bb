package sqlite

import (
	"context"
	"database/sql"

	"parley/hub"
)

// traces reads what of an identity is among some messages.
func traces(ctx context.Context, q querier, id int64, c hub.ConversationSID, of hub.TraceQuery) (*hub.Traces, error) {
	left := &hub.Traces{}
	limit := of.Limit
	if limit == 0 {
		limit = -1
	}
	rows, err := q.query(ctx, `SELECT `+messageColumns+` FROM message m WHERE m.conversation = ? AND m.removed = 0 AND m.idx >= ? AND m.idx < ?
		AND m.author = ? ORDER BY m.idx LIMIT ?`, id, of.From, of.To, of.Identity, limit)
	if err := each(rows, err, func(r *sql.Rows) error {
		m, err := scanMessage(r.Scan, c)
		left.Messages = append(left.Messages, m)
		return err
	}); err != nil {
		return nil, err
	}
	rows, err = q.query(ctx, `SELECT idx, name FROM reaction WHERE conversation = ? AND idx >= ? AND idx < ? AND identity = ? ORDER BY idx, name`,
		id, of.From, of.To, of.Identity)
	return left, each(rows, err, func(r *sql.Rows) error {
		var of hub.Trace
		err := r.Scan(&of.Index, &of.Name)
		left.Reactions = append(left.Reactions, of)
		return err
	})
}

// Traces implements hub.EraseTx.
func (t *tx) Traces(c hub.ConversationSID, q hub.TraceQuery) (*hub.Traces, error) {
	id, err := t.id(c)
	if err != nil {
		return nil, err
	}
	return traces(lifelong, t, id, c, q)
}

// Traces implements hub.Eraser.
func (s *Store) Traces(ctx context.Context, service hub.ServiceSID, c hub.ConversationSID, of hub.TraceQuery) (left *hub.Traces, err error) {
	err = s.inside(ctx, hub.Viewer{Service: service}, hub.ConversationRef(c), func(q querier, l *loaded, _ *hub.Participant) error {
		if left, err = traces(ctx, q, l.id, c, of); err != nil {
			return err
		}
		rows, err := q.query(ctx, `SELECT `+participantColumns+` FROM participant p WHERE p.conversation = ? AND p.identity = ? ORDER BY p.id`,
			l.id, of.Identity)
		return each(rows, err, func(r *sql.Rows) error {
			p, err := scanParticipant(r.Scan, c)
			left.Memberships = append(left.Memberships, p)
			return err
		})
	})
	return left, err
}

// Forget implements hub.EraseTx. What there is of it is looked for first: a commit that changes nothing costs no sync.
func (t *tx) Forget(c hub.ConversationSID, q hub.TraceQuery) error {
	id, err := t.id(c)
	if err != nil {
		return err
	}
	const tombs = ` FROM message WHERE conversation = ? AND removed = 1 AND idx >= ? AND idx < ? AND author = ?`
	const edits = ` FROM message WHERE conversation = ? AND removed = 0 AND idx >= ? AND idx < ? AND updated_by = ?`
	args := []any{id, q.From, q.To, q.Identity}
	for _, step := range []struct{ found, does string }{
		{tombs, `DELETE FROM nonce WHERE conversation = ?1 AND author = ?4 AND idx IN (SELECT idx FROM message
			WHERE conversation = ?1 AND removed = 1 AND idx >= ?2 AND idx < ?3 AND author = ?4)`},
		{tombs, `UPDATE message SET author = '', nonce = '' WHERE conversation = ?1 AND removed = 1 AND idx >= ?2 AND idx < ?3 AND author = ?4`},
		{edits, `UPDATE message SET updated_by = '' WHERE conversation = ?1 AND removed = 0 AND idx >= ?2 AND idx < ?3 AND updated_by = ?4`},
	} {
		var there bool
		if err := t.row(lifelong, `SELECT EXISTS (SELECT 1`+step.found+`)`, args...).Scan(&there); err != nil {
			return err
		}
		if !there {
			continue
		}
		if err := t.exec(step.does, args...); err != nil {
			return err
		}
	}
	return nil
}

// ForgetMember implements hub.EraseTx.
func (t *tx) ForgetMember(c hub.ConversationSID, identity string) error {
	id, err := t.id(c)
	if err != nil {
		return err
	}
	var there bool
	const was = `conversation = ? AND identity = ? AND gone <> ''`
	if err := t.row(lifelong, `SELECT EXISTS (SELECT 1 FROM participant WHERE `+was+`)`, id, identity).Scan(&there); err != nil || !there {
		return err
	}
	return t.exec(`UPDATE participant SET identity = '', user = '' WHERE `+was, id, identity)
}

// ForgetFiles implements hub.EraseTx.
func (t *tx) ForgetFiles(service hub.ServiceSID, identity string) error {
	return t.exec(`UPDATE media SET state = CASE state WHEN 'whole' THEN 'gone' ELSE state END, author = '', updated = ? WHERE service = ? AND author = ?`,
		millis(t.now), service, identity)
}

// scrubPages is how many pages of the index of words are written anew at a time.
const scrubPages = 200

// Scrub implements hub.Eraser. Deleted rows are overwritten when they go (secure_delete). The index of words keeps what was
// deleted until its parts are merged: that is done here, then the log goes into the file and is emptied.
func (s *Store) Scrub(ctx context.Context) error {
	for pages, more := -scrubPages, true; more; pages = scrubPages {
		var err error
		if more, err = s.mergeWords(ctx, pages); err != nil {
			return err
		}
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.end()
	return s.restartLog("TRUNCATE")
}

// mergeWords merges some parts of the index. Where there is no more to do it changes less than two rows (FTS5's "merge").
func (s *Store) mergeWords(ctx context.Context, pages int) (more bool, err error) {
	if err := s.begin(ctx); err != nil {
		return false, err
	}
	defer s.end()
	if err := s.write.exec(lifelong, "BEGIN IMMEDIATE"); err != nil {
		return false, s.broken(err, false)
	}
	var before, after int64
	const changes = `SELECT total_changes()`
	err = s.write.row(lifelong, changes).Scan(&before)
	if err == nil {
		err = s.write.exec(lifelong, `INSERT INTO search (search, rank) VALUES ('merge', ?)`, pages)
	}
	if err == nil {
		err = s.write.row(lifelong, changes).Scan(&after)
	}
	if err != nil {
		return false, s.undo(err)
	}
	return after-before >= 2, s.finish()
}
