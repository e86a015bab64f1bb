package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
)

// Keys of meta.
const (
	metaEpoch = "epoch" // absent in a backup: whoever opens one begins a new epoch
	metaOpen  = "open"  // how the hub that has it open syncs; "" after a close in good order
)

// claim reads the epoch and marks the store as open. Where it was not closed in good order and an ack could have been lost
// by that, a new epoch begins (rule R4). The mark is in the file itself before anything is acknowledged: with
// synchronous=normal the log alone could lose it together with what it vouches for.
func (s *Store) claim(ctx context.Context, c *connection) (epoch string, err error) {
	meta, err := readMeta(ctx, c)
	if err != nil {
		return "", err
	}
	epoch = meta[metaEpoch]
	if epoch == "" || meta[metaOpen] == "normal" {
		epoch = rand.Text()
	}
	if err := setMeta(ctx, c, metaEpoch, epoch); err != nil {
		return "", err
	}
	if err := setMeta(ctx, c, metaOpen, s.config.Synchronous); err != nil {
		return "", err
	}
	_, err = checkpoint(ctx, c.conn, "TRUNCATE")
	return epoch, err
}

func readMeta(ctx context.Context, q querier) (map[string]string, error) {
	all := map[string]string{}
	rows, err := q.query(ctx, `SELECT key, value FROM meta`)
	err = each(rows, err, func(r *sql.Rows) error {
		var key, value string
		if err := r.Scan(&key, &value); err != nil {
			return err
		}
		all[key] = value
		return nil
	})
	return all, err
}

func setMeta(ctx context.Context, c *connection, key, value string) error {
	return c.exec(ctx, `INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
}
