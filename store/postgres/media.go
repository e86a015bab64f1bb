package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

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

func scanMedia(row pgx.Row) (*hub.Media, error) {
	m := &hub.Media{}
	return m, row.Scan(&m.SID, &m.Service, &m.Author, &m.Filename, &m.ContentType, &m.Category, &m.Size, &m.State, &m.Conversation,
		&m.Message, at(&m.DateCreated), at(&m.DateUpdated))
}

// Media implements hub.MediaTx. It locks the row: of two messages that want a file one gets it.
func (t *tx) Media(service hub.ServiceSID, sid hub.MediaSID) (*hub.Media, error) {
	return find(t, scanMedia, `SELECT `+mediaColumns+` FROM media f WHERE f.sid = $1 AND f.service = $2 FOR UPDATE`, sid, service)
}

// PutMedia implements hub.MediaTx.
func (t *tx) PutMedia(m *hub.Media) error {
	t.exec(`INSERT INTO media (sid, service, author, filename, content_type, category, size, state, conversation, message,
		created, updated) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12) ON CONFLICT (sid) DO UPDATE SET size = excluded.size,
		state = excluded.state, conversation = excluded.conversation, message = excluded.message, updated = excluded.updated`,
		m.SID, m.Service, m.Author, m.Filename, m.ContentType, m.Category, m.Size, m.State, m.Conversation, m.Message,
		millis(m.DateCreated), millis(m.DateUpdated))
	return nil
}

// DropMedia implements hub.MediaTx.
func (t *tx) DropMedia(sid hub.MediaSID) error {
	t.exec(`DELETE FROM media WHERE sid = $1`, sid)
	return nil
}

// Media implements hub.MediaReader.
func (s *Store) Media(ctx context.Context, v hub.Viewer, sids []hub.MediaSID) (all []*hub.Media, err error) {
	err = s.reading(ctx, func(b *pgx.Batch) {
		all = nil
		list(b, `SELECT `+mediaColumns+` FROM media f WHERE ($1 = '' OR f.service = $1) AND f.sid = ANY ($2::text[])
			AND f.state IN ('whole', 'attached') AND ($3 = '' OR f.state = 'whole' AND f.author = $3 OR f.state = 'attached' AND EXISTS (
				SELECT 1 FROM head h JOIN participant p ON p.conversation = h.conversation AND p.identity = $3 AND p.gone = ''
				WHERE h.conversation = f.conversation AND NOT h.deleted)) ORDER BY f.sid`,
			[]any{v.Service, texts(sids), v.Identity}, func(row pgx.Row) error {
				m, err := scanMedia(row)
				all = append(all, m)
				return err
			})
	})
	return all, err
}

// Garbage implements hub.MediaReader.
func (s *Store) Garbage(ctx context.Context, unattached, unfinished time.Duration, limit int) (all []*hub.Media, err error) {
	err = s.reading(ctx, func(b *pgx.Batch) {
		all = nil
		list(b, `SELECT `+mediaColumns+` FROM media f, (VALUES ('gone', 0), ('whole', $1::bigint), ('uploading', $2::bigint)) AS age (state, ms)
			WHERE f.state <> 'attached' AND f.state = age.state AND (age.ms = 0 OR f.updated <= `+clock+` - age.ms) LIMIT $3`,
			[]any{unattached.Milliseconds(), unfinished.Milliseconds(), limit}, func(row pgx.Row) error {
				m, err := scanMedia(row)
				all = append(all, m)
				return err
			})
	})
	return all, err
}
