package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"parley/hub"
)

// tx is one transaction of the writer. It answers from what it has locked and read, and asks the server for the rest. Writes
// wait until something must be read that they may have changed, or for the end.
type tx struct {
	ctx  context.Context //nolint:containedctx // of the transaction's length; hub.Tx has none
	conn *pgx.Conn
	now  time.Time

	base, op *layer
	alone    bool  // one op: what is new is made sure of first
	saved    bool  // the op under way has a savepoint, and writes behind it
	wrote    bool  // something was sent that writes
	failed   error // of a statement; the transaction can only be rolled back
}

// run runs one op. What it answers is a failure of the transaction; the op's own is in its Err.
func (t *tx) run(op *hub.Op) error {
	t.op, t.saved = newLayer(), false
	op.Err = op.Run(t)
	switch {
	case t.failed != nil:
		return t.failed
	case op.Err == nil:
		t.base.absorb(t.op)
		if t.saved {
			t.base.write(-1, `RELEASE SAVEPOINT op`)
		}
	case t.saved:
		// Before the next thing that is sent, and whatever earlier ops left unsent was sent before it was made.
		t.base.write(-1, `ROLLBACK TO SAVEPOINT op`)
		t.base.write(-1, `RELEASE SAVEPOINT op`)
	}
	return nil
}

func (l *layer) write(rows int64, text string, args ...any) {
	l.writes = append(l.writes, write{text, args, rows})
}

// exec has the op under way write something.
func (t *tx) exec(text string, args ...any) { t.op.write(-1, text, args...) }

// one is exec of what must touch one row.
func (t *tx) one(text string, args ...any) { t.op.write(1, text, args...) }

// ask sends what waits and then what queue adds, in one round trip.
func (t *tx) ask(queue func(b *pgx.Batch)) error {
	if t.failed != nil {
		return t.failed
	}
	b := &pgx.Batch{}
	t.flush(b)
	queue(b)
	if err := t.conn.SendBatch(t.ctx, b).Close(); err != nil {
		t.failed = err
	}
	return t.failed
}

// flush queues the writes that wait. Those of the op under way go behind a savepoint: it may yet fail.
func (t *tx) flush(b *pgx.Batch) {
	t.send(b, t.base)
	if t.op == nil || len(t.op.writes) == 0 {
		return
	}
	if !t.saved {
		b.Queue(`SAVEPOINT op`)
		t.saved = true
	}
	t.send(b, t.op)
}

func (t *tx) send(b *pgx.Batch, l *layer) {
	for _, w := range l.writes {
		q := b.Queue(w.text, w.args...)
		if w.rows >= 0 {
			q.Exec(func(tag pgconn.CommandTag) error {
				if n := tag.RowsAffected(); n != w.rows {
					return fmt.Errorf("%d rows were there to change, not %d", n, w.rows)
				}
				return nil
			})
		}
	}
	t.wrote = t.wrote || len(l.writes) > 0
	l.writes = nil
}

// find asks for one row; nil where there is none.
func find[T any](t *tx, scan func(pgx.Row) (*T, error), text string, args ...any) (found *T, err error) {
	err = t.ask(func(b *pgx.Batch) {
		b.Queue(text, args...).QueryRow(func(row pgx.Row) error {
			v, err := scan(row)
			if errors.Is(err, pgx.ErrNoRows) {
				return nil
			}
			found = v
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// Now implements hub.ConversationTx.
func (t *tx) Now() time.Time { return t.now }

// copied is the caller's own.
func copied[T any](v *T) *T {
	if v == nil {
		return nil
	}
	own := *v
	return &own
}
