package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// querier is what reads run on: a read transaction, or the writing connection inside one.
type querier interface {
	query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	row(ctx context.Context, text string, args ...any) *sql.Row
}

// connection is the one connection that writes, with its statements kept prepared.
type connection struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func newConnection(conn *sql.Conn) *connection {
	return &connection{conn: conn, stmts: map[string]*sql.Stmt{}}
}

func (c *connection) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt := c.stmts[text]; stmt != nil {
		return stmt, nil
	}
	stmt, err := c.conn.PrepareContext(ctx, text)
	if err == nil {
		c.stmts[text] = stmt
	}
	return stmt, err
}

func (c *connection) exec(ctx context.Context, text string, args ...any) error {
	stmt, err := c.prepare(ctx, text)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(ctx, args...)
	return err
}

func (c *connection) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	stmt, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (c *connection) row(ctx context.Context, text string, args ...any) *sql.Row {
	stmt, err := c.prepare(ctx, text)
	if err != nil {
		return c.conn.QueryRowContext(ctx, text, args...) // says the same error
	}
	return stmt.QueryRowContext(ctx, args...)
}

func (c *connection) close() error {
	var err error
	for _, stmt := range c.stmts {
		err = errors.Join(err, stmt.Close())
	}
	return errors.Join(err, c.conn.Close())
}

// readTx is a read transaction. Its queries run under its own deadline, whatever context its user has at hand: a
// query under another would go on when the time is up (rule R11).
type readTx struct {
	rows func(text string, args ...any) (*sql.Rows, error)
	one  func(text string, args ...any) *sql.Row
}

func newReadTx(ctx context.Context, tx *sql.Tx) readTx {
	return readTx{
		rows: func(text string, args ...any) (*sql.Rows, error) { return tx.QueryContext(ctx, text, args...) },
		one:  func(text string, args ...any) *sql.Row { return tx.QueryRowContext(ctx, text, args...) },
	}
}

func (r readTx) query(_ context.Context, text string, args ...any) (*sql.Rows, error) {
	return r.rows(text, args...)
}

func (r readTx) row(_ context.Context, text string, args ...any) *sql.Row {
	return r.one(text, args...)
}

// Times are kept in whole milliseconds, the zero time as 0.

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

type stamp struct{ t *time.Time }

// at scans milliseconds into t.
func at(t *time.Time) stamp { return stamp{t} }

// Scan implements sql.Scanner.
func (s stamp) Scan(src any) error {
	ms, ok := src.(int64)
	if !ok {
		return errors.New("a time is not an integer")
	}
	if *s.t = (time.Time{}); ms != 0 {
		*s.t = time.UnixMilli(ms).UTC()
	}
	return nil
}

// each scans every row and closes rows.
func each(rows *sql.Rows, err error, scan func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// absent turns "no row" into nil, nil.
func absent[T any](v *T, err error) (*T, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}
