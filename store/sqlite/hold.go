package sqlite

import (
	"context"
	"database/sql"

	"parley/hub"
)

// HoldService implements hub.HoldTx: nobody else writes to the file.
func (t *tx) HoldService(sid hub.ServiceSID) (*hub.Service, error) { return t.Service(sid) }

// DropRole implements hub.HoldTx.
func (t *tx) DropRole(r *hub.Role) error {
	t.roles[r.SID] = nil
	return t.exec(`DELETE FROM role WHERE sid = ?`, r.SID)
}

// DropUser implements hub.HoldTx.
func (t *tx) DropUser(u *hub.User) error {
	t.users[person{u.Service, u.Identity}] = nil
	if err := t.exec(`DELETE FROM record WHERE scope = ? AND kind = ? AND owner = ? AND owner <> ''`, u.Service, hub.RecordBinding, u.Identity); err != nil {
		return err
	}
	return t.exec(`DELETE FROM user WHERE sid = ?`, u.SID)
}

// Memberless implements hub.HoldTx.
func (t *tx) Memberless(user hub.UserSID) (none bool, err error) {
	err = t.row(lifelong, `SELECT NOT EXISTS (SELECT 1 FROM participant p JOIN head h ON h.conversation = p.conversation
		WHERE p.user = ? AND p.user <> '' AND p.gone = '' AND h.deleted = 0)`, user).Scan(&none)
	return none, err
}

// UserBySID implements hub.DirectoryReader.
func (s *Store) UserBySID(ctx context.Context, service hub.ServiceSID, sid hub.UserSID) (u *hub.User, err error) {
	err = s.reading(ctx, func(q querier) error {
		u, err = absent(scanUser(q.row(ctx, `SELECT `+userColumns+` FROM user WHERE sid = ? AND service = ?`, sid, service).Scan))
		if err == nil && u == nil {
			err = hub.Errorf(hub.CodeUserAbsent, "user not found")
		}
		return err
	})
	return u, err
}

// Role implements hub.DirectoryReader.
func (s *Store) Role(ctx context.Context, service hub.ServiceSID, sid hub.RoleSID) (r *hub.Role, err error) {
	err = s.reading(ctx, func(q querier) error {
		if r, err = findRole(ctx, q, service, sid); err == nil && r == nil {
			err = hub.Errorf(hub.CodeRoleAbsent, "role not found")
		}
		return err
	})
	return r, err
}

// Users implements hub.DirectoryReader.
func (s *Store) Users(ctx context.Context, service hub.ServiceSID, q hub.PageQuery) (*hub.UserPage, error) {
	all, more, err := paged(ctx, s, q.Limit, scanUser,
		`SELECT `+userColumns+` FROM user WHERE service = ? AND sid > ? ORDER BY sid LIMIT ?`, service, q.After)
	page := &hub.UserPage{Users: all}
	if more {
		page.Next = string(all[len(all)-1].SID)
	}
	return page, err
}

// RolePage implements hub.DirectoryReader.
func (s *Store) RolePage(ctx context.Context, service hub.ServiceSID, q hub.PageQuery) (*hub.RolePage, error) {
	all, more, err := paged(ctx, s, q.Limit, scanRole,
		`SELECT `+roleColumns+` FROM role WHERE service = ? AND sid > ? ORDER BY sid LIMIT ?`, service, q.After)
	page := &hub.RolePage{Roles: all}
	if more {
		page.Next = string(all[len(all)-1].SID)
	}
	return page, err
}

// ServicePage implements hub.DirectoryReader.
func (s *Store) ServicePage(ctx context.Context, q hub.PageQuery) (*hub.ServicePage, error) {
	all, more, err := paged(ctx, s, q.Limit, scanService,
		`SELECT `+serviceColumns+` FROM service WHERE deleted = 0 AND sid > ? ORDER BY sid LIMIT ?`, q.After)
	page := &hub.ServicePage{Services: all}
	if more {
		page.Next = string(all[len(all)-1].SID)
	}
	return page, err
}

// paged reads up to so many rows, and whether there are more. The last argument of text is how many to read.
func paged[T any](ctx context.Context, s *Store, limit int, scan func(func(...any) error) (T, error), text string, args ...any) (all []T, more bool, err error) {
	err = s.reading(ctx, func(q querier) error {
		rows, err := q.query(ctx, text, append(args, limit+1)...)
		return each(rows, err, func(r *sql.Rows) error {
			v, err := scan(r.Scan)
			if more = len(all) == limit; !more {
				all = append(all, v)
			}
			return err
		})
	})
	return all, more && len(all) > 0, err
}
