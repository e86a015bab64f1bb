package hub

// PutService saves a new service with its roles, or a changed one. The account's alone. Answers *Service.
type PutService struct {
	Service *Service
	Roles   []*Role
}

func (*PutService) op() string              { return "service.put" }
func (*PutService) target() ConversationRef { return "" }

func (cmd *PutService) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	for _, r := range cmd.Roles {
		if err := t.PutRole(r); err != nil {
			return nil, err
		}
	}
	t.altered(cmd.Service.SID)
	return cmd.Service, t.PutService(cmd.Service)
}

// CreateService makes a service with its four default roles. The account's alone. Answers *Service.
type CreateService struct{ FriendlyName string }

func (*CreateService) op() string              { return "service.create" }
func (*CreateService) target() ConversationRef { return "" }

func (cmd *CreateService) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	if cmd.FriendlyName == "" {
		return nil, Errorf(CodeNameMissing, "FriendlyName is missing")
	}
	if err := checkLength(CodeServiceNameLong, "FriendlyName", cmd.FriendlyName, t.limits.FriendlyName); err != nil {
		return nil, err
	}
	s, roles := NewService(cmd.FriendlyName, t.now)
	for _, r := range roles {
		if err := t.PutRole(r); err != nil {
			return nil, err
		}
	}
	t.altered(s.SID)
	return s, t.PutService(s)
}

// UpdateService changes what is not nil of the actor's service. The account's alone. Answers *Service.
type UpdateService struct {
	UserRole, CreatorRole, MemberRole *RoleSID
	Reachability                      *bool
}

func (*UpdateService) op() string              { return "service.update" }
func (*UpdateService) target() ConversationRef { return "" }

func (cmd *UpdateService) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	if cmd.UserRole == nil && cmd.CreatorRole == nil && cmd.MemberRole == nil && cmd.Reachability == nil {
		return nil, errNothing
	}
	s, err := t.holdService()
	if err != nil {
		return nil, err
	}
	for _, r := range []struct {
		sid  *RoleSID
		kind RoleType
	}{{cmd.UserRole, RoleService}, {cmd.CreatorRole, RoleConversation}, {cmd.MemberRole, RoleConversation}} {
		if err := t.checkRole(r.sid, r.kind); err != nil {
			return nil, err
		}
	}
	changed := set(&s.DefaultUserRole, cmd.UserRole)
	changed = set(&s.DefaultCreatorRole, cmd.CreatorRole) || changed
	changed = set(&s.DefaultMemberRole, cmd.MemberRole) || changed
	if changed = set(&s.Reachability, cmd.Reachability) || changed; !changed {
		return s, nil
	}
	s.DateUpdated = t.now
	t.altered(s.SID)
	return s, t.PutService(s)
}

// checkRole refuses a role of the actor's service that is not there, or of another type than it is to be given for.
func (t *turn) checkRole(sid *RoleSID, kind RoleType) error {
	if sid == nil {
		return nil
	}
	r, err := t.Role(t.actor.Service, *sid)
	switch {
	case err != nil:
		return err
	case r == nil && kind == RoleConversation:
		return Errorf(CodeMemberRoleAbsent, "conversation role not found")
	case r == nil:
		return Errorf(CodeRoleAbsent, "role not found")
	case r.Type != kind:
		return Errorf(CodeRoleType, "the role must be of type %s", kind)
	}
	return nil
}

// holdService is the actor's service, which nobody else changes meanwhile.
func (t *turn) holdService() (*Service, error) {
	s, err := t.HoldService(t.actor.Service)
	if err == nil && s == nil {
		err = errNoService
	}
	return s, err
}

var errNoService = Errorf(CodeServiceAbsent, "service not found")

// DeleteService removes the actor's service with all that is in it: nothing of it is found any more, its users' sessions end,
// and what it held is purged bit by bit. The account's alone. Answers nil.
type DeleteService struct {
	Default ServiceSID // of those who name none, where the account has chosen no other
}

func (*DeleteService) op() string              { return "service.delete" }
func (*DeleteService) target() ConversationRef { return "" }

func (cmd *DeleteService) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	r, config, err := t.holdConfiguration() // nobody makes it the default one meanwhile
	if err != nil {
		return nil, err
	}
	s, err := t.holdService()
	if err != nil {
		return nil, err
	}
	if kept := config.DefaultService; s.SID == kept || kept == "" && s.SID == cmd.Default {
		return nil, Errorf(CodeConflict, "the default service cannot be deleted; make another one the default first")
	}
	s.Deleted, s.FriendlyName, s.DateUpdated = true, "", t.now
	t.altered(s.SID)
	t.after = append(t.after, (*Hub).poke)
	if r == nil {
		if err := t.settle(nil, &Record{Kind: RecordConfiguration}, config); err != nil {
			return nil, err
		}
	}
	return nil, t.PutService(s)
}
