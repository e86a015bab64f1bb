package sqlite

import (
	"context"
	"errors"
)

// Crash ends the store as a kill would: its mark of being open stays.
func (s *Store) Crash() {
	s.committing.Lock()
	defer s.committing.Unlock()
	s.stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.lock.release()
}

// Exec runs something on the connection that writes.
func (s *Store) Exec(ctx context.Context, text string) error {
	s.committing.Lock()
	defer s.committing.Unlock()
	_, err := s.write.conn.ExecContext(ctx, text)
	return err
}

// Stop stops the store as an I/O error does.
func (s *Store) Stop() {
	s.committing.Lock()
	defer s.committing.Unlock()
	s.stop()
}

// LogSize is the log's.
func (s *Store) LogSize() int64 { return s.logSize() }

// ReadForEver reads until its deadline.
func (s *Store) ReadForEver(ctx context.Context) error {
	return s.reading(ctx, func(q querier) error {
		var n int
		return q.row(ctx, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n`).Scan(&n)
	})
}

// OpenReads is how many read transactions are under way.
func (s *Store) OpenReads() int { return s.read.Stats().InUse }

// HoldRead keeps a read transaction open until it is told to end.
func (s *Store) HoldRead(ctx context.Context) (end func() error, err error) {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	var n int
	err = tx.QueryRowContext(ctx, "SELECT count(*) FROM message").Scan(&n)
	return func() error { return errors.Join(rollback(tx)) }, err
}

// ParseToken is parseToken.
var ParseToken = parseToken

// MakeToken is makeToken.
var MakeToken = makeToken
