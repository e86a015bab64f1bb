package sqlite

import (
	"time"

	"parley/hub"
)

// purgeLate is how long a deleted service is watched for what was under way when it was deleted.
const purgeLate = 10 * time.Minute

// purgeThreads is how many conversations of a deleted service are deleted at a time.
const purgeThreads = 100

// buries delete up to ?2 conversations of a service. They belong to no service from then on, so that those which are left
// are found at once.
var buries = []string{
	`INSERT INTO purge (conversation) SELECT id FROM conversation WHERE service = ?1 ORDER BY id LIMIT ?2 ON CONFLICT DO NOTHING`,
	`DELETE FROM pair WHERE conversation IN (SELECT id FROM conversation WHERE service = ?1 ORDER BY id LIMIT ?2)`,
	`UPDATE head SET deleted = 1, revision = revision + 1, deadline = 0
		WHERE conversation IN (SELECT id FROM conversation WHERE service = ?1 ORDER BY id LIMIT ?2) AND deleted = 0`,
	`UPDATE conversation SET service = '', unique_name = '', friendly_name = '', attributes = '', created_by = ''
		WHERE id IN (SELECT id FROM conversation WHERE service = ?1 ORDER BY id LIMIT ?2)`,
}

// leftovers remove up to ?2 rows each of what else a service holds.
var leftovers = []string{
	`DELETE FROM user WHERE id IN (SELECT id FROM user WHERE service = ?1 LIMIT ?2)`,
	`DELETE FROM role WHERE sid IN (SELECT sid FROM role WHERE service = ?1 LIMIT ?2)`,
	`DELETE FROM name WHERE (service, name) IN (SELECT service, name FROM name WHERE service = ?1 LIMIT ?2)`,
	`DELETE FROM once WHERE (service, key) IN (SELECT service, key FROM once WHERE service = ?1 LIMIT ?2)`,
	`DELETE FROM record WHERE (scope, kind, sid) IN (SELECT scope, kind, sid FROM record WHERE scope = ?1 LIMIT ?2)`,
}

// purgeService removes some of a deleted service, and reports whether there is more to do now. The caller has the turn and
// a transaction.
func (s *Store) purgeService(service hub.ServiceSID, since int64) (more bool, err error) {
	var n int64
	for _, text := range buries { // the last one tells how many there were
		if n, err = s.write.affect(lifelong, text, service, purgeThreads); err != nil {
			return false, err
		}
	}
	if n > 0 {
		s.cache = newCache() // it remembers them as they were
		return true, nil
	}
	room := int64(purgeRows)
	for _, text := range leftovers {
		if n, err = s.write.affect(lifelong, text, service, room); err != nil {
			return false, err
		}
		if room -= n; room == 0 {
			break
		}
	}
	switch {
	case room < purgeRows:
		s.cache = newCache()
		return true, nil
	case since > millis(s.config.Now().Add(-purgeLate)):
		return false, s.write.exec(lifelong, `UPDATE service_purge SET clean = 1 WHERE service = ?`, service)
	}
	return true, s.write.exec(lifelong, `DELETE FROM service_purge WHERE service = ?`, service)
}
