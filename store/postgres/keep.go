package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
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
