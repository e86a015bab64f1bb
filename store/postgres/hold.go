package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// HoldService implements hub.HoldTx: it locks the row, and forgets what was read before.
func (t *tx) HoldService(sid hub.ServiceSID) (*hub.Service, error) {
	if err := t.ask(func(b *pgx.Batch) { b.Queue(`SELECT 1 FROM service WHERE sid = $1 FOR UPDATE`, sid) }); err != nil {
		return nil, err
	}
	for _, l := range []*layer{t.base, t.op} {
		clear(l.roles)
		delete(l.services, sid)
	}
	return t.Service(sid)
}

// DropRole implements hub.HoldTx.
func (t *tx) DropRole(r *hub.Role) error {
	t.exec(`DELETE FROM role WHERE sid = $1`, r.SID)
	t.op.roles[r.SID] = nil
	return nil
}

// DropUser implements hub.HoldTx.
func (t *tx) DropUser(u *hub.User) error {
	t.exec(`DELETE FROM users WHERE sid = $1`, u.SID)
	t.exec(`DELETE FROM record WHERE scope = $1 AND kind = $2 AND owner = $3 AND owner <> ''`, u.Service, hub.RecordBinding, u.Identity)
	t.op.users[person{u.Service, u.Identity}] = nil
	return nil
}

// Memberless implements hub.HoldTx.
func (t *tx) Memberless(user hub.UserSID) (none bool, err error) {
	err = t.ask(func(b *pgx.Batch) {
		one(b, `SELECT NOT EXISTS (SELECT 1 FROM participant p JOIN head h ON h.conversation = p.conversation
			WHERE p.user_sid = $1 AND p.user_sid <> '' AND p.gone = '' AND NOT h.deleted)`, []any{user}, &none)
	})
	return none, err
}

// UserBySID implements hub.DirectoryReader.
func (s *Store) UserBySID(ctx context.Context, service hub.ServiceSID, sid hub.UserSID) (*hub.User, error) {
	all, _, err := paged(ctx, s, 1, scanUser, `SELECT `+userColumns+` FROM users u WHERE u.sid = $1 AND u.service = $2 LIMIT $3`, sid, service)
	if err != nil || len(all) > 0 {
		return first(all), err
	}
	return nil, hub.Errorf(hub.CodeUserAbsent, "user not found")
}

// Role implements hub.DirectoryReader.
func (s *Store) Role(ctx context.Context, service hub.ServiceSID, sid hub.RoleSID) (*hub.Role, error) {
	all, _, err := paged(ctx, s, 1, scanRole, `SELECT `+roleColumns+` FROM role r WHERE r.sid = $1 AND r.service = $2 LIMIT $3`, sid, service)
	if err != nil || len(all) > 0 {
		return first(all), err
	}
	return nil, hub.Errorf(hub.CodeRoleAbsent, "role not found")
}

// Users implements hub.DirectoryReader.
func (s *Store) Users(ctx context.Context, service hub.ServiceSID, q hub.PageQuery) (*hub.UserPage, error) {
	all, more, err := paged(ctx, s, q.Limit, scanUser,
		`SELECT `+userColumns+` FROM users u WHERE u.service = $1 AND u.sid > $2 ORDER BY u.sid LIMIT $3`, service, q.After)
	page := &hub.UserPage{Users: all}
	if more {
		page.Next = string(all[len(all)-1].SID)
	}
	return page, err
}

// RolePage implements hub.DirectoryReader.
func (s *Store) RolePage(ctx context.Context, service hub.ServiceSID, q hub.PageQuery) (*hub.RolePage, error) {
	all, more, err := paged(ctx, s, q.Limit, scanRole,
		`SELECT `+roleColumns+` FROM role r WHERE r.service = $1 AND r.sid > $2 ORDER BY r.sid LIMIT $3`, service, q.After)
	page := &hub.RolePage{Roles: all}
	if more {
		page.Next = string(all[len(all)-1].SID)
	}
	return page, err
}

// ServicePage implements hub.DirectoryReader.
func (s *Store) ServicePage(ctx context.Context, q hub.PageQuery) (*hub.ServicePage, error) {
	all, more, err := paged(ctx, s, q.Limit, scanService,
		`SELECT `+serviceColumns+` FROM service v WHERE NOT v.deleted AND v.sid > $1 ORDER BY v.sid LIMIT $2`, q.After)
	page := &hub.ServicePage{Services: all}
	if more {
		page.Next = string(all[len(all)-1].SID)
	}
	return page, err
}

// paged reads up to so many rows, and whether there are more. The last argument of text is how many to read.
func paged[T any](ctx context.Context, s *Store, limit int, scan func(pgx.Row) (*T, error), text string, args ...any) (all []*T, more bool, err error) {
	err = s.reading(ctx, func(b *pgx.Batch) {
		all, more = nil, false
		list(b, text, append(args, limit+1), func(row pgx.Row) error {
			v, err := scan(row)
			if more = len(all) == limit; !more {
				all = append(all, v)
			}
			return err
		})
	})
	return all, more && len(all) > 0, err
}

func first[T any](all []*T) *T {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}
