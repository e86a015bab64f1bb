package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// resolve finds the conversations of those that name them by unique name. Whether the name still is theirs is seen when they
// are locked.
func (s *Store) resolve(drafts []*draft) error {
	var keys []nameKey
	for _, d := range drafts {
		if d.sid == "" {
			keys = append(keys, nameKey{d.at.service, string(d.at.ref)})
		}
	}
	if len(keys) == 0 {
		return nil
	}
	conn, err := s.writer()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(lifelong, s.config.Timeout)
	defer cancel()
	found, err := resolve(ctx, conn, keys)
	if err != nil {
		return errAway(err)
	}
	for _, d := range drafts {
		if d.sid == "" {
			d.sid = found[nameKey{d.at.service, string(d.at.ref)}]
		}
	}
	return nil
}

// resolve finds who bears unique names.
func resolve(ctx context.Context, conn *pgx.Conn, keys []nameKey) (map[nameKey]hub.ConversationSID, error) {
	found := map[nameKey]hub.ConversationSID{}
	var services, names []string
	for _, k := range keys {
		services, names = append(services, string(k.service)), append(names, k.name)
	}
	b := &pgx.Batch{}
	list(b, `SELECT n.service, n.name, n.conversation FROM unnest($1::text[], $2::text[]) AS w(service, name)
		JOIN name n ON n.service = w.service AND n.name = w.name`, []any{services, names}, func(row pgx.Row) error {
		var k nameKey
		var sid hub.ConversationSID
		err := row.Scan(&k.service, &k.name, &sid)
		found[k] = sid
		return err
	})
	return found, conn.SendBatch(ctx, b).Close()
}
