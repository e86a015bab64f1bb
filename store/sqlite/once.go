package sqlite

import (
	"time"

	"parley/hub"
)

// Once implements hub.OnceTx.
func (t *tx) Once(service hub.ServiceSID, key string) (*hub.OnceMark, error) {
	m := &hub.OnceMark{Service: service, Key: key}
	return absent(m, t.row(lifelong, `SELECT print, made, created FROM once WHERE service = ? AND key = ?`, service, key).
		Scan(&m.Print, &m.Made, at(&m.Created)))
}

// PutOnce implements hub.OnceTx. More is forgotten than is remembered, a little each time.
func (t *tx) PutOnce(m *hub.OnceMark, forget time.Time) error {
	if err := t.exec(`DELETE FROM once WHERE (service, key) IN (SELECT service, key FROM once WHERE created < ? ORDER BY created LIMIT 3)`,
		millis(forget)); err != nil {
		return err
	}
	return t.exec(`INSERT OR REPLACE INTO once (service, key, print, made, created) VALUES (?, ?, ?, ?, ?)`,
		m.Service, m.Key, m.Print, m.Made, millis(m.Created))
}
