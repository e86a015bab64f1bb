package sqlite

import (
	"context"
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
	// Set at construction.
	config Config
	log    *slog.Logger
	lock   *lock
	narrow int // see narrow

	epoch atomic.Pointer[string]

	// turn holds a token while someone uses the writing connection; what follows belongs to its holder.
	turn      chan struct{}
	write     *connection // nil while stopped or closed
	cache     *cache
	restartAt int64                   // size of the log at which it is moved into the file
	moving    chan struct{}           // closed when that is done but for restarting it; nil: it is not under way
	commit    func(*connection) error // tests make it fail
	refused   bool                    // the last transaction that wrote could not, the disk being full

	// Guarded by mu.
	mu     sync.Mutex
	pool   *readers // nil while stopped or closed
	closed bool

	movers sync.WaitGroup // who move the log
}

var _ hub.Store = (*Store)(nil)

// busyTimeout bounds a wait for another process, such as an administrator's tool: hubs are kept out by the lock.
const busyTimeout = 5 * time.Second

func errStopped() error {
	return &hub.Error{Code: hub.CodeUnavailable, Msg: "the store has stopped after an error and is being checked", RetryAfter: time.Second}
}

func errClosed() error {
	return &hub.Error{Code: hub.CodeUnavailable, Msg: "the store is closed", RetryAfter: time.Second}
}

// Epoch implements hub.Committer.
func (s *Store) Epoch() string { return *s.epoch.Load() }

// lifelong is the context of what no caller may cut short (rule R11).
var lifelong = context.WithoutCancel(context.Background()) //nolint:forbidigo // never ends, and belongs to nobody

// begin takes the turn: the writing connection is the caller's until it calls end.
func (s *Store) begin(ctx context.Context) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	if s.write != nil {
		return nil
	}
	defer s.end()
	if s.isClosed() {
		return errClosed()
	}
	return errStopped()
}

func (s *Store) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store) end() { <-s.turn }

// Lease implements hub.Keeper: a file serves one hub, which does every job.
func (*Store) Lease(context.Context, string, time.Duration) (bool, error) { return true, nil }

// Ping implements hub.Keeper. It writes only where the disk was full when last written to: commits alone would not tell
// that there is room again, since a hub that is not ready gets none.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.end()
	if err := s.write.exec(lifelong, "BEGIN IMMEDIATE"); err != nil {
		return s.broken(err, false)
	}
	if s.refused {
		if err := setMeta(lifelong, s.write, metaOpen, s.config.Synchronous); err != nil {
			return s.undo(err)
		}
		return s.finish()
	}
	return s.undo(nil)
}

// stop lets nothing go on until Reopen: what is durable is not known. The caller has the turn.
func (s *Store) stop() {
	s.mu.Lock()
	pool := s.pool
	s.pool = nil
	s.mu.Unlock()
	var err error
	if pool != nil {
		err = pool.close()
	}
	if s.write != nil {
		err = errors.Join(err, s.write.close())
	}
	s.write, s.cache, s.moving = nil, nil, nil
	if err != nil {
		s.log.Warn("closing what was open failed", "path", s.config.Path, "err", err)
	}
}

// Reopen implements hub.Keeper. Where acks may be lost without a sync, a new epoch begins (rule R4).
func (s *Store) Reopen(ctx context.Context) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.end()
	switch {
	case s.isClosed():
		return errClosed()
	case s.write != nil:
		return nil
	}
	if err := check(ctx, s.config.Path); err != nil {
		return fmt.Errorf("store %s: %w", s.config.Path, err)
	}
	if err := s.open(ctx); err != nil {
		return fmt.Errorf("store %s: %w", s.config.Path, err)
	}
	s.log.InfoContext(ctx, "the store is open again", "path", s.config.Path, "epoch", s.Epoch())
	return nil
}

func (s *Store) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// Close implements hub.Keeper. Closing again is harmless.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	first, err := s.shut()
	s.end()
	if first {
		s.movers.Wait()
		s.lock.release()
	}
	return err
}

// shut closes the connections, with the mark that this was in good order. The caller has the turn.
func (s *Store) shut() (first bool, err error) {
	s.mu.Lock()
	closed, pool := s.closed, s.pool
	s.closed, s.pool = true, nil
	s.mu.Unlock()
	if closed || s.write == nil {
		return !closed, nil
	}
	err = pool.close()
	err = errors.Join(err, setMeta(lifelong, s.write, metaOpen, ""))
	_, late := checkpoint(lifelong, s.write.conn, "TRUNCATE")
	err = errors.Join(err, late, s.write.close())
	s.write, s.cache, s.moving = nil, nil, nil
	return true, err
}
