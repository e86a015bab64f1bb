package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"parley/hub"
)

// Crash ends the store as a kill would: its mark of being open stays.
func (s *Store) Crash() {
	s.Stop()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.movers.Wait()
	s.lock.release()
}

// Exec runs something on the connection that writes.
func (s *Store) Exec(ctx context.Context, text string) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.end()
	_, err := s.write.conn.ExecContext(ctx, text)
	return err
}

// Stop stops the store as an I/O error does.
func (s *Store) Stop() {
	s.turn <- struct{}{}
	defer s.end()
	s.stop()
}

// LogSize is the log's.
func (s *Store) LogSize() int64 {
	s.turn <- struct{}{}
	defer s.end()
	return s.logSize()
}

// ReadForEver reads until its deadline.
func (s *Store) ReadForEver(ctx context.Context) error {
	return s.reading(ctx, func(q querier) error {
		var n int
		return q.row(ctx, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n`).Scan(&n)
	})
}

// OpenReads is how many read transactions are under way.
func (s *Store) OpenReads() int { return cap(s.pool.free) - len(s.pool.free) }

// HoldRead keeps a read transaction of somebody else's open until it is told to end, as a backup does.
func (s *Store) HoldRead(ctx context.Context) (end func() error, err error) {
	p, err := openReaders(ctx, dsn(s.config.Path), 1)
	if err != nil {
		return nil, err
	}
	c := <-p.free
	var n int
	err = errors.Join(c.exec(ctx, "BEGIN"), c.row(ctx, "SELECT count(*) FROM message").Scan(&n))
	return func() error { return errors.Join(c.close(), p.db.Close()) }, err
}

// FailCommit makes the next COMMIT report an error, after doing it or instead of it.
func (s *Store) FailCommit(after bool, failure error) {
	s.turn <- struct{}{}
	defer s.end()
	s.commit = func(c *connection) error {
		s.commit = commit
		if after {
			failure = errors.Join(failure, commit(c))
		}
		return failure
	}
}

// Rows counts a table's rows.
func (s *Store) Rows(ctx context.Context, table string) (n int, err error) {
	err = s.reading(ctx, func(q querier) error { return q.row(ctx, "SELECT count(*) FROM "+table).Scan(&n) })
	return n, err
}

// ParseToken is parseToken.
var ParseToken = parseToken

// MakeToken is makeToken.
var MakeToken = makeToken

// SearchWide has every search look at all of its service.
func (s *Store) SearchWide() { s.narrow = 0 }

// Integrity is what SQLite finds wrong with the file; "ok" for nothing.
func (s *Store) Integrity(ctx context.Context) (said string, err error) {
	err = s.reading(ctx, func(q querier) error { return q.row(ctx, "PRAGMA integrity_check").Scan(&said) })
	return said, err
}

// IndexOrder is the messages in the order of the index of words.
func (s *Store) IndexOrder(ctx context.Context) (sids []string, err error) {
	err = s.reading(ctx, func(q querier) error {
		rows, err := q.query(ctx, `SELECT message FROM search_row ORDER BY id`)
		return each(rows, err, func(r *sql.Rows) error {
			var sid string
			err := r.Scan(&sid)
			sids = append(sids, sid)
			return err
		})
	})
	return sids, err
}

// Portions is portions.
var Portions = portions

// IndexPortion is indexPortion.
const IndexPortion = indexPortion

// MessageOf is the message of a row in which all columns but the given are empty; types are those of all columns.
func (s *Store) MessageOf(ctx context.Context, columns map[string]any) (m *hub.Message, types map[string]string, err error) {
	types = map[string]string{}
	var names []string
	var values []any
	err = s.reading(ctx, func(q querier) error {
		rows, err := q.query(ctx, `SELECT name, type, CASE WHEN name = 'reply_to' THEN -1 WHEN type = 'TEXT' THEN '' ELSE 0 END FROM pragma_table_info('message')`)
		err = each(rows, err, func(r *sql.Rows) error {
			var name, kind string
			var value any
			err := r.Scan(&name, &kind, &value)
			if given, ok := columns[name]; ok {
				value = given
			}
			types[name], names, values = kind, append(names, name), append(values, value)
			return err
		})
		if err != nil {
			return err
		}
		marks := strings.TrimSuffix(strings.Repeat("?,", len(names)), ",")
		row := q.row(ctx, `WITH m(`+strings.Join(names, ",")+`) AS (VALUES (`+marks+`)) SELECT `+messageColumns+` FROM m`, values...)
		m, err = scanMessage(row.Scan, "")
		return err
	})
	return m, types, err
}
