package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"parley/hub"
)

// mediaText is how what a message carries is kept in its row: "" for nothing.
func mediaText(all []hub.Attachment) (string, error) {
	if len(all) == 0 {
		return "", nil
	}
	text, err := json.Marshal(all)
	return string(text), err
}

const mediaColumns = `f.sid, f.service, f.author, f.filename, f.content_type, f.category, f.size, f.state, f.conversation,
	f.message, f.created, f.updated`

func scanMedia(scan func(...any) error) (*hub.Media, error) {
	m := &hub.Media{}
	return m, scan(&m.SID, &m.Service, &m.Author, &m.Filename, &m.ContentType, &m.Category, &m.Size, &m.State, &m.Conversation,
		&m.Message, at(&m.DateCreated), at(&m.DateUpdated))
}

// Media implements hub.MediaTx.
func (t *tx) Media(service hub.ServiceSID, sid hub.MediaSID) (*hub.Media, error) {
	return absent(scanMedia(t.row(lifelong, `SELECT `+mediaColumns+` FROM media f WHERE f.sid = ? AND f.service = ?`, sid, service).Scan))
}

// PutMedia implements hub.MediaTx.
func (t *tx) PutMedia(m *hub.Media) error {
	return t.exec(`INSERT INTO media (sid, service, author, filename, content_type, category, size, state, conversation, message,
		created, updated) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (sid) DO UPDATE SET size = excluded.size, state = excluded.state,
		conversation = excluded.conversation, message = excluded.message, updated = excluded.updated`,
		m.SID, m.Service, m.Author, m.Filename, m.ContentType, m.Category, m.Size, m.State, m.Conversation, m.Message,
		millis(m.DateCreated), millis(m.DateUpdated))
}

// DropMedia implements hub.MediaTx.
func (t *tx) DropMedia(sid hub.MediaSID) error { return t.exec(`DELETE FROM media WHERE sid = ?`, sid) }

// Media implements hub.MediaReader.
func (s *Store) Media(ctx context.Context, v hub.Viewer, sids []hub.MediaSID) (all []*hub.Media, err error) {
	if len(sids) == 0 {
		return nil, nil
	}
	args, places := []any{v.Service, v.Identity}, make([]string, len(sids))
	for i, sid := range sids {
		args, places[i] = append(args, sid), fmt.Sprint("?", i+3)
	}
	text := `SELECT ` + mediaColumns + ` FROM media f WHERE (?1 = '' OR f.service = ?1) AND f.sid IN (` + strings.Join(places, ",") + `)
		AND f.state IN ('whole', 'attached') AND (?2 = '' OR f.state = 'whole' AND f.author = ?2 OR f.state = 'attached' AND EXISTS (
			SELECT 1 FROM conversation c JOIN head h ON h.conversation = c.id AND h.deleted = 0
			JOIN participant p ON p.conversation = c.id AND p.identity = ?2 AND p.gone = '' WHERE c.sid = f.conversation)) ORDER BY f.sid`
	err = s.reading(ctx, func(q querier) error {
		all = nil
		rows, err := q.query(ctx, text, args...)
		return each(rows, err, func(r *sql.Rows) error {
			m, err := scanMedia(r.Scan)
			all = append(all, m)
			return err
		})
	})
	return all, err
}

// Garbage implements hub.MediaReader.
func (s *Store) Garbage(ctx context.Context, unattached, unfinished time.Duration, limit int) (all []*hub.Media, err error) {
	now := s.config.Now()
	err = s.reading(ctx, func(q querier) error {
		all = nil
		for state, before := range map[hub.MediaState]time.Time{
			hub.MediaGone: now.Add(time.Hour), hub.MediaWhole: now.Add(-unattached), hub.MediaUploading: now.Add(-unfinished),
		} {
			rows, err := q.query(ctx, `SELECT `+mediaColumns+` FROM media f WHERE f.state <> 'attached' AND f.state = ? AND f.updated <= ?
				ORDER BY f.updated LIMIT ?`, state, millis(before), limit-len(all))
			if err := each(rows, err, func(r *sql.Rows) error {
				m, err := scanMedia(r.Scan)
				all = append(all, m)
				return err
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}
