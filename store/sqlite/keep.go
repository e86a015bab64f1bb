package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"parley/hub"
)

// purgeRows is how much of a deleted conversation is removed at a time: the writer is not held up for long (rule R5).
const purgeRows = 500

// Purge implements hub.Keeper.
func (s *Store) Purge(context.Context) (more bool, err error) {
	s.committing.Lock()
	defer s.committing.Unlock()
	if err := s.usable(); err != nil {
		return false, err
	}
	var id int64
	err = s.write.row(lifelong, `SELECT h.conversation FROM head h INDEXED BY head_deleted WHERE h.deleted = 1 AND (
		EXISTS (SELECT 1 FROM message WHERE conversation = h.conversation) OR
		EXISTS (SELECT 1 FROM participant WHERE conversation = h.conversation)) LIMIT 1`).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, text := range []string{
		`DELETE FROM reaction WHERE conversation = ?1 AND idx IN (SELECT idx FROM message WHERE conversation = ?1 ORDER BY idx LIMIT ?2)`,
		`DELETE FROM nonce WHERE conversation = ?1 AND (nonce, author) IN (SELECT nonce, author FROM nonce WHERE conversation = ?1 LIMIT ?2)`,
		`DELETE FROM message WHERE id IN (SELECT id FROM message WHERE conversation = ?1 ORDER BY idx LIMIT ?2)`,
		`DELETE FROM participant WHERE id IN (SELECT id FROM participant WHERE conversation = ?1 LIMIT ?2)`,
		`UPDATE conversation SET friendly_name = '', unique_name = '', attributes = '', created_by = '' WHERE id = ?1 AND ?2 > 0`,
	} {
		if err := s.write.exec(lifelong, text, id, purgeRows); err != nil {
			return false, err
		}
	}
	return true, nil
}

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
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", dst)
	return errors.Join(err, db.Close())
}

// Restore puts a backup in place of a store that no hub holds, and begins a new epoch: clients that know what the backup does
// not must start afresh (rule R4).
func Restore(ctx context.Context, src, path string) error {
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
