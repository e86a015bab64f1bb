package postgres

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"parley/hub"
)

// Store keeps everything in a PostgreSQL database. Commit is called by one goroutine at a time; everything else by any.
type Store struct {
	// Set at construction.
	config Config
	log    *slog.Logger
	holder string // of leases
	pool   *pgxpool.Pool
	narrow int64 // see narrow

	epoch  atomic.Pointer[string]
	closed atomic.Bool

	// turn holds a token while someone uses the writing connection; what follows belongs to its holder.
	turn    chan struct{}
	write   *pgx.Conn         // nil while there is none
	away    error             // why none could be made the last time
	retryAt time.Time         // not tried again before
	doubts  []doubt           // commits whose outcome is not known
	stuck   map[row]time.Time // what was locked elsewhere for too long, until when that is remembered
}

var _ hub.Store = (*Store)(nil)

// Epoch implements hub.Committer.
func (s *Store) Epoch() string { return *s.epoch.Load() }

// lifelong is the context of what no caller may cut short (rule R11).
var lifelong = context.WithoutCancel(context.Background()) //nolint:forbidigo // never ends, and belongs to nobody

// begin takes the turn: the writing connection is the caller's until it calls end.
func (s *Store) begin(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.closed.Load() {
		s.end()
		return errClosed()
	}
	return nil
}

func (s *Store) end() { <-s.turn }

// tryAgain is how long nobody waits for a server that could not be reached.
const tryAgain = 250 * time.Millisecond

// writer is the writing connection, made anew where it was lost. The caller has the turn.
func (s *Store) writer() (*pgx.Conn, error) {
	if s.write != nil && !s.write.IsClosed() && s.claimed(s.write) {
		return s.write, nil
	}
	s.drop()
	if time.Now().Before(s.retryAt) {
		return nil, errAway(s.away)
	}
	ctx, cancel := context.WithTimeout(lifelong, connectWithin)
	defer cancel()
	conn, err := s.connect(ctx)
	if err != nil {
		if s.away == nil {
			s.log.Warn("the database cannot be reached", "err", plain(err))
		}
		s.away, s.retryAt = err, time.Now().Add(tryAgain)
		return nil, errAway(err)
	}
	if s.away != nil {
		s.log.Info("the database can be reached again", "epoch", s.Epoch())
	}
	s.write, s.away = conn, nil
	return conn, nil
}

// drop gives up the writing connection, as it is. The caller has the turn.
func (s *Store) drop() {
	if s.write == nil {
		return
	}
	conn := s.write
	s.write = nil
	ctx, cancel := context.WithTimeout(lifelong, time.Second)
	defer cancel()
	conn.Close(ctx) //nolint:errcheck // whatever it was used for has been settled otherwise
	<-conn.PgConn().CleanupDone()
}

// Ping implements hub.Keeper. It makes sure of a server that takes writes, as each connection is checked for when it is made.
func (s *Store) Ping(ctx context.Context) error {
	var standby bool
	err := s.reading(ctx, func(b *pgx.Batch) {
		one(b, `SELECT pg_is_in_recovery()`, nil, &standby)
	})
	if err == nil && standby {
		err = unavailable("the database is a standby and takes no writes", nil)
	}
	return err
}

// Reopen implements hub.Keeper: it settles what became of uncertain commits (rule R9).
func (s *Store) Reopen(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.end()
	for len(s.doubts) > 0 {
		if err := s.lookUp(s.doubts[0]); err != nil {
			return err
		}
		s.doubts = s.doubts[1:]
	}
	_, err := s.writer()
	return err
}

// Close implements hub.Keeper. Closing again is harmless.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	defer s.end()
	if s.closed.Swap(true) {
		return nil
	}
	s.drop()
	s.pool.Close()
	return nil
}

// reading sends reads in one round trip and answers from one snapshot. It is tried again, so queue begins anew each time.
func (s *Store) reading(ctx context.Context, queue func(b *pgx.Batch)) error {
	return s.trying(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		b := &pgx.Batch{}
		b.Queue(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`)
		queue(b)
		b.Queue(`COMMIT`)
		return conn.SendBatch(ctx, b).Close()
	})
}

// trying reads from the history that Epoch says then (rule R4). It tries again where a connection was lost that had been
// idle: the server may have been restarted.
func (s *Store) trying(ctx context.Context, read func(ctx context.Context, conn *pgx.Conn) error) error {
	if s.closed.Load() {
		return errClosed()
	}
	bound, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	err := s.tryOnce(bound, read)
	if err != nil && severed(err) && bound.Err() == nil && !errors.As(err, new(*hub.Error)) {
		s.pool.Reset()
		err = s.tryOnce(bound, read)
	}
	if err != nil && s.closed.Load() {
		return errClosed()
	}
	return readError(ctx, err)
}

func (s *Store) tryOnce(ctx context.Context, read func(ctx context.Context, conn *pgx.Conn) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if err := read(ctx, conn.Conn()); err != nil {
		return err
	}
	if !s.claimed(conn.Conn()) {
		return errHistory()
	}
	return nil
}

// errHistory is the answer where a read was of a history that is over.
func errHistory() error {
	return unavailable("the database has another history than before, try again", nil)
}
