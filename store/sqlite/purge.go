package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// purgeRows is how many rows of a deleted conversation are removed at a time: the writer is not held up for long (rule R5).
const purgeRows = 500

// purges remove up to ?2 rows each of what a conversation holds, the hottest first.
var purges = []string{
	`DELETE FROM nonce WHERE conversation = ?1 AND (nonce, author) IN (SELECT nonce, author FROM nonce WHERE conversation = ?1 LIMIT ?2)`,
	`DELETE FROM reaction WHERE conversation = ?1 AND (idx, name, identity) IN
		(SELECT idx, name, identity FROM reaction WHERE conversation = ?1 LIMIT ?2)`,
	`DELETE FROM message WHERE id IN (SELECT id FROM message WHERE conversation = ?1 LIMIT ?2)`,
	`DELETE FROM participant WHERE id IN (SELECT id FROM participant WHERE conversation = ?1 LIMIT ?2)`,
}

// Purge implements hub.Keeper.
func (s *Store) Purge(ctx context.Context) (more bool, err error) {
	if err := s.begin(ctx); err != nil {
		return false, err
	}
	defer s.end()
	var id int64
	switch err := s.write.row(lifelong, `SELECT conversation FROM purge LIMIT 1`).Scan(&id); {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, s.broken(err, false)
	}
	if err := s.write.exec(lifelong, "BEGIN IMMEDIATE"); err != nil {
		return false, s.broken(err, false)
	}
	if err := purge(s.write, id); err != nil {
		return false, s.undo(err)
	}
	if err := s.finish(); err != nil {
		return false, err
	}
	s.keepLogSmall()
	return true, nil
}

// purge removes some of a conversation.
func purge(c *connection, id int64) error {
	room := int64(purgeRows)
	for _, text := range purges {
		n, err := c.affect(lifelong, text, id, room)
		if err != nil {
			return err
		}
		if room -= n; room == 0 {
			return nil
		}
	}
	return c.exec(lifelong, `DELETE FROM purge WHERE conversation = ?`, id)
}
