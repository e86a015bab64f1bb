package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
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
	mu         sync.RWMutex
	writeDB    *sql.DB
	write      *connection
	read       *sql.DB // nil while stopped or closed
	closed     bool
}

var _ hub.Store = (*Store)(nil)

// readWithin bounds a read transaction, so that the log can be restarted (rule R11).
const readWithin = time.Second

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
	s.mu.RLock()
	db, closed := s.read, s.closed
	s.mu.RUnlock()
	switch {
	case closed:
		return errClosed
	case db == nil:
		return errStopped
	}
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	err = f(readTx{tx})
	return errors.Join(err, rollback(tx))
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
	s.shutLocked()
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
	if err := s.write.row(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil || verdict != "ok" {
		s.stop()
		return fmt.Errorf("the file does not pass its check: %q %w", verdict, err)
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
		err = errors.Join(s.checkpoint("TRUNCATE"), s.setMetaOn(lifelong, s.write, map[string]string{"open": ""}))
	}
	err = errors.Join(err, s.shutLocked())
	s.lock.release()
	return err
}

func (s *Store) meta(ctx context.Context) (map[string]string, error) {
	rows, err := s.write.query(ctx, "SELECT key, value FROM meta")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var k, v string
		if err := rows.Scan(&k, &v); err != nil {
			return nil, err
		}
		all[k] = v
	}
	return all, rows.Err()
}

func (s *Store) setMeta(ctx context.Context, values map[string]string) error {
	return s.setMetaOn(ctx, s.write, values)
}

func (s *Store) setMetaOn(ctx context.Context, c *connection, values map[string]string) error {
	for k, v := range values {
		if err := c.exec(ctx, "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", k, v); err != nil {
			return err
		}
	}
	return nil
}

// lock keeps a second process, or a second Open in this one, from the file. The kernel gives it up when the
// process ends, however it does.
type lock struct{ file *os.File }

func acquire(path string) (*lock, error) {
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder := make([]byte, 128)
		n, _ := f.Read(holder) //nolint:errcheck // only to name the holder
		f.Close()              //nolint:errcheck // nothing was written
		who := strings.TrimSpace(string(holder[:n]))
		return nil, fmt.Errorf("store %s is held by another hub (%s); one hub at a time can use a SQLite file", path, who)
	}
	host, _ := os.Hostname() //nolint:errcheck // only to name the holder
	if err := f.Truncate(0); err == nil {
		fmt.Fprintf(f, "process %d on %s\n", os.Getpid(), host) //nolint:errcheck // likewise
	}
	return &lock{f}, nil
}

func (l *lock) release() {
	l.file.Truncate(0) //nolint:errcheck // a holder's name that stays harms nobody
	l.file.Close()     //nolint:errcheck // gives the lock up
}
