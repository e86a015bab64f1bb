package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrations add: hubs of the release before run on while they are made, and start after. One that does more raises the
// oldest schema whose hubs can, in meta.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date, one hub at a time. Those of a later Parley are used as they are, where it says that
// hubs like this one can, and refused otherwise.
func (s *Store) migrate(ctx context.Context, c *pgx.ConnConfig) (err error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	const every, times = 1, 60 // seconds, and how often another hub's lock is tried
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(every, times))
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*c, stdlib.OptionAfterConnect(s.prepareMigration))
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	if done, err := s.current(ctx, provider, db); done || err != nil {
		return err
	}
	if _, err = provider.Up(ctx); err != nil {
		return err
	}
	_, err = s.current(ctx, provider, db)
	return err
}

// prepareMigration bounds the wait for the lock of a table: hubs that work with the table stand behind whoever waits for it.
func (s *Store) prepareMigration(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, fmt.Sprintf("SET lock_timeout = %d", s.config.LockWait.Milliseconds()))
	return err
}

// current reports whether there is nothing to migrate.
func (s *Store) current(ctx context.Context, provider *goose.Provider, db *sql.DB) (bool, error) {
	there, known, err := provider.GetVersions(ctx)
	if err != nil || there < known {
		return false, err
	}
	if there > known {
		err = s.usable(ctx, db, there, known)
	}
	return true, err
}

// usable refuses tables of a later Parley unless it says that hubs which know no more than this one can work with them.
func (s *Store) usable(ctx context.Context, db *sql.DB, there, known int64) error {
	var least int64
	err := db.QueryRowContext(ctx, `SELECT value::bigint FROM meta WHERE key = 'compatible'`).Scan(&least)
	if errors.Is(err, sql.ErrNoRows) {
		least, err = there, nil
	}
	if err == nil && known < least {
		err = fmt.Errorf("the database has schema %d, which wants hubs that know schema %d, and this one knows %d: start a later release",
			there, least, known)
	}
	if err == nil {
		s.log.InfoContext(ctx, "the database was migrated by a later release, which this one can work beside", "schema", there, "known", known)
	}
	return err
}
