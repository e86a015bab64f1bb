package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Backup copies the store to dst, which must not exist, as of one moment, while writes go on.
func (s *Store) Backup(ctx context.Context, dst string) error {
	return Backup(ctx, s.config.Path, dst)
}

// Backup copies a store, also one that a hub in another process writes to, as of one moment. dst must not exist, and is there
// whole or not at all. The copy has no epoch, so that whoever opens it begins a new one (rule R4).
func Backup(ctx context.Context, path, dst string) error {
	if _, err := os.Stat(dst); err == nil {
		return fmt.Errorf("%s exists already", dst)
	}
	if _, err := os.Stat(path); err != nil {
		return err
	}
	part := dst + ".part"
	if err := remove(part); err != nil {
		return err
	}
	err := copyStore(ctx, path, part)
	if err == nil {
		err = os.Link(part, dst) // unlike a rename it replaces nothing
	}
	return errors.Join(err, remove(part), syncFolder(dst))
}

// Restore puts a backup in place of a store that no hub holds. Clients that know what the backup does not must start afresh,
// so a new epoch begins (rule R4). The store is replaced whole or not at all.
func Restore(ctx context.Context, src, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	path = resolve(path)
	held, err := acquire(path)
	if err != nil {
		return err
	}
	defer held.release()
	if _, err := os.Stat(src); err != nil {
		return err
	}
	part := path + ".part"
	if err := remove(part); err != nil {
		return err
	}
	if err := copyStore(ctx, src, part); err != nil {
		return errors.Join(fmt.Errorf("the backup %s cannot be used: %w", src, err), remove(part))
	}
	settle(ctx, path)
	// A log beside the file that is put there would be taken for its own.
	if err := remove(path+"-wal", path+"-shm"); err != nil {
		return errors.Join(err, remove(part))
	}
	return errors.Join(os.Rename(part, path), syncFolder(path))
}

// safely is how files are changed that no store has open.
var safely = forWriting(Config{Synchronous: "full"})

// settle moves a store's log into its file, as far as it goes: until the backup is in its place, the old store stays whole.
func settle(ctx context.Context, path string) {
	if _, err := os.Stat(path); err != nil {
		return
	}
	onFile(ctx, dsn(path, safely...), func(db *sql.Conn) error { //nolint:errcheck // a damaged store is replaced all the same
		_, err := checkpoint(ctx, db, "TRUNCATE")
		return err
	})
}

// copyStore copies a store to a file that has no log beside it, checks the copy and takes its epoch away.
func copyStore(ctx context.Context, path, dst string) error {
	if err := onFile(ctx, dsn(path), func(db *sql.Conn) error {
		_, err := db.ExecContext(ctx, "VACUUM INTO ?", dst)
		return err
	}); err != nil {
		return err
	}
	if err := onFile(ctx, dsn(dst, safely...), func(db *sql.Conn) error {
		if err := quickCheck(ctx, db); err != nil {
			return err
		}
		if _, err := db.ExecContext(ctx, "DELETE FROM meta WHERE key IN (?, ?)", metaEpoch, metaOpen); err != nil {
			return fmt.Errorf("it is not a Parley store: %w", err)
		}
		_, err := db.ExecContext(ctx, "PRAGMA journal_mode = delete")
		return err
	}); err != nil {
		return err
	}
	return syncFile(dst) // VACUUM INTO does not
}

// check reads a whole file for damage.
func check(ctx context.Context, path string) error {
	return onFile(ctx, dsn(path), func(db *sql.Conn) error { return quickCheck(ctx, db) })
}

func quickCheck(ctx context.Context, db *sql.Conn) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("the file is damaged: %s", verdict)
	}
	return nil
}

// onFile opens a connection for a moment.
func onFile(ctx context.Context, dsn string, f func(db *sql.Conn) error) error {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // what was written is synced by itself
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	return errors.Join(f(conn), conn.Close())
}

// remove makes sure that files are not there.
func remove(paths ...string) error {
	var all error
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncFolder makes a file's name durable.
func syncFolder(path string) error { return syncFile(filepath.Dir(path)) }
