package hub

import "time"

// A Service is a tenant: it owns users, roles and conversations, and nothing crosses from one to
// another.
type Service struct {
	SID          ServiceSID
	FriendlyName string

	// The roles that newcomers get.
	DefaultUserRole    RoleSID // every new user
	DefaultCreatorRole RoleSID // a conversation's creator when they join it
	DefaultMemberRole  RoleSID // every other participant

	// Reachability tells whether users' is_online is kept; off, as at Twilio, until switched on.
	Reachability bool

	// Deleted makes it a tombstone: nothing of it is found any more, and what is left is purged (rule R5).
	Deleted bool

	DateCreated time.Time
	DateUpdated time.Time
}

// NewService makes a service with its four default roles. All five are saved together.
func NewService(name string, now time.Time) (*Service, []*Role) {
	s := &Service{SID: NewServiceSID(), FriendlyName: name, DateCreated: now, DateUpdated: now}
	admin, user, creator, member := DefaultRoles(s.SID, now)
	s.DefaultUserRole, s.DefaultCreatorRole, s.DefaultMemberRole = user.SID, creator.SID, member.SID
	return s, []*Role{admin, user, creator, member}
}
