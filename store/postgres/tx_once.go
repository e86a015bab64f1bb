package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// Once implements hub.OnceTx. Of hubs that use a key at the same time one finds the other's row in its way, and its op runs
// again.
func (t *tx) Once(service hub.ServiceSID, key string) (*hub.OnceMark, error) {
	return find(t, func(row pgx.Row) (*hub.OnceMark, error) {
		m := &hub.OnceMark{Service: service, Key: key}
		return m, row.Scan(&m.Print, &m.Made, at(&m.Created))
	}, `SELECT o.print, o.made, o.created FROM once o WHERE o.service = $1 AND o.key = $2`, service, key)
}

// PutOnce implements hub.OnceTx. More is forgotten than is remembered, a little each time; rows that another hub is about to
// forget are left to it.
func (t *tx) PutOnce(m *hub.OnceMark, forget time.Time) error {
	t.exec(`DELETE FROM once o USING (SELECT service, key FROM once WHERE created < $1 ORDER BY created LIMIT 3 FOR UPDATE SKIP LOCKED) old
		WHERE o.service = old.service AND o.key = old.key`, millis(forget))
	t.exec(`DELETE FROM once WHERE service = $1 AND key = $2 AND created < $3`, m.Service, m.Key, millis(forget))
	t.exec(`INSERT INTO once (service, key, print, made, created) VALUES ($1, $2, $3, $4, $5)`,
		m.Service, m.Key, m.Print, m.Made, millis(m.Created))
	return nil
}
