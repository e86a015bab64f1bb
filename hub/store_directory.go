package hub

import "context"

// HoldTx is the part of a transaction that changes services, roles and users as a whole.
type HoldTx interface {
	// HoldService is Service for who changes it or its roles: until the transaction ends nobody else does, and what is
	// read of its roles from now on is as it is then.
	HoldService(sid ServiceSID) (*Service, error)
	// DropRole removes a role. Whoever bears it holds nothing by it any more.
	DropRole(r *Role) error
	// DropUser removes a user, whose bindings go too. It must be in no conversation: see Memberless.
	DropUser(u *User) error
	// Memberless reports whether a user that was read in this transaction is in no conversation, closed ones included.
	Memberless(user UserSID) (bool, error)
}

// DirectoryReader reads lists of the directory, in the order of sids, and single entries by sid. After of its queries,
// and Next of its pages, is the sid of a page's last entry.
type DirectoryReader interface {
	// UserBySID reads one; an unknown one, or another service's, is CodeUserAbsent.
	UserBySID(ctx context.Context, service ServiceSID, sid UserSID) (*User, error)
	Users(ctx context.Context, service ServiceSID, q PageQuery) (*UserPage, error)
	// Role reads one; an unknown one, or another service's, is CodeRoleAbsent.
	Role(ctx context.Context, service ServiceSID, sid RoleSID) (*Role, error)
	RolePage(ctx context.Context, service ServiceSID, q PageQuery) (*RolePage, error)
	ServicePage(ctx context.Context, q PageQuery) (*ServicePage, error)
}

// UserPage is some users, by sid.
type UserPage struct {
	Users []*User
	Next  string
}

// RolePage is some roles, by sid.
type RolePage struct {
	Roles []*Role
	Next  string
}

// ServicePage is some services, by sid.
type ServicePage struct {
	Services []*Service
	Next     string
}
