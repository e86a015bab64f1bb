package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// querier is what reads run on: a reader in its transaction, or the writer's.
type querier interface {
	query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	row(ctx context.Context, text string, args ...any) scanner
}

// scanner is a row that was asked for.
type scanner interface{ Scan(into ...any) error }

// connection is one connection with its statements kept prepared: preparing one costs more than running it. All texts are
// constants or made of constants, so there are some dozens.
type connection struct {
	db    *sql.DB // that goes with it, nil where it is shared
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func newConnection(db *sql.DB, conn *sql.Conn) *connection {
	return &connection{db: db, conn: conn, stmts: map[string]*sql.Stmt{}}
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
	_, err := c.affect(ctx, text, args...)
	return err
}

// affect is exec that tells how many rows it touched.
func (c *connection) affect(ctx context.Context, text string, args ...any) (int64, error) {
	stmt, err := c.prepare(ctx, text)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (c *connection) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	stmt, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (c *connection) row(ctx context.Context, text string, args ...any) scanner {
	stmt, err := c.prepare(ctx, text)
	if err != nil {
		return failedRow{err}
	}
	return stmt.QueryRowContext(ctx, args...)
}

// pragma sets how the connection works.
func (c *connection) pragma(setting string) error {
	_, err := c.conn.ExecContext(lifelong, "PRAGMA "+setting)
	return err
}

func (c *connection) close() error {
	var err error
	for _, stmt := range c.stmts {
		err = errors.Join(err, stmt.Close())
	}
	err = errors.Join(err, c.conn.Close())
	if c.db != nil {
		err = errors.Join(err, c.db.Close())
	}
	return err
}

// failedRow is a row that could not be asked for.
type failedRow struct{ err error }

// Scan answers why.
func (r failedRow) Scan(...any) error { return r.err }

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
	*s.t = fromMillis(ms)
	return nil
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
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
