package postgres

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// leastVersion is the oldest PostgreSQL that the tests run on.
const leastVersion = 150000

// Server is what a server says of itself.
type Server struct {
	Version   int    // as in server_version_num
	Fsync     bool   // off: a power cut loses what was acknowledged, or everything
	Standbys  int    // that follow this server
	Sync      bool   // a commit waits for a standby
	FullPages bool   // full_page_writes
	Name      string // without the password
}

// Inspect asks a server about itself. It needs no tables.
func Inspect(ctx context.Context, c Config) (*Server, error) {
	c.setDefaults()
	pool, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, err
	}
	return inspect(ctx, (&Store{config: c}).forConnections(pool.ConnConfig))
}

func inspect(ctx context.Context, c *pgx.ConnConfig) (*Server, error) {
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return nil, plain(err)
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing is left to send
	s := &Server{Name: name(c)}
	err = conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('fsync') <> 'off',
		current_setting('full_page_writes') <> 'off', current_setting('synchronous_standby_names') <> '',
		(SELECT count(*) FROM pg_stat_replication)`).Scan(&s.Version, &s.Fsync, &s.FullPages, &s.Sync, &s.Standbys)
	return s, err
}

// Refused says why no hub should use such a server; nil where it may.
func (s *Server) Refused() error {
	if s.Version < leastVersion {
		return fmt.Errorf("it is PostgreSQL %d, and %d or later is needed", s.Version/10000, leastVersion/10000)
	}
	if !s.Fsync {
		return fmt.Errorf("fsync is off there: a power cut loses what was acknowledged (rule R12)")
	}
	if !s.FullPages {
		return fmt.Errorf("full_page_writes is off there: a power cut can damage the tables (rule R12)")
	}
	return nil
}

// Doubtful says what of a server is allowed and yet may lose acknowledged changes; nil where nothing is.
func (s *Server) Doubtful() error {
	if s.Standbys > 0 && !s.Sync {
		return fmt.Errorf("it has a standby that commits do not wait for: promoting that loses the last of what was acknowledged")
	}
	return nil
}

// check refuses a server that cannot be used, and warns of what it may lose.
func check(ctx context.Context, c *pgx.ConnConfig, log *slog.Logger) error {
	server, err := inspect(ctx, c)
	if err != nil {
		return err
	}
	if server.Version < leastVersion {
		return server.Refused()
	}
	for _, doubt := range []error{server.Refused(), server.Doubtful()} {
		if doubt != nil {
			log.WarnContext(ctx, "the database server may lose what was acknowledged", "err", doubt)
		}
	}
	return nil
}
