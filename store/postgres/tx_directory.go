package postgres

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// user finds a user and locks it; nil where there is none. It must not be changed.
func (t *tx) user(who person) (found *hub.User, err error) {
	if u, ok := known(t.op.users, t.base.users, who); ok {
		return u, nil
	}
	if err := t.ask(func(b *pgx.Batch) {
		b.Queue(`SELECT 1 FROM users WHERE service = $1 AND identity = $2 FOR UPDATE`, who.service, who.identity)
		list(b, `SELECT `+userColumns+` FROM users u WHERE u.service = $1 AND u.identity = $2`, []any{who.service, who.identity},
			func(row pgx.Row) (err error) {
				found, err = scanUser(row)
				return err
			})
	}); err != nil {
		return nil, err
	}
	t.op.users[who] = found
	return found, nil
}

// User implements hub.UserTx.
func (t *tx) User(service hub.ServiceSID, identity string) (*hub.User, error) {
	u, err := t.user(person{service, identity})
	return copied(u), err
}

// PutUser implements hub.UserTx. One that another hub makes at the same time stands in the way of the insertion: the op runs
// again and finds it.
func (t *tx) PutUser(u *hub.User) error {
	was, err := t.user(person{u.Service, u.Identity})
	if err != nil {
		return err
	}
	saved := *u
	if was == nil {
		t.exec(`INSERT INTO users (sid, service, identity, name, attributes, role, barred, revision, created, updated)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
			u.SID, u.Service, u.Identity, u.FriendlyName, u.Attributes, u.Role, u.Barred, u.Revision, millis(u.DateCreated), millis(u.DateUpdated))
	} else {
		t.one(`UPDATE users SET name = $2, attributes = $3, role = $4, barred = $5, revision = $6, updated = $7 WHERE sid = $1`,
			was.SID, u.FriendlyName, u.Attributes, u.Role, u.Barred, u.Revision, millis(u.DateUpdated))
		saved.SID, saved.DateCreated = was.SID, was.DateCreated // the row keeps what a caller cannot change
	}
	t.op.users[person{u.Service, u.Identity}] = &saved
	return nil
}

// Role implements hub.DirectoryTx.
func (t *tx) Role(service hub.ServiceSID, sid hub.RoleSID) (*hub.Role, error) {
	r, ok := known(t.op.roles, t.base.roles, sid)
	if !ok {
		var err error
		if r, err = find(t, scanRole, `SELECT `+roleColumns+` FROM role r WHERE r.sid = $1`, sid); err != nil {
			return nil, err
		}
		t.op.roles[sid] = r
	}
	if r == nil || r.Service != service {
		return nil, nil
	}
	own := *r
	own.Permissions = slices.Clone(r.Permissions)
	return &own, nil
}

// PutRole implements hub.DirectoryTx.
func (t *tx) PutRole(r *hub.Role) error {
	t.exec(`INSERT INTO role (sid, service, name, type, permissions, created, updated) VALUES ($1,$2,$3,$4,$5,$6,$7)
		ON CONFLICT (sid) DO UPDATE SET name = excluded.name, permissions = excluded.permissions, updated = excluded.updated`,
		r.SID, r.Service, r.FriendlyName, r.Type, permissionsText(r.Permissions), millis(r.DateCreated), millis(r.DateUpdated))
	delete(t.base.roles, r.SID) // the row keeps what a caller cannot change
	delete(t.op.roles, r.SID)
	return nil
}

// Service implements hub.DirectoryTx.
func (t *tx) Service(sid hub.ServiceSID) (*hub.Service, error) {
	v, ok := known(t.op.services, t.base.services, sid)
	if !ok {
		var err error
		if v, err = find(t, scanService, `SELECT `+serviceColumns+` FROM service v WHERE v.sid = $1 AND NOT v.deleted`, sid); err != nil {
			return nil, err
		}
		t.op.services[sid] = v
	}
	return copied(v), nil
}

// PutService implements hub.DirectoryTx.
func (t *tx) PutService(v *hub.Service) error {
	t.exec(`INSERT INTO service (sid, name, user_role, creator_role, member_role, reachability, deleted, created, updated)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9) ON CONFLICT (sid) DO UPDATE SET
		name = excluded.name, user_role = excluded.user_role, creator_role = excluded.creator_role,
		member_role = excluded.member_role, reachability = excluded.reachability, deleted = excluded.deleted,
		updated = excluded.updated`,
		v.SID, v.FriendlyName, v.DefaultUserRole, v.DefaultCreatorRole, v.DefaultMemberRole, v.Reachability, v.Deleted,
		millis(v.DateCreated), millis(v.DateUpdated))
	if v.Deleted {
		t.exec(`INSERT INTO service_purge (service, since, clean) VALUES ($1, $2, false) ON CONFLICT DO NOTHING`, v.SID, millis(t.now))
	}
	delete(t.base.services, v.SID)
	delete(t.op.services, v.SID)
	return nil
}
