package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrations only ever add: hubs of the release before run on while they are made, and after.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date, one hub at a time. Tables of a later Parley are refused rather than guessed at.
func migrate(ctx context.Context, c *pgx.ConnConfig) (err error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	const every, times = 1, 60 // seconds, and how often another hub's lock is tried
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(every, times))
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*c)
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	if done, err := current(ctx, provider); done || err != nil {
		return err
	}
	if _, err = provider.Up(ctx); err != nil {
		return err
	}
	_, err = current(ctx, provider)
	return err
}

// current reports whether the tables are those that this Parley knows.
func current(ctx context.Context, provider *goose.Provider) (bool, error) {
	there, known, err := provider.GetVersions(ctx)
	if err == nil && there > known {
		err = fmt.Errorf("the database has schema %d and this Parley knows %d: it was written by a later one", there, known)
	}
	return there == known, err
}
