package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Config is what a store is opened with. Path is required.
type Config struct {
	Path        string       // of the database file; its folder is made where it is missing
	Synchronous string       // "full" (default): an ack survives power loss; "normal": the last moment may be lost then
	Readers     int          // connections that read; 4
	LogLimit    int64        // bytes of log above which the writer moves it into the file; 64 MiB (rule R11)
	Logger      *slog.Logger // none: discarded

	// Now is the store's clock; time.Now. Tests let it jump (rule R15).
	Now func() time.Time
}

// ParseURL reads sqlite:FILE, with ?synchronous=normal where speed counts more than the last moment.
func ParseURL(raw string) (Config, error) {
	rest, ok := strings.CutPrefix(raw, "sqlite:")
	path, query, _ := strings.Cut(rest, "?")
	if !ok || path == "" {
		return Config{}, fmt.Errorf("%q is not of the form sqlite:FILE", raw)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return Config{}, fmt.Errorf("%q has bad parameters", raw)
	}
	c := Config{Path: path}
	for name, value := range values {
		if name != "synchronous" || len(value) != 1 || value[0] != "full" && value[0] != "normal" {
			return Config{}, fmt.Errorf("%q: the only parameter is synchronous, full or normal", raw)
		}
		c.Synchronous = value[0]
	}
	return c, nil
}

const (
	pageSize = 8192
	cacheKiB = 2048 // of each connection
)

// Open opens the store, making or migrating it as needed. A second process on the same file is refused.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Readers <= 0 {
		c.Readers = 4
	}
	if c.LogLimit <= 0 {
		c.LogLimit = 64 << 20
	}
	if c.Synchronous == "" {
		c.Synchronous = "full"
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if err := os.MkdirAll(filepath.Dir(c.Path), 0o700); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	c.Path = resolve(c.Path)
	lock, err := acquire(c.Path)
	if err != nil {
		return nil, err
	}
	s := &Store{config: c, log: c.Logger, lock: lock, narrow: narrow, turn: make(chan struct{}, 1), commit: commit}
	if err := s.open(ctx); err != nil {
		lock.release()
		return nil, fmt.Errorf("store %s: %w", c.Path, err)
	}
	return s, nil
}

// resolve follows symbolic links, so that every way to the file leads to the same lock.
func resolve(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(folder, filepath.Base(path)) // the file is not there yet
	}
	return path
}

// open opens the connections, checks what is there and brings the schema up to date. The caller has the turn, or is
// alone.
func (s *Store) open(ctx context.Context) error {
	write, err := s.openWriter(ctx)
	if err != nil {
		return err
	}
	epoch, err := s.claim(ctx, write)
	if err != nil {
		return errors.Join(err, write.close())
	}
	pool, err := openReaders(ctx, dsn(s.config.Path, "query_only(1)"), s.config.Readers)
	if err != nil {
		return errors.Join(err, write.close())
	}
	s.epoch.Store(&epoch)
	s.write, s.cache, s.restartAt = write, newCache(), s.config.LogLimit
	s.mu.Lock()
	s.pool = pool
	s.mu.Unlock()
	return nil
}

func (s *Store) openWriter(ctx context.Context) (*connection, error) {
	db, err := sql.Open("sqlite", dsn(s.config.Path, forWriting(s.config)...))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := migrate(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return newConnection(db, conn), nil
}

// forWriting is how the writer and whatever changes a file work.
func forWriting(c Config) []string {
	return []string{
		fmt.Sprintf("page_size(%d)", pageSize), "journal_mode(wal)", "synchronous(" + c.Synchronous + ")",
		"wal_autocheckpoint(0)", // rule R11: the writer does it
		fmt.Sprintf("journal_size_limit(%d)", max(c.LogLimit, pageSize)*2), // to which a log that a reader made grow shrinks again
		"secure_delete(1)", // what is deleted is overwritten: see Scrub
	}
}

// dsn is how the driver is told of the file and of the pragmas of each connection.
func dsn(path string, pragmas ...string) string {
	common := []string{fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()), fmt.Sprintf("cache_size(-%d)", cacheKiB), "temp_store(memory)"}
	q := url.Values{"_pragma": append(common, pragmas...)}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}
