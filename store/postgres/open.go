package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Config is what a store is opened with. URL is required.
type Config struct {
	URL         string        // postgres://..., with the parameters of libpq
	Connections int           // that read and that wait for locked conversations; 8. One more writes.
	Timeout     time.Duration // of one transaction; 10 s
	LockWait    time.Duration // for a conversation that another hub has locked; a fifth of Timeout
	Settle      time.Duration // to find out what became of a commit whose answer was lost; 5 s (rule R9)
	Logger      *slog.Logger  // none: discarded
}

func (c *Config) setDefaults() {
	if c.Connections <= 0 {
		c.Connections = 8
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	if c.LockWait <= 0 {
		c.LockWait = c.Timeout / 5
	}
	if c.Settle <= 0 {
		c.Settle = 5 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
}

// IsURL reports whether a URL is one of PostgreSQL's.
func IsURL(raw string) bool {
	return strings.HasPrefix(raw, "postgres://") || strings.HasPrefix(raw, "postgresql://")
}

// ParseURL reads a URL of PostgreSQL. Its error never holds the password.
func ParseURL(raw string) (Config, error) {
	if !IsURL(raw) {
		return Config{}, errors.New("it is not of the form postgres://USER:PASSWORD@HOST/DATABASE")
	}
	_, err := pgxpool.ParseConfig(raw)
	return Config{URL: raw}, err
}

// connectWithin bounds the making of a connection, unless the URL has connect_timeout.
const connectWithin = 3 * time.Second

// Open opens the store, making or migrating its tables as needed.
func Open(ctx context.Context, c Config) (*Store, error) {
	c.setDefaults()
	pool, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{config: c, log: c.Logger, holder: rand.Text(), narrow: narrow, turn: make(chan struct{}, 1), stuck: map[row]time.Time{}}
	pool.MaxConns = int32(c.Connections)
	pool.ConnConfig = s.forConnections(pool.ConnConfig)
	pool.AfterConnect = s.prepare
	if err := s.open(ctx, pool); err != nil {
		return nil, fmt.Errorf("store %s: %w", name(pool.ConnConfig), plain(err))
	}
	return s, nil
}

// name names a store without its password.
func name(c *pgx.ConnConfig) string {
	return fmt.Sprintf("postgres://%s@%s:%d/%s", c.User, c.Host, c.Port, c.Database)
}

// forConnections is how each connection is made.
func (s *Store) forConnections(c *pgx.ConnConfig) *pgx.ConnConfig {
	c = c.Copy()
	if c.ConnectTimeout <= 0 || c.ConnectTimeout > time.Minute { // the driver's own default is minutes
		c.ConnectTimeout = connectWithin
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "parley"
	}
	// With several hosts the one that takes writes is meant, also for reads.
	c.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	return c
}

// open checks the server, brings the tables up to date and makes the first connections.
func (s *Store) open(ctx context.Context, c *pgxpool.Config) (err error) {
	if err := check(ctx, c.ConnConfig, s.log); err != nil {
		return err
	}
	if err := s.migrate(ctx, c.ConnConfig); err != nil {
		return err
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, c); err != nil {
		return err
	}
	if s.write, err = s.connect(ctx); err != nil {
		s.pool.Close()
	}
	return err
}

// settings are set on each connection. The hub's own are not left to the server (rule R12). Every statement here has an index
// to use: a plan that is made while a table is small and kept while it grows must not be one that reads the whole table.
// The server ends a statement before the hub gives up the connection: then it is known that nothing happened. It counts the
// statement alone, and never ends the wait of a commit for a synchronous replica.
func (s *Store) settings() string {
	all := []string{
		"synchronous_commit = on",
		"default_transaction_isolation = 'read committed'",
		fmt.Sprintf("lock_timeout = %d", s.config.LockWait.Milliseconds()),
		fmt.Sprintf("statement_timeout = %d", (s.config.Timeout / 2).Milliseconds()),
		"idle_in_transaction_session_timeout = 5000",
		"tcp_user_timeout = 10000",
		"tcp_keepalives_idle = 10", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 3",
		"plan_cache_mode = force_generic_plan", "enable_seqscan = off", "enable_hashjoin = off", "enable_mergejoin = off", "jit = off",
	}
	return "SET " + strings.Join(all, "; SET ")
}

// prepare makes a connection ready, and notices when the server's history is another one (rule R4).
func (s *Store) prepare(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.PgConn().Exec(ctx, s.settings()).ReadAll(); err != nil {
		return err
	}
	return s.claim(ctx, conn)
}

// connect makes a connection of its own.
func (s *Store) connect(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return conn, nil
}
