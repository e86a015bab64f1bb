package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// purgeRows is how many rows of deleted conversations are removed at a time: nobody is held up for long (rule R5).
const purgeRows = 500

// purgeAtOnce is how many conversations are looked at in that: small ones go together.
const purgeAtOnce = 50

// purges remove up to $2 rows each of what a conversation holds, the hottest first.
var purges = []string{
	`UPDATE media SET state = 'gone' WHERE sid IN (SELECT sid FROM media WHERE conversation = $1 AND state = 'attached' LIMIT $2)`,
	`DELETE FROM nonce WHERE conversation = $1 AND (nonce, author) IN (SELECT nonce, author FROM nonce WHERE conversation = $1 LIMIT $2)`,
	`DELETE FROM reaction WHERE conversation = $1 AND (idx, name, identity) IN
		(SELECT idx, name, identity FROM reaction WHERE conversation = $1 LIMIT $2)`,
	`DELETE FROM receipt WHERE conversation = $1 AND (idx, sid) IN (SELECT idx, sid FROM receipt WHERE conversation = $1 LIMIT $2)`,
	`DELETE FROM search WHERE conversation = $1 AND message IN (SELECT message FROM search WHERE conversation = $1 LIMIT $2)`,
	`DELETE FROM message WHERE conversation = $1 AND (removed, idx) IN (SELECT removed, idx FROM message WHERE conversation = $1 LIMIT $2)`,
	`DELETE FROM participant WHERE conversation = $1 AND sid IN (SELECT sid FROM participant WHERE conversation = $1 LIMIT $2)`,
	`DELETE FROM record WHERE scope = $1 AND (kind, sid) IN (SELECT kind, sid FROM record WHERE scope = $1 LIMIT $2)`,
}

// Purge implements hub.Keeper. It also clears away outcomes that nobody can look for any more.
func (s *Store) Purge(ctx context.Context) (more bool, err error) {
	if s.closed.Load() {
		return false, errClosed()
	}
	bound, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	err = pgx.BeginFunc(bound, s.pool, func(t pgx.Tx) error {
		outcomes, err := t.Exec(bound, `DELETE FROM outcome WHERE id IN
			(SELECT id FROM outcome WHERE id < lpad(to_hex(`+clock+` - 3600000), 13, '0') ORDER BY id LIMIT $1)`, purgeRows)
		if err != nil {
			return err
		}
		more = outcomes.RowsAffected() == purgeRows
		some, err := purgeSome(bound, t)
		if err != nil {
			return err
		}
		service, err := purgeServices(bound, t)
		more = more || some || service
		return err
	})
	return more && err == nil, readError(ctx, err)
}

// purgeSome removes some of conversations, one after the other, and reports whether there were any. Another hub may be at
// it: two would be in each other's way.
func purgeSome(ctx context.Context, t pgx.Tx) (some bool, err error) {
	rows, err := t.Query(ctx, `SELECT conversation FROM purge ORDER BY conversation LIMIT $1 FOR UPDATE SKIP LOCKED`, purgeAtOnce)
	if err != nil {
		return false, err
	}
	sids, err := pgx.CollectRows(rows, pgx.RowTo[hub.ConversationSID])
	room := int64(purgeRows)
	for _, sid := range sids {
		if err == nil && room > 0 {
			room, err = purge(ctx, t, sid, room)
		}
	}
	return len(sids) > 0, err
}

// purge removes up to so many rows of a conversation, and tells how many more may be removed: none where it is not done.
// It locks the index's position first, as what writes the index does.
func purge(ctx context.Context, t pgx.Tx, sid hub.ConversationSID, room int64) (left int64, err error) {
	for _, text := range []string{makePositions, lockPositions} {
		if _, err := t.Exec(ctx, text, []string{string(sid)}); err != nil {
			return 0, err
		}
	}
	for _, text := range purges {
		done, err := t.Exec(ctx, text, sid, room)
		if err != nil {
			return 0, err
		}
		if room -= done.RowsAffected(); room == 0 {
			return 0, nil
		}
	}
	if _, err = t.Exec(ctx, `DELETE FROM search_position WHERE conversation = $1`, sid); err != nil {
		return 0, err
	}
	_, err = t.Exec(ctx, `DELETE FROM purge WHERE conversation = $1`, sid)
	return room, err
}

// purgeLate is how long a deleted service is watched for what was under way when it was deleted.
const purgeLate = 10 * time.Minute

// purgeThreads is how many conversations of a deleted service are deleted at a time.
const purgeThreads = 100

// buries delete conversations. They belong to no service from then on, so that those which are left are found at once.
var buries = []string{
	`UPDATE head SET deleted = true, revision = revision + 1, deadline = 0 WHERE conversation = ANY ($1::text[]) AND NOT deleted`,
	`UPDATE conversation SET service = '', unique_name = '', friendly_name = '', attributes = '', created_by = '' WHERE sid = ANY ($1::text[])`,
	`DELETE FROM pair WHERE conversation = ANY ($1::text[])`,
	`INSERT INTO purge (conversation) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING`,
}

// leftovers remove up to $2 rows each of what else a service holds.
var leftovers = []string{
	`DELETE FROM users WHERE sid IN (SELECT sid FROM users WHERE service = $1 ORDER BY sid LIMIT $2 FOR UPDATE)`,
	`DELETE FROM role WHERE sid IN (SELECT sid FROM role WHERE service = $1 LIMIT $2)`,
	`DELETE FROM name WHERE service = $1 AND name IN (SELECT name FROM name WHERE service = $1 LIMIT $2)`,
	`DELETE FROM once WHERE service = $1 AND key IN (SELECT key FROM once WHERE service = $1 LIMIT $2)`,
	`DELETE FROM record WHERE scope = $1 AND (kind, sid) IN (SELECT kind, sid FROM record WHERE scope = $1 LIMIT $2)`,
}

// purgeServices removes some of a deleted service, and reports whether there is more to do now.
func purgeServices(ctx context.Context, t pgx.Tx) (more bool, err error) {
	var service hub.ServiceSID
	var late bool
	err = t.QueryRow(ctx, `SELECT service, since <= `+clock+` - $1 FROM service_purge ORDER BY clean, since LIMIT 1 FOR UPDATE SKIP LOCKED`,
		purgeLate.Milliseconds()).Scan(&service, &late)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if more, err = bury(ctx, t, service); more || err != nil {
		return more, err
	}
	room := int64(purgeRows)
	for _, text := range leftovers {
		done, err := t.Exec(ctx, text, service, room)
		if err != nil {
			return false, err
		}
		if room -= done.RowsAffected(); room == 0 {
			break
		}
	}
	switch {
	case room < purgeRows:
		return true, nil
	case late:
		_, err = t.Exec(ctx, `DELETE FROM service_purge WHERE service = $1`, service)
	default:
		_, err = t.Exec(ctx, `UPDATE service_purge SET clean = true WHERE service = $1 AND NOT clean`, service)
	}
	return late, err
}

// bury deletes some conversations of a service, and reports whether there were any. They are locked first, in the order of
// their sids (rule R6).
func bury(ctx context.Context, t pgx.Tx, service hub.ServiceSID) (some bool, err error) {
	rows, err := t.Query(ctx, `SELECT sid FROM conversation WHERE service = $1 ORDER BY sid LIMIT $2`, service, purgeThreads)
	if err != nil {
		return false, err
	}
	sids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(sids) == 0 {
		return false, err
	}
	if _, err := t.Exec(ctx, `SELECT 1 FROM head WHERE conversation = ANY ($1::text[]) ORDER BY conversation FOR UPDATE`, sids); err != nil {
		return false, err
	}
	for _, text := range buries {
		if _, err := t.Exec(ctx, text, sids); err != nil {
			return false, err
		}
	}
	return true, nil
}
