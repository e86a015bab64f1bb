package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"parley/hub"
)

// Backup copies a store, also while a hub writes to it, as of one moment. dst must not exist.
func Backup(ctx context.Context, path, dst string) error {
	if _, err := os.Stat(dst); err == nil {
		return fmt.Errorf("%s exists already", dst)
	}
	s := &Store{config: Config{Path: path}}
	if _, err := os.Stat(path); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", s.dsn(true))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if _, err = db.ExecContext(ctx, "PRAGMA query_only = 0"); err != nil { // which would refuse the copy too
		return errors.Join(err, db.Close())
	}
	if _, err = db.ExecContext(ctx, "VACUUM INTO ?", dst); err != nil {
		if left := os.Remove(dst); !errors.Is(left, os.ErrNotExist) {
			err = errors.Join(err, left)
		}
	}
	return errors.Join(err, db.Close())
}

// Restore puts a backup in place of a store that no hub holds, and begins a new epoch: clients that know what the backup does
// not must start afresh (rule R4).
func Restore(ctx context.Context, src, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	held, err := acquire(path)
	if err != nil {
		return err
	}
	defer held.release()
	fresh := path + ".restoring"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := Backup(ctx, src, fresh); err != nil {
		return fmt.Errorf("reading the backup: %w", err)
	}
	if err := reepoch(ctx, fresh); err != nil {
		return errors.Join(fmt.Errorf("the backup is not a Parley store: %w", err), os.Remove(fresh))
	}
	for _, rest := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + rest); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return os.Rename(fresh, path)
}

// reepoch checks a copy and gives it a new epoch.
func reepoch(ctx context.Context, path string) error {
	s := &Store{config: Config{Path: path, Synchronous: "full"}}
	db, err := sql.Open("sqlite", s.dsn(false))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	var verdict string
	err = db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict)
	if err == nil && verdict != "ok" {
		err = errors.New(verdict)
	}
	if err == nil {
		_, err = db.ExecContext(ctx, "UPDATE meta SET value = ? WHERE key = 'epoch'", newEpoch())
	}
	if err == nil {
		_, err = db.ExecContext(ctx, "PRAGMA journal_mode = delete")
	}
	return errors.Join(err, db.Close())
}

var _ hub.Keeper = (*Store)(nil)
