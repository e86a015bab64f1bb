package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"parley/hub"
)

// tx is one transaction of the writer. Heads are written once, at its end, however many messages it adds. What it read and
// wrote it keeps in maps for its length, before the store's cache: a nil in them says that the row must be read again.
type tx struct {
	c       *connection
	now     time.Time
	cache   *cache // nil when the rows may differ from it
	threads map[hub.ConversationSID]*loaded
	seats   map[seat]*hub.Participant
	users   map[person]*hub.User
	roles   map[hub.RoleSID]*hub.Role
	heads   map[int64]*hub.Head // to be written

	careful bool  // each op has a savepoint
	blind   bool  // an op was undone: the maps do not have all that changed
	wrote   bool  // any op
	writes  bool  // the op under way
	failed  error // of a statement of the op under way
}

func newTx(s *Store, careful bool) *tx {
	t := &tx{c: s.write, now: s.config.Now().UTC().Truncate(time.Millisecond), cache: s.cache, careful: careful}
	t.forget()
	return t
}

func (t *tx) forget() {
	t.threads = map[hub.ConversationSID]*loaded{}
	t.seats = map[seat]*hub.Participant{}
	t.users = map[person]*hub.User{}
	t.roles = map[hub.RoleSID]*hub.Role{}
	t.heads = map[int64]*hub.Head{}
}

// errRedo says that an op failed after it had written: everything runs again, with savepoints.
var errRedo = errors.New("an op failed after it wrote")

// run runs one op. What it answers is a failure of the transaction; the op's own is in its Err.
func (t *tx) run(op *hub.Op) error {
	t.writes, t.failed = false, nil
	if op.Err = op.Run(t); op.Err == nil {
		op.Err = t.failed // which Run overlooked
	}
	switch {
	case t.failed != nil && (!t.careful || fatal(t.failed)):
		return t.failed
	case op.Err == nil && t.careful && t.writes:
		return t.exec(`RELEASE op`)
	case op.Err == nil || !t.writes:
		return nil
	case t.careful:
		return t.takeBack()
	}
	return errRedo
}

// writing is called before a statement that writes. The heads so far belong to earlier ops, so they go before the savepoint.
func (t *tx) writing() error {
	if t.writes {
		return nil
	}
	if t.careful {
		if err := t.flushHeads(); err != nil {
			return err
		}
		if err := t.note(t.c.exec(lifelong, `SAVEPOINT op`)); err != nil {
			return err
		}
	}
	t.wrote, t.writes = true, true
	return nil
}

// takeBack undoes the op under way. The maps hold what it put there, so they are dropped, and the cache has not what
// earlier ops changed.
func (t *tx) takeBack() error {
	if err := t.c.exec(lifelong, `ROLLBACK TO op`); err != nil {
		return err
	}
	t.forget()
	t.cache, t.blind = nil, true
	return t.c.exec(lifelong, `RELEASE op`)
}

// note remembers a statement's failure.
func (t *tx) note(err error) error {
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.failed = err
	}
	return err
}

// exec writes.
func (t *tx) exec(text string, args ...any) error {
	_, err := t.affect(text, args...)
	return err
}

func (t *tx) affect(text string, args ...any) (int64, error) {
	if err := t.writing(); err != nil {
		return 0, err
	}
	n, err := t.c.affect(lifelong, text, args...)
	return n, t.note(err)
}

func (t *tx) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	rows, err := t.c.query(ctx, text, args...)
	return rows, t.note(err)
}

func (t *tx) row(ctx context.Context, text string, args ...any) scanner {
	return notedRow{t.c.row(ctx, text, args...), t}
}

// notedRow tells the transaction of its failure.
type notedRow struct {
	scanner
	t *tx
}

// Scan implements scanner.
func (r notedRow) Scan(into ...any) error { return r.t.note(r.scanner.Scan(into...)) }

// flushHeads writes the heads in the order of their keys.
func (t *tx) flushHeads() error {
	for _, id := range slices.Sorted(maps.Keys(t.heads)) {
		if err := t.writeHead(id, t.heads[id]); err != nil {
			return err
		}
	}
	clear(t.heads)
	return nil
}

// Now implements hub.ConversationTx.
func (t *tx) Now() time.Time { return t.now }
