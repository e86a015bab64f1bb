package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"parley/hub"
)

const userColumns = `sid, service, identity, name, attributes, role, barred, revision, created, updated`

func scanUser(scan func(...any) error) (*hub.User, error) {
	u := &hub.User{}
	return u, scan(&u.SID, &u.Service, &u.Identity, &u.FriendlyName, &u.Attributes, &u.Role, &u.Barred, &u.Revision,
		at(&u.DateCreated), at(&u.DateUpdated))
}

func findUser(ctx context.Context, q querier, service hub.ServiceSID, identity string) (*hub.User, error) {
	return absent(scanUser(q.row(ctx, `SELECT `+userColumns+` FROM user WHERE service = ? AND identity = ?`, service, identity).Scan))
}

// User implements hub.UserTx.
func (t *tx) User(service hub.ServiceSID, identity string) (*hub.User, error) {
	who := person{service, identity}
	u, known := t.users[who]
	if !known && t.cache != nil {
		u, _ = t.cache.users.get(who)
	}
	if u == nil {
		var err error
		if u, err = findUser(lifelong, t, service, identity); err != nil || u == nil {
			return nil, err
		}
		t.users[who] = u
	}
	own := *u
	return &own, nil
}

// PutUser implements hub.UserTx.
func (t *tx) PutUser(u *hub.User) error {
	err := t.exec(`INSERT INTO user (`+userColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (service, identity) DO UPDATE SET name = excluded.name, attributes = excluded.attributes,
		role = excluded.role, barred = excluded.barred, revision = excluded.revision, updated = excluded.updated`,
		u.SID, u.Service, u.Identity, u.FriendlyName, u.Attributes, u.Role, u.Barred, u.Revision, millis(u.DateCreated), millis(u.DateUpdated))
	t.users[person{u.Service, u.Identity}] = nil // the row keeps what a caller cannot change
	return err
}

// User implements hub.UserReader.
func (s *Store) User(ctx context.Context, service hub.ServiceSID, identity string) (u *hub.User, err error) {
	err = s.reading(ctx, func(q querier) error {
		if u, err = findUser(ctx, q, service, identity); err == nil && u == nil {
			err = hub.Errorf(hub.CodeUserAbsent, "user not found")
		}
		return err
	})
	return u, err
}

// UserMarks implements hub.UserReader.
func (s *Store) UserMarks(ctx context.Context, users []hub.UserSID) (marks []hub.UserMark, err error) {
	err = s.reading(ctx, func(q querier) error {
		for _, sid := range users {
			m := hub.UserMark{User: sid}
			switch err := q.row(ctx, `SELECT revision, barred FROM user WHERE sid = ?`, sid).Scan(&m.Revision, &m.Barred); {
			case err == nil:
				marks = append(marks, m)
			case !errors.Is(err, sql.ErrNoRows):
				return err
			}
		}
		return nil
	})
	return marks, err
}

const roleColumns = `sid, service, name, type, permissions, created, updated`

func scanRole(scan func(...any) error) (*hub.Role, error) {
	r := &hub.Role{}
	var permissions string
	err := scan(&r.SID, &r.Service, &r.FriendlyName, &r.Type, &permissions, at(&r.DateCreated), at(&r.DateUpdated))
	for p := range strings.FieldsSeq(permissions) {
		r.Permissions = append(r.Permissions, hub.Permission(p))
	}
	return r, err
}

func findRole(ctx context.Context, q querier, service hub.ServiceSID, sid hub.RoleSID) (*hub.Role, error) {
	r, err := scanRole(q.row(ctx, `SELECT `+roleColumns+` FROM role WHERE sid = ? AND service = ?`, sid, service).Scan)
	return absent(r, err)
}

// Role implements hub.DirectoryTx.
func (t *tx) Role(service hub.ServiceSID, sid hub.RoleSID) (*hub.Role, error) {
	r := t.roles[sid]
	if r == nil && t.cache != nil {
		r, _ = t.cache.roles.get(sid)
	}
	if r == nil {
		var err error
		if r, err = findRole(lifelong, t, service, sid); err != nil || r == nil {
			return nil, err
		}
		t.roles[sid] = r
	}
	if r.Service != service {
		return nil, nil
	}
	own := *r
	own.Permissions = slices.Clone(r.Permissions)
	return &own, nil
}

// PutRole implements hub.DirectoryTx.
func (t *tx) PutRole(r *hub.Role) error {
	words := make([]string, len(r.Permissions))
	for i, p := range r.Permissions {
		words[i] = string(p)
	}
	t.roles[r.SID] = nil
	return t.exec(`INSERT INTO role (`+roleColumns+`) VALUES (?,?,?,?,?,?,?) ON CONFLICT (sid) DO UPDATE SET
		name = excluded.name, permissions = excluded.permissions, updated = excluded.updated`,
		r.SID, r.Service, r.FriendlyName, r.Type, strings.Join(words, " "), millis(r.DateCreated), millis(r.DateUpdated))
}

// Roles implements hub.UserReader.
func (s *Store) Roles(ctx context.Context, service hub.ServiceSID) (all []*hub.Role, err error) {
	err = s.reading(ctx, func(q querier) error {
		rows, err := q.query(ctx, `SELECT `+roleColumns+` FROM role WHERE service = ? ORDER BY type, name, sid`, service)
		return each(rows, err, func(r *sql.Rows) error {
			role, err := scanRole(r.Scan)
			all = append(all, role)
			return err
		})
	})
	return all, err
}

const serviceColumns = `sid, name, user_role, creator_role, member_role, reachability, deleted, created, updated`

func scanService(scan func(...any) error) (*hub.Service, error) {
	v := &hub.Service{}
	return v, scan(&v.SID, &v.FriendlyName, &v.DefaultUserRole, &v.DefaultCreatorRole, &v.DefaultMemberRole, &v.Reachability, &v.Deleted,
		at(&v.DateCreated), at(&v.DateUpdated))
}

// Service implements hub.DirectoryTx.
func (t *tx) Service(sid hub.ServiceSID) (*hub.Service, error) {
	v, err := scanService(t.row(lifelong, `SELECT `+serviceColumns+` FROM service WHERE sid = ? AND deleted = 0`, sid).Scan)
	return absent(v, err)
}

// PutService implements hub.DirectoryTx.
func (t *tx) PutService(v *hub.Service) error {
	err := t.exec(`INSERT INTO service (`+serviceColumns+`) VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (sid) DO UPDATE SET
		name = excluded.name, user_role = excluded.user_role, creator_role = excluded.creator_role,
		member_role = excluded.member_role, reachability = excluded.reachability, deleted = excluded.deleted,
		updated = excluded.updated`,
		v.SID, v.FriendlyName, v.DefaultUserRole, v.DefaultCreatorRole, v.DefaultMemberRole, v.Reachability, v.Deleted,
		millis(v.DateCreated), millis(v.DateUpdated))
	if err != nil || !v.Deleted {
		return err
	}
	return t.exec(`INSERT INTO service_purge (service, since, clean) VALUES (?, ?, 0) ON CONFLICT DO NOTHING`, v.SID, millis(t.now))
}

// Services implements hub.UserReader.
func (s *Store) Services(ctx context.Context) (all []*hub.Service, err error) {
	err = s.reading(ctx, func(q querier) error {
		rows, err := q.query(ctx, `SELECT `+serviceColumns+` FROM service WHERE deleted = 0 ORDER BY created, sid`)
		return each(rows, err, func(r *sql.Rows) error {
			v, err := scanService(r.Scan)
			all = append(all, v)
			return err
		})
	})
	return all, err
}

// Memberships implements hub.UserReader.
func (s *Store) Memberships(ctx context.Context, service hub.ServiceSID, identity string) (u *hub.User, all []hub.Membership, err error) {
	err = s.reading(ctx, func(q querier) error {
		if u, err = findUser(ctx, q, service, identity); err != nil || u == nil {
			return err
		}
		rows, err := q.query(ctx, `SELECT c.sid, h.revision, p.created_rev, c.state FROM participant p
			JOIN conversation c ON c.id = p.conversation JOIN head h ON h.conversation = c.id
			WHERE p.user = ? AND p.user <> '' AND p.gone = '' AND h.deleted = 0`, u.SID)
		return each(rows, err, func(r *sql.Rows) error {
			var m hub.Membership
			err := r.Scan(&m.Conversation, &m.Revision, &m.Created, &m.State)
			all = append(all, m)
			return err
		})
	})
	return u, all, err
}
