package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"parley/hub"
)

// purgeRows is how many rows of a deleted conversation are removed at a time: the writer is not held up for long (rule R5).
const purgeRows = 500

// purgeAtOnce is how many conversations are looked at in that: small ones go together.
const purgeAtOnce = 50

// purges remove up to ?2 rows each of what a conversation holds, the hottest first.
var purges = []string{
	`UPDATE media SET state = 'gone' WHERE sid IN (SELECT sid FROM media
		WHERE conversation = (SELECT sid FROM conversation WHERE id = ?1) AND state = 'attached' LIMIT ?2)`,
	`DELETE FROM nonce WHERE conversation = ?1 AND (nonce, author) IN (SELECT nonce, author FROM nonce WHERE conversation = ?1 LIMIT ?2)`,
	`DELETE FROM reaction WHERE conversation = ?1 AND (idx, name, identity) IN
		(SELECT idx, name, identity FROM reaction WHERE conversation = ?1 LIMIT ?2)`,
	`DELETE FROM receipt WHERE conversation = ?1 AND (idx, sid) IN (SELECT idx, sid FROM receipt WHERE conversation = ?1 LIMIT ?2)`,
	`DELETE FROM search WHERE rowid IN (SELECT id FROM search_row WHERE conversation = ?1 LIMIT ?2)`,
	`DELETE FROM search_row WHERE id IN (SELECT id FROM search_row WHERE conversation = ?1 LIMIT ?2)`,
	`DELETE FROM search_position WHERE conversation = ?1 AND ?2 > 0`,
	`DELETE FROM message WHERE id IN (SELECT id FROM message WHERE conversation = ?1 LIMIT ?2)`,
	`DELETE FROM participant WHERE id IN (SELECT id FROM participant WHERE conversation = ?1 LIMIT ?2)`,
	`DELETE FROM record WHERE (scope, kind, sid) IN (SELECT scope, kind, sid FROM record
		WHERE scope = (SELECT sid FROM conversation WHERE id = ?1) LIMIT ?2)`,
}

// Purge implements hub.Keeper: a portion of some conversations, and one of a service.
func (s *Store) Purge(ctx context.Context) (more bool, err error) {
	if err := s.begin(ctx); err != nil {
		return false, err
	}
	defer s.end()
	var ids []int64
	rows, err := s.write.query(lifelong, `SELECT conversation FROM purge LIMIT ?`, purgeAtOnce)
	if err = each(rows, err, func(r *sql.Rows) error {
		var id int64
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}); err != nil {
		return false, s.broken(err, false)
	}
	var service hub.ServiceSID
	var since int64
	err = s.write.row(lifelong, `SELECT service, since FROM service_purge ORDER BY clean, since LIMIT 1`).Scan(&service, &since)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, s.broken(err, false)
	}
	if len(ids) == 0 && service == "" {
		return false, nil
	}
	if err := s.write.exec(lifelong, "BEGIN IMMEDIATE"); err != nil {
		return false, s.broken(err, false)
	}
	err = purgeSome(s.write, ids)
	if service != "" && err == nil {
		more, err = s.purgeService(service, since)
	}
	if err != nil {
		return false, s.undo(err)
	}
	if err := s.finish(); err != nil {
		return false, err
	}
	s.keepLogSmall()
	return more || len(ids) > 0, nil
}

// purgeSome removes some of conversations, one after the other.
func purgeSome(c *connection, ids []int64) error {
	room := int64(purgeRows)
	for _, id := range ids {
		var err error
		if room, err = purge(c, id, room); err != nil || room == 0 {
			return err
		}
	}
	return nil
}

// purge removes up to so many rows of a conversation, and tells how many more may be removed: none where it is not done.
func purge(c *connection, id, room int64) (left int64, err error) {
	for _, text := range purges {
		n, err := c.affect(lifelong, text, id, room)
		if err != nil {
			return 0, err
		}
		if room -= n; room == 0 {
			return 0, nil
		}
	}
	return room, c.exec(lifelong, `DELETE FROM purge WHERE conversation = ?`, id)
}
