package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// Lease implements hub.Keeper.
func (s *Store) Lease(ctx context.Context, job string, ttl time.Duration) (held bool, err error) {
	if s.closed.Load() {
		return false, errClosed()
	}
	bound, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	if ttl <= 0 {
		_, err := s.pool.Exec(bound, `DELETE FROM lease WHERE job = $1 AND holder = $2`, job, s.holder)
		return false, readError(ctx, err)
	}
	var one int
	err = s.pool.QueryRow(bound, `INSERT INTO lease (job, holder, expires) VALUES ($1, $2, `+clock+` + $3)
		ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, expires = excluded.expires
		WHERE lease.holder = excluded.holder OR lease.expires <= `+clock+` RETURNING 1`, job, s.holder, ttl.Milliseconds()).Scan(&one)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, readError(ctx, err)
}

// purgeRows is how many rows of a deleted conversation are removed at a time: nobody is held up for long (rule R5).
const purgeRows = 500

// purges remove up to $2 rows each of what a conversation holds, the hottest first.
var purges = []string{
	`DELETE FROM nonce WHERE conversation = $1 AND (nonce, author) IN (SELECT nonce, author FROM nonce WHERE conversation = $1 LIMIT $2)`,
	`DELETE FROM reaction WHERE conversation = $1 AND (idx, name, identity) IN
		(SELECT idx, name, identity FROM reaction WHERE conversation = $1 LIMIT $2)`,
	`DELETE FROM message WHERE conversation = $1 AND (removed, idx) IN (SELECT removed, idx FROM message WHERE conversation = $1 LIMIT $2)`,
	`DELETE FROM participant WHERE conversation = $1 AND sid IN (SELECT sid FROM participant WHERE conversation = $1 LIMIT $2)`,
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
		var sid hub.ConversationSID // another hub may be at it: two would be in each other's way
		err = t.QueryRow(bound, `SELECT conversation FROM purge ORDER BY conversation LIMIT 1 FOR UPDATE SKIP LOCKED`).Scan(&sid)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		more = true
		return purge(bound, t, sid)
	})
	return more && err == nil, readError(ctx, err)
}

// purge removes some of a conversation.
func purge(ctx context.Context, t pgx.Tx, sid hub.ConversationSID) error {
	room := int64(purgeRows)
	for _, text := range purges {
		done, err := t.Exec(ctx, text, sid, room)
		if err != nil {
			return err
		}
		if room -= done.RowsAffected(); room == 0 {
			return nil
		}
	}
	_, err := t.Exec(ctx, `DELETE FROM purge WHERE conversation = $1`, sid)
	return err
}
