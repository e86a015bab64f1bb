package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/hub"
)

// Config is what a store is opened with. Path is required.
type Config struct {
	Path        string       // of the database file; its folder is made where it is missing
	Synchronous string       // "full" (default): an ack survives power loss; "normal": the last moment may be lost then
	Readers     int          // connections that read; 4
	LogLimit    int64        // bytes of log above which the writer moves it into the file; 64 MiB (rule R11)
	Logger      *slog.Logger // none: discarded
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

//go:embed migrations/*.sql
var migrations embed.FS

const (
	pageSize  = 8192
	cacheKiB  = 2048
	leastMade = 3051003 // SQLite 3.51.3: earlier ones can corrupt the log when it is reset
)

// Open opens the store, making or migrating it as needed. A second process on the same file is refused.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Readers == 0 {
		c.Readers = 4
	}
	if c.LogLimit == 0 {
		c.LogLimit = 64 << 20
	}
	if c.Synchronous == "" {
		c.Synchronous = "full"
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(filepath.Dir(c.Path), 0o700); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	lock, err := acquire(c.Path)
	if err != nil {
		return nil, err
	}
	s := &Store{config: c, log: c.Logger, lock: lock}
	if err := s.open(ctx); err != nil {
		s.stop()
		lock.release()
		return nil, fmt.Errorf("store %s: %w", c.Path, err)
	}
	return s, nil
}

// open opens the connections and brings the schema up to date.
func (s *Store) open(ctx context.Context) error {
	write, err := sql.Open("sqlite", s.dsn(false))
	if err != nil {
		return err
	}
	write.SetMaxOpenConns(1)
	if err := migrate(ctx, write); err != nil {
		return errors.Join(err, write.Close())
	}
	conn, err := write.Conn(ctx)
	if err != nil {
		return errors.Join(err, write.Close())
	}
	read, err := sql.Open("sqlite", s.dsn(true))
	if err != nil {
		return errors.Join(err, conn.Close(), write.Close())
	}
	read.SetMaxOpenConns(s.config.Readers)
	read.SetMaxIdleConns(s.config.Readers)
	s.mu.Lock()
	s.writeDB, s.write, s.read = write, newConnection(conn), read
	s.mu.Unlock()
	return s.claim(ctx)
}

func (s *Store) dsn(readOnly bool) string {
	q := url.Values{}
	pragma := func(name string, value any) { q.Add("_pragma", fmt.Sprintf("%s(%v)", name, value)) }
	if readOnly {
		pragma("busy_timeout", 5000)
		pragma("query_only", 1)
	} else {
		pragma("busy_timeout", patience.Milliseconds())
		pragma("page_size", pageSize)
		pragma("journal_mode", "wal")
		pragma("synchronous", s.config.Synchronous)
		pragma("wal_autocheckpoint", 0)
		q.Set("_txlock", "immediate")
	}
	pragma("cache_size", -cacheKiB)
	pragma("temp_store", "memory")
	return "file:" + (&url.URL{Path: s.config.Path}).EscapedPath() + "?" + q.Encode()
}

func migrate(ctx context.Context, db *sql.DB) error {
	if sqlite3.SQLITE_VERSION_NUMBER < leastMade {
		return fmt.Errorf("SQLite %s is too old", sqlite3.SQLITE_VERSION)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// claim reads the epoch and marks the store as open. Where it was not closed in good order and an ack could have been
// lost by that, a new epoch begins (rule R4).
func (s *Store) claim(ctx context.Context) error {
	meta, err := s.meta(ctx)
	if err != nil {
		return err
	}
	epoch := meta["epoch"]
	if epoch == "" || meta["open"] == "normal" {
		epoch = newEpoch()
	}
	s.epoch.Store(&epoch)
	return s.setMeta(ctx, map[string]string{"epoch": epoch, "open": s.config.Synchronous})
}

// newEpoch is random: the first half of a sid is its time.
func newEpoch() string { return string(hub.NewServiceSID())[22:] }
