package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"parley/hub"
)

// Store keeps everything in one SQLite file. Commit is called by one goroutine at a time; everything else by any.
type Store struct {
	config Config // static
	log    *slog.Logger
	lock   *lock
	epoch  atomic.Pointer[string]

	committing sync.Mutex // the writing connection's
	logPast    int64      // size of the log below which restarting it is not tried; under committing
	mu         sync.RWMutex
	writeDB    *sql.DB
	write      *connection
	read       *sql.DB // nil while stopped or closed
	closed     bool
}

var _ hub.Store = (*Store)(nil)

// readWithin bounds a read transaction, so that the log can be restarted (rule R11).
const readWithin = time.Second

// patience is how long the writer waits for readers, who are to be gone by then.
const patience = readWithin + 500*time.Millisecond

var (
	errStopped = &hub.Error{Code: hub.CodeUnavailable, Msg: "the store has stopped after an error and is being checked", RetryAfter: time.Second}
	errClosed  = &hub.Error{Code: hub.CodeUnavailable, Msg: "the store is closed", RetryAfter: time.Second}
)

// Epoch implements hub.Committer.
func (s *Store) Epoch() string { return *s.epoch.Load() }

// lifelong is the context of what no caller may cut short (rule R11).
var lifelong = context.WithoutCancel(context.Background()) //nolint:forbidigo // never ends, and belongs to nobody

// Ping implements hub.Keeper.
func (s *Store) Ping(ctx context.Context) error {
	return s.reading(ctx, func(q querier) error {
		var one int
		return q.row(ctx, "SELECT 1").Scan(&one)
	})
}

// reading runs f in one read transaction: one snapshot.
func (s *Store) reading(ctx context.Context, f func(q querier) error) error {
	db, err := s.readers()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		if _, gone := s.readers(); gone != nil {
			return gone // closed while it began
		}
		return err
	}
	err = f(newReadTx(ctx, tx))
	return errors.Join(err, rollback(tx))
}

func (s *Store) readers() (*sql.DB, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch {
	case s.closed:
		return nil, errClosed
	case s.read == nil:
		return nil, errStopped
	}
	return s.read, nil
}

func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// stop lets nothing go on until Reopen: what is durable is not known.
func (s *Store) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.shutLocked(); err != nil {
		s.log.Warn("the store's connections did not end in good order", "path", s.config.Path, "err", err)
	}
}

func (s *Store) shutLocked() (err error) {
	if s.read == nil {
		return nil
	}
	err = errors.Join(s.read.Close(), s.write.close(), s.writeDB.Close())
	s.read, s.write, s.writeDB = nil, nil, nil
	return err
}

// Reopen implements hub.Keeper.
func (s *Store) Reopen(ctx context.Context) error {
	s.committing.Lock()
	defer s.committing.Unlock()
	s.mu.RLock()
	well, closed := s.read != nil, s.closed
	s.mu.RUnlock()
	switch {
	case closed:
		return errClosed
	case well:
		return nil
	}
	if err := s.open(ctx); err != nil {
		s.stop()
		return err
	}
	var verdict string
	err := s.write.row(ctx, "PRAGMA quick_check(1)").Scan(&verdict)
	if err == nil && verdict != "ok" {
		err = errors.New(verdict)
	}
	if err != nil {
		s.stop()
		return fmt.Errorf("the file does not pass its check: %w", err)
	}
	return nil
}

// Close implements hub.Keeper.
func (s *Store) Close() error {
	s.committing.Lock()
	defer s.committing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var err error
	if s.write != nil {
		_, err = s.checkpoint() // before the mark of a good end, so that nothing can be missing under it
		err = errors.Join(err, s.setMeta(lifelong, map[string]string{"open": ""}))
	}
	err = errors.Join(err, s.shutLocked())
	s.lock.release()
	return err
}
