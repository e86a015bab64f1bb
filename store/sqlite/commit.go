package sqlite

import (
	"errors"
	"strings"
	"time"

	sqlitelib "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/hub"
)

// Commit implements hub.Committer: all ops ride one transaction. Where that fails as a whole it is rolled back and they
// run one by one (rule R8). When nobody can know whether it happened, the store stops (rule R11).
func (s *Store) Commit(ops []*hub.Op) {
	s.committing.Lock()
	defer s.committing.Unlock()
	if err := s.usable(); err != nil {
		fail(ops, err)
		return
	}
	err := s.transact(ops)
	switch {
	case err == nil:
		s.keepLogSmall()
		return
	case len(ops) == 1 && errors.Is(err, errRedo):
		return // rolled back, and its Err says why
	case len(ops) == 1 || errors.As(err, new(*hub.UncertainError)):
		fail(ops, err)
		return
	}
	for i, op := range ops {
		if err := s.usable(); err != nil {
			fail(ops[i:], err)
			return
		}
		if err := s.transact([]*hub.Op{op}); err != nil && !errors.Is(err, errRedo) {
			op.Err = err
		}
	}
	if s.usable() == nil {
		s.keepLogSmall()
	}
}

func (s *Store) usable() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch {
	case s.closed:
		return errClosed
	case s.write == nil:
		return errStopped
	}
	return nil
}

func fail(ops []*hub.Op, err error) {
	for _, op := range ops {
		op.Err = err
	}
}

// transact runs ops in one transaction. An error is the transaction's, not an op's, and then nothing happened, unless
// it is uncertain.
func (s *Store) transact(ops []*hub.Op) error {
	if err := s.write.exec(lifelong, "BEGIN IMMEDIATE"); err != nil {
		return s.broken(err, false)
	}
	t := &tx{c: s.write, now: time.Now().UTC().Truncate(time.Millisecond), heads: map[int64]*hub.Head{}, known: map[hub.ConversationSID]*loaded{}}
	for _, op := range ops {
		if err := t.run(op); err != nil {
			return s.undo(err)
		}
	}
	if err := t.flushHeads(); err != nil {
		return s.undo(err)
	}
	if err := s.write.exec(lifelong, "COMMIT"); err != nil {
		return s.broken(err, true)
	}
	return nil
}

// undo rolls back after an error that was not a command's own.
func (s *Store) undo(cause error) error {
	if err := s.write.exec(lifelong, "ROLLBACK"); err != nil && !strings.Contains(err.Error(), "no transaction is active") {
		return s.broken(err, false)
	}
	return s.broken(cause, false)
}

// broken stops the store after an I/O error. What failed in its COMMIT may have happened.
func (s *Store) broken(err error, committing bool) error {
	code := 0
	if e, ok := errors.AsType[*sqlitelib.Error](err); ok {
		code = e.Code() & 0xff
	}
	switch code {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CONSTRAINT,
		sqlite3.SQLITE_READONLY:
		if committing {
			s.write.exec(lifelong, "ROLLBACK") //nolint:errcheck // the transaction may have been rolled back by itself
		}
		return err
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN:
	default:
		if !committing {
			return err
		}
	}
	s.log.Error("the store stops after an error", "path", s.config.Path, "err", err)
	s.stop()
	if committing {
		return &hub.UncertainError{Err: err}
	}
	return err
}
