package hub

import "time"

// A User is a person, known to a service by identity. One is made on first connect or first add.
type User struct {
	SID          UserSID
	Service      ServiceSID
	Identity     string // compared exactly, at most Limits.IdentityLength code points
	FriendlyName string // "" reads as null
	Attributes   Attributes
	Role         RoleSID // of type service

	// Barred keeps the user's sessions out and refuses what they ask for, until it is lifted.
	Barred bool

	// Revision rises in the transaction of every beginning or end of a membership, change of role,
	// bar, name or notification level of this user (rule R19). Hubs compare it to find what they missed.
	Revision Revision

	DateCreated time.Time
	DateUpdated time.Time
}

// Reachability is what a hub knows of where a user is. Nil pointers read as null: the service keeps none.
type Reachability struct {
	Online     *bool
	Notifiable *bool
}
