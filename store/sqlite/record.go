package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"parley/hub"
)

const recordColumns = `kind, scope, sid, key, owner, label, data, created, updated`

func scanRecord(scan func(...any) error) (*hub.Record, error) {
	r := &hub.Record{}
	return r, scan(&r.Kind, &r.Scope, &r.SID, &r.Key, &r.Owner, &r.Label, &r.Data, at(&r.DateCreated), at(&r.DateUpdated))
}

func findRecord(ctx context.Context, q querier, kind hub.RecordKind, scope string, ref hub.RecordRef) (*hub.Record, error) {
	sid, key := ref.Split()
	text, by := ` AND sid = ?`, sid
	if key != "" {
		text, by = ` AND key = ? AND key <> ''`, key
	}
	return absent(scanRecord(q.row(ctx, `SELECT `+recordColumns+` FROM record WHERE scope = ? AND kind = ?`+text, scope, kind, by).Scan))
}

// Record implements hub.RecordTx.
func (t *tx) Record(kind hub.RecordKind, scope string, ref hub.RecordRef) (*hub.Record, error) {
	return findRecord(lifelong, t, kind, scope, ref)
}

// Records implements hub.RecordTx.
func (t *tx) Records(kind hub.RecordKind, scope, owner string, most int) (all []*hub.Record, err error) {
	text, args := `SELECT `+recordColumns+` FROM record WHERE scope = ? AND kind = ?`, []any{scope, kind}
	if owner != "" {
		text, args = text+` AND owner = ? AND owner <> ''`, append(args, owner)
	}
	rows, err := t.query(lifelong, text+` ORDER BY sid LIMIT ?`, append(args, most)...)
	err = each(rows, err, func(r *sql.Rows) error {
		record, err := scanRecord(r.Scan)
		all = append(all, record)
		return err
	})
	return all, t.note(err)
}

// AddRecord implements hub.RecordTx.
func (t *tx) AddRecord(r *hub.Record) error {
	return t.exec(`INSERT INTO record (`+recordColumns+`) VALUES (?,?,?,?,?,?,?,?,?)`,
		r.Kind, r.Scope, r.SID, r.Key, r.Owner, r.Label, r.Data, millis(r.DateCreated), millis(r.DateUpdated))
}

// PutRecord implements hub.RecordTx.
func (t *tx) PutRecord(r *hub.Record) error {
	return t.exec(`UPDATE record SET key = ?, owner = ?, label = ?, data = ?, updated = ? WHERE scope = ? AND kind = ? AND sid = ?`,
		r.Key, r.Owner, r.Label, r.Data, millis(r.DateUpdated), r.Scope, r.Kind, r.SID)
}

// DropRecord implements hub.RecordTx.
func (t *tx) DropRecord(r *hub.Record) error {
	return t.exec(`DELETE FROM record WHERE scope = ? AND kind = ? AND sid = ?`, r.Scope, r.Kind, r.SID)
}

// Record implements hub.RecordReader.
func (s *Store) Record(ctx context.Context, kind hub.RecordKind, scope string, ref hub.RecordRef) (r *hub.Record, err error) {
	err = s.reading(ctx, func(q querier) error {
		r, err = findRecord(ctx, q, kind, scope, ref)
		return err
	})
	return r, err
}

// Records implements hub.RecordReader.
func (s *Store) Records(ctx context.Context, q hub.RecordQuery) (*hub.RecordPage, error) {
	text := `SELECT ` + recordColumns + ` FROM record WHERE scope = ? AND kind = ? AND sid > ?`
	args := []any{q.Scope, q.Kind, q.After}
	among := func(column string, values []string) { // as one argument: a statement is kept for each text
		if list, err := json.Marshal(values); err == nil && len(values) > 0 {
			text, args = text+` AND `+column+` <> '' AND `+column+` IN (SELECT value FROM json_each(?))`, append(args, string(list))
		}
	}
	among("owner", q.Owners)
	among("label", q.Labels)
	all, more, err := paged(ctx, s, q.Limit, scanRecord, text+` ORDER BY sid LIMIT ?`, args...)
	page := &hub.RecordPage{Records: all}
	if more {
		page.Next = all[len(all)-1].SID
	}
	return page, err
}

// RecordsOf implements hub.RecordReader.
func (s *Store) RecordsOf(ctx context.Context, places ...hub.RecordPlace) (all []*hub.Record, err error) {
	err = s.reading(ctx, func(q querier) error {
		for _, p := range places {
			rows, err := q.query(ctx, `SELECT `+recordColumns+` FROM record WHERE scope = ? AND kind = ? ORDER BY sid`, p.Scope, p.Kind)
			if err = each(rows, err, func(r *sql.Rows) error {
				record, err := scanRecord(r.Scan)
				all = append(all, record)
				return err
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}
