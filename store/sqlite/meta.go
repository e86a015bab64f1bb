package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

func (s *Store) meta(ctx context.Context) (map[string]string, error) {
	all := map[string]string{}
	rows, err := s.write.query(ctx, "SELECT key, value FROM meta")
	err = each(rows, err, func(r *sql.Rows) error {
		var k, v string
		err := r.Scan(&k, &v)
		all[k] = v
		return err
	})
	return all, err
}

// setMeta writes what the epoch hangs on, all of it or nothing. It is synced whatever else is not: a mark that says that acks
// may be lost must not be lost with them (rule R4).
func (s *Store) setMeta(ctx context.Context, values map[string]string) error {
	if err := s.synchronous(ctx, "full"); err != nil {
		return err
	}
	if err := s.write.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for k, v := range values {
		if err := s.write.exec(ctx, `INSERT INTO meta (key, value) VALUES (?, ?)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value`, k, v); err != nil {
			return errors.Join(err, s.write.exec(lifelong, "ROLLBACK"))
		}
	}
	if err := s.write.exec(ctx, "COMMIT"); err != nil {
		return err
	}
	return s.synchronous(ctx, s.config.Synchronous)
}

// synchronous is not a kept statement: SQLite does such a pragma when it is prepared, and only then.
func (s *Store) synchronous(ctx context.Context, level string) error {
	_, err := s.write.conn.ExecContext(ctx, "PRAGMA synchronous = "+level)
	return err
}
