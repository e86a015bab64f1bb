package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/hub"
)

// readWithin bounds a read transaction, so that the log can be restarted (rule R11).
const readWithin = time.Second

// readers are the connections that read, each with its statements kept prepared. Whoever takes one has it alone.
type readers struct {
	free  chan *connection // as large as there are connections
	ended chan struct{}    // closed when there will be none any more
	db    *sql.DB
}

func openReaders(ctx context.Context, dsn string, n int) (*readers, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(n)
	p := &readers{free: make(chan *connection, n), ended: make(chan struct{}), db: db}
	for range n { // those there already are closed with db
		conn, err := db.Conn(ctx)
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
		p.free <- newConnection(nil, conn)
	}
	return p, nil
}

// take waits for a connection.
func (p *readers) take(ctx context.Context) (*connection, error) {
	select {
	case c := <-p.free:
		return c, nil
	case <-p.ended:
		return nil, errStopped()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hold takes every connection: nobody reads until release. It waits for reads under way, readWithin at most.
func (p *readers) hold() (release func()) {
	held := p.takeAll()
	return func() {
		for _, c := range held {
			p.free <- c
		}
	}
}

func (p *readers) takeAll() []*connection {
	all := make([]*connection, cap(p.free))
	for i := range all {
		all[i] = <-p.free
	}
	return all
}

// close ends the pool when the reads under way have ended.
func (p *readers) close() error {
	close(p.ended)
	var err error
	for _, c := range p.takeAll() {
		err = errors.Join(err, c.close())
	}
	return errors.Join(err, p.db.Close())
}

// reading runs f in one read transaction: one snapshot.
func (s *Store) reading(ctx context.Context, f func(q querier) error) error {
	s.mu.Lock()
	pool, closed := s.pool, s.closed
	s.mu.Unlock()
	switch {
	case closed:
		return errClosed()
	case pool == nil:
		return errStopped()
	}
	c, err := pool.take(ctx)
	if err != nil {
		return err
	}
	defer func() { pool.free <- c }() // as large as there are connections: never waits
	err = snapshot(ctx, c, f)
	if err == nil || ctx.Err() != nil || errors.As(err, new(*hub.Error)) {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &hub.Error{Code: hub.CodeUnavailable, Msg: "the store took too long to read this", RetryAfter: time.Second, Err: err}
	}
	return fmt.Errorf("reading: %w", err)
}

// snapshot runs f in a read transaction of its own. Its queries run under the transaction's deadline, whatever context f
// has at hand: a query under another would go on when the time is up (rule R11).
func snapshot(ctx context.Context, c *connection, f func(q querier) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	if err := c.exec(lifelong, "BEGIN"); err != nil { // waits for nothing
		return err
	}
	defer func() {
		late := c.exec(lifelong, "ROLLBACK")
		if err == nil && late != nil && !strings.Contains(late.Error(), noTransaction) {
			err = late
		}
	}()
	return f(readTx{
		rows: func(text string, args ...any) (*sql.Rows, error) { return c.query(ctx, text, args...) },
		one:  func(text string, args ...any) scanner { return c.row(ctx, text, args...) },
	})
}

// readTx is a read transaction.
type readTx struct {
	rows func(text string, args ...any) (*sql.Rows, error)
	one  func(text string, args ...any) scanner
}

func (r readTx) query(_ context.Context, text string, args ...any) (*sql.Rows, error) {
	return r.rows(text, args...)
}

func (r readTx) row(_ context.Context, text string, args ...any) scanner { return r.one(text, args...) }
