package hub

import (
	"slices"
	"unicode/utf8"
)

// MaxRoleName is how many code points the name of a role or credential may have (Twilio's figure).
const MaxRoleName = 64

// CreateRole makes a role of the actor's service. The account's alone. Answers *Role.
type CreateRole struct {
	FriendlyName string
	Type         RoleType
	Permissions  []string // of today or of Programmable Chat
}

func (*CreateRole) op() string              { return "role.create" }
func (*CreateRole) target() ConversationRef { return "" }

func (cmd *CreateRole) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	if err := checkLabel(cmd.FriendlyName); err != nil {
		return nil, err
	}
	if cmd.Type != RoleService && cmd.Type != RoleConversation {
		return nil, Errorf(CodeRoleType, "Type must be conversation or service")
	}
	permissions, err := parsePermissions(cmd.Permissions, cmd.Type)
	if err != nil {
		return nil, err
	}
	if _, err := t.holdService(); err != nil {
		return nil, err
	}
	r := &Role{
		SID: NewRoleSID(), Service: t.actor.Service, FriendlyName: cmd.FriendlyName, Type: cmd.Type, Permissions: permissions,
		DateCreated: t.now, DateUpdated: t.now,
	}
	return r, t.PutRole(r)
}

// checkLabel holds the name of a role or credential to its rules.
func checkLabel(name string) error {
	if name == "" {
		return Errorf(CodeNameMissing, "FriendlyName is missing")
	}
	if n := utf8.RuneCountInString(name); n > MaxRoleName {
		return Errorf(CodeServiceNameLong, "FriendlyName has %d characters, at most %d are allowed", n, MaxRoleName)
	}
	return checkText("FriendlyName", name)
}

// parsePermissions reads permissions for a type of role: sorted, without repeats.
func parsePermissions(names []string, kind RoleType) ([]Permission, error) {
	if len(names) == 0 {
		return nil, Errorf(CodePermissionUnknown, "Permission is missing")
	}
	var all []Permission
	for _, name := range names {
		p, err := ParsePermission(name)
		if err != nil {
			return nil, err
		}
		if kind == RoleConversation && (p == PermCreateConversation || p == PermJoinConversation) {
			return nil, Errorf(CodePermissionUnknown, "permission %q is not one of roles of type conversation", name)
		}
		all = append(all, p)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// UpdateRole gives a role of the actor's service other permissions, which count at once wherever it is borne. The account's
// alone. Answers *Role.
type UpdateRole struct {
	Role        RoleSID
	Permissions []string
}

func (*UpdateRole) op() string              { return "role.update" }
func (*UpdateRole) target() ConversationRef { return "" }

func (cmd *UpdateRole) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	_, r, err := t.holdRole(cmd.Role)
	if err != nil {
		return nil, err
	}
	permissions, err := parsePermissions(cmd.Permissions, r.Type)
	if err != nil || slices.Equal(permissions, r.Permissions) {
		return r, err
	}
	r.Permissions, r.DateUpdated = permissions, t.now
	return r, t.PutRole(r)
}

// holdRole is a role of the actor's service, and the service, which nobody else changes meanwhile.
func (t *turn) holdRole(sid RoleSID) (*Service, *Role, error) {
	s, err := t.holdService()
	if err != nil {
		return nil, nil, err
	}
	r, err := t.Role(s.SID, sid)
	if err == nil && r == nil {
		err = errNotFound
	}
	return s, r, err
}

// errNotFound is the answer for something that a command is about and that is not there.
var errNotFound = Errorf(CodeNotFound, "not found")

// DeleteRole removes a role of the actor's service. Whoever bears it holds nothing by it any more. The account's alone.
// Answers nil.
type DeleteRole struct{ Role RoleSID }

func (*DeleteRole) op() string              { return "role.delete" }
func (*DeleteRole) target() ConversationRef { return "" }

func (cmd *DeleteRole) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	s, r, err := t.holdRole(cmd.Role)
	if err != nil {
		return nil, err
	}
	if r.SID == s.DefaultUserRole || r.SID == s.DefaultCreatorRole || r.SID == s.DefaultMemberRole {
		return nil, Errorf(CodeConflict, "a default role of the service cannot be deleted; make another one the default first")
	}
	return nil, t.DropRole(r)
}
