package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// purgeRows is how much of a deleted conversation is removed at a time: the writer is not held up for long (rule R5).
const purgeRows = 500

// purgeSteps remove content in one transaction. Reactions go by the messages that go with them; a conversation has no more
// nonces than messages.
var purgeSteps = []string{
	`DELETE FROM reaction WHERE conversation = ?1 AND idx IN (SELECT idx FROM message WHERE conversation = ?1 ORDER BY idx LIMIT ?2)`,
	`DELETE FROM nonce WHERE conversation = ?1 AND (nonce, author) IN (SELECT nonce, author FROM nonce WHERE conversation = ?1 LIMIT ?2)`,
	`DELETE FROM message WHERE id IN (SELECT id FROM message WHERE conversation = ?1 ORDER BY idx LIMIT ?2)`,
	`DELETE FROM participant WHERE id IN (SELECT id FROM participant WHERE conversation = ?1 LIMIT ?2)`,
}

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
		return false, s.broken(err, false)
	}
	if err := s.write.exec(lifelong, "BEGIN IMMEDIATE"); err != nil {
		return false, s.broken(err, false)
	}
	for _, text := range purgeSteps {
		if err := s.write.exec(lifelong, text, id, purgeRows); err != nil {
			return false, s.undo(err)
		}
	}
	if err := s.write.exec(lifelong, "COMMIT"); err != nil {
		return false, s.broken(err, true)
	}
	s.keepLogSmall()
	return true, nil
}
