package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/jackc/pgx/v5"
)

// claim learns the epoch on a new connection (rule R4): what the tables say, and where they are. A standby that is promoted
// begins another timeline; a dump that is loaded elsewhere, or again, makes another table meta. When the epoch is another one
// than before, connections to what the store was until now are not used again.
func (s *Store) claim(ctx context.Context, conn *pgx.Conn) error {
	b := &pgx.Batch{}
	b.Queue(`INSERT INTO meta (key, value) VALUES ('epoch', $1) ON CONFLICT (key) DO NOTHING`, rand.Text())
	var stored, place string
	b.Queue(`SELECT value FROM meta WHERE key = 'epoch'`).QueryRow(func(row pgx.Row) error { return row.Scan(&stored) })
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	err := conn.QueryRow(ctx, `SELECT system_identifier || ' ' || 'meta'::regclass::oid || ' ' ||
		left(pg_walfile_name(pg_current_wal_lsn()), 8) FROM pg_control_system()`).Scan(&place)
	switch sqlState(err) {
	case "":
		if err != nil {
			return err
		}
	case undefinedFunction, notSupported, noPermission: // a database that only speaks PostgreSQL's language
		place = ""
	default:
		return err
	}
	sum := sha256.Sum256([]byte(stored + " " + place))
	epoch := strings.ToUpper(hex.EncodeToString(sum[:13]))
	conn.PgConn().CustomData()[epochKey] = epoch
	if before := s.epoch.Swap(&epoch); before != nil && *before != epoch {
		s.log.WarnContext(ctx, "the database has another history than before: clients start afresh", "epoch", epoch)
		s.pool.Reset()
	}
	return nil
}

// epochKey is where a connection keeps the epoch that it was made in.
const epochKey = "parley.epoch"

// claimed reports whether a connection is to the history that Epoch says. Another connection may have found a new one since.
func (s *Store) claimed(conn *pgx.Conn) bool {
	return conn.PgConn().CustomData()[epochKey] == s.Epoch()
}
