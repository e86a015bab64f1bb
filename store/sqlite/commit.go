package sqlite

import (
	"errors"
	"strings"

	"parley/hub"
)

// Commit implements hub.Committer: all ops ride one transaction. When one is refused after it wrote, or a statement fails,
// it is rolled back and they run again with a savepoint each; when the transaction itself fails, each in one of its own
// (rule R8). So the common batch pays for neither. When nobody can know whether it happened, the store stops (rule R11).
func (s *Store) Commit(ops []*hub.Op) {
	if err := s.begin(lifelong); err != nil {
		fail(ops, err)
		return
	}
	defer s.end()
	err := s.transact(ops, false)
	if err != nil && s.write != nil && len(ops) > 1 {
		err = s.transact(ops, true)
	}
	switch {
	case err == nil || errors.Is(err, errRedo): // the op refused itself and says so
	case len(ops) == 1 || s.write == nil:
		fail(ops, err)
	default:
		s.oneByOne(ops)
	}
	if s.write != nil {
		s.keepLogSmall()
	}
}

func fail(ops []*hub.Op, err error) {
	for _, op := range ops {
		op.Err = err
	}
}

// oneByOne runs each op in a transaction of its own, until the store stops.
func (s *Store) oneByOne(ops []*hub.Op) {
	for i, op := range ops {
		if s.write == nil {
			fail(ops[i:], errStopped())
			return
		}
		if err := s.transact(ops[i:i+1], false); err != nil && !errors.Is(err, errRedo) {
			op.Err = err
		}
	}
}

// transact runs ops in one transaction. An error is the transaction's, and then nothing happened unless it says that
// that is uncertain; an op's own failure is in its Err.
func (s *Store) transact(ops []*hub.Op, careful bool) error {
	if err := s.write.exec(lifelong, "BEGIN IMMEDIATE"); err != nil {
		return s.broken(err, false)
	}
	t := newTx(s, careful)
	for _, op := range ops {
		if err := t.run(op); err != nil {
			return s.undo(err)
		}
	}
	if err := t.flushHeads(); err != nil {
		return s.undo(err)
	}
	if !t.wrote {
		return s.undo(nil) // nothing to make durable: spares a sync
	}
	if err := s.finish(); err != nil {
		return err
	}
	if t.blind { // it did not know all that it changed
		s.cache = newCache()
	}
	s.cache.absorb(t)
	return nil
}

// finish makes a transaction durable.
func (s *Store) finish() error {
	err := s.commit(s.write)
	if err == nil {
		s.refused = false
		return nil
	}
	if definite(err) {
		if late := s.rollback(); late != nil {
			return s.broken(late, true)
		}
	}
	return s.broken(err, true)
}

func commit(c *connection) error { return c.exec(lifelong, "COMMIT") }

// undo rolls back, because of an error or because nothing was written.
func (s *Store) undo(cause error) error {
	if err := s.rollback(); err != nil {
		if cause = errors.Join(cause, err); !fatal(err) {
			s.log.Error("the store stops: it cannot roll back", "path", s.config.Path, "err", cause)
			s.stop()
		}
	}
	if cause == nil || errors.Is(cause, errRedo) {
		return cause
	}
	return s.broken(cause, false)
}

// rollback succeeds too where SQLite rolled back by itself, as it does after some errors.
func (s *Store) rollback() error {
	err := s.write.exec(lifelong, "ROLLBACK")
	if err != nil && strings.Contains(err.Error(), noTransaction) {
		return nil
	}
	return err
}
