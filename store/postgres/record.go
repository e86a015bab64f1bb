package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// recordQuery is the statement that finds a record by sid or key, and its arguments.
func recordQuery(kind hub.RecordKind, scope string, ref hub.RecordRef) (text string, args []any) {
	sid, key := ref.Split()
	text = `SELECT ` + recordColumns + ` FROM record r WHERE r.scope = $1 AND r.kind = $2 AND `
	if key != "" {
		return text + `r.key = $3 AND r.key <> ''`, []any{scope, kind, key}
	}
	return text + `r.sid = $3`, []any{scope, kind, sid}
}

// Record implements hub.RecordTx.
func (t *tx) Record(kind hub.RecordKind, scope string, ref hub.RecordRef) (*hub.Record, error) {
	text, args := recordQuery(kind, scope, ref)
	return find(t, scanRecord, text+` FOR UPDATE`, args...)
}

// Records implements hub.RecordTx.
func (t *tx) Records(kind hub.RecordKind, scope, owner string, most int) (all []*hub.Record, err error) {
	text, args := `SELECT `+recordColumns+` FROM record r WHERE r.scope = $1 AND r.kind = $2`, []any{scope, kind, most}
	if owner != "" {
		text, args = text+` AND r.owner = $4 AND r.owner <> ''`, append(args, owner)
	}
	err = t.ask(func(b *pgx.Batch) {
		list(b, text+` ORDER BY r.sid LIMIT $3 FOR UPDATE`, args, func(row pgx.Row) error {
			r, err := scanRecord(row)
			all = append(all, r)
			return err
		})
	})
	return all, err
}

// AddRecord implements hub.RecordTx.
func (t *tx) AddRecord(r *hub.Record) error {
	t.exec(`INSERT INTO record (kind, scope, sid, key, owner, label, data, created, updated) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		r.Kind, r.Scope, r.SID, r.Key, r.Owner, r.Label, r.Data, millis(r.DateCreated), millis(r.DateUpdated))
	return nil
}

// PutRecord implements hub.RecordTx.
func (t *tx) PutRecord(r *hub.Record) error {
	t.one(`UPDATE record SET key = $4, owner = $5, label = $6, data = $7, updated = $8 WHERE scope = $1 AND kind = $2 AND sid = $3`,
		r.Scope, r.Kind, r.SID, r.Key, r.Owner, r.Label, r.Data, millis(r.DateUpdated))
	return nil
}

// DropRecord implements hub.RecordTx.
func (t *tx) DropRecord(r *hub.Record) error {
	t.exec(`DELETE FROM record WHERE scope = $1 AND kind = $2 AND sid = $3`, r.Scope, r.Kind, r.SID)
	return nil
}

// Record implements hub.RecordReader.
func (s *Store) Record(ctx context.Context, kind hub.RecordKind, scope string, ref hub.RecordRef) (*hub.Record, error) {
	text, args := recordQuery(kind, scope, ref)
	var found *hub.Record
	err := s.reading(ctx, func(b *pgx.Batch) {
		found = nil
		list(b, text, args, func(row pgx.Row) (err error) {
			found, err = scanRecord(row)
			return err
		})
	})
	return found, err
}

// Records implements hub.RecordReader.
func (s *Store) Records(ctx context.Context, q hub.RecordQuery) (*hub.RecordPage, error) {
	text, args := `SELECT `+recordColumns+` FROM record r WHERE r.scope = $1 AND r.kind = $2 AND r.sid > $3`, []any{q.Scope, q.Kind, q.After}
	among := func(column string, values []string) {
		if len(values) > 0 {
			args = append(args, values)
			text += fmt.Sprintf(` AND %[1]s <> '' AND %[1]s = ANY ($%[2]d::text[])`, column, len(args))
		}
	}
	among("r.owner", q.Owners)
	among("r.label", q.Labels)
	text += fmt.Sprintf(` ORDER BY r.sid LIMIT $%d`, len(args)+1)
	all, more, err := paged(ctx, s, q.Limit, scanRecord, text, args...)
	page := &hub.RecordPage{Records: all}
	if more {
		page.Next = all[len(all)-1].SID
	}
	return page, err
}

// RecordsOf implements hub.RecordReader.
func (s *Store) RecordsOf(ctx context.Context, places ...hub.RecordPlace) (all []*hub.Record, err error) {
	err = s.reading(ctx, func(b *pgx.Batch) {
		all = nil
		for _, p := range places {
			list(b, `SELECT `+recordColumns+` FROM record r WHERE r.scope = $1 AND r.kind = $2 ORDER BY r.sid`, []any{p.Scope, p.Kind}, func(row pgx.Row) error {
				r, err := scanRecord(row)
				all = append(all, r)
				return err
			})
		}
	})
	return all, err
}
