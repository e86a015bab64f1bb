package hub

import "context"

// Enter finds the actor's user, made on first sight, as OpenUser does. One who is known is only read: a turn of the
// committer takes three times as long. Who is barred stays out.
func (h *Hub) Enter(ctx context.Context, actor Actor) (*User, error) {
	u, err := h.store.User(ctx, actor.Service, actor.Identity)
	if err == nil && !u.Barred {
		return u, nil
	}
	if err != nil && AsError(err).Code != CodeUserAbsent {
		return nil, reading("user.open", err)
	}
	answer, err := h.Do(ctx, actor, &OpenUser{})
	if err != nil {
		return nil, err
	}
	return answer.(*User), nil
}

// OpenUser finds the actor's user, making one on first sight. Answers *User.
type OpenUser struct{}

func (*OpenUser) op() string              { return "user.open" }
func (*OpenUser) target() ConversationRef { return "" }

func (*OpenUser) run(t *turn) (any, error) {
	u, err := t.user(t.actor.Identity)
	if err == nil && u.Barred {
		err = errBarred
	}
	return u, err
}

// UpdateUser changes what is not nil of a user, by default the actor's own. Answers *User.
type UpdateUser struct {
	Identity     string  // "" is the actor's
	User         UserSID // whom the identity must be of; "": of anybody
	FriendlyName *string
	Attributes   *Attributes
	Role         *RoleSID // the account's to set
}

func (*UpdateUser) op() string              { return "user.update" }
func (*UpdateUser) target() ConversationRef { return "" }
func (cmd *UpdateUser) subject() string     { return cmd.Identity }

func (cmd *UpdateUser) run(t *turn) (any, error) {
	identity := cmd.Identity
	if identity == "" {
		identity = t.actor.Identity
	}
	if err := cmd.permit(t, identity); err != nil {
		return nil, err
	}
	u, err := t.User(t.actor.Service, identity)
	if err != nil {
		return nil, err
	}
	if u == nil || cmd.User != "" && u.SID != cmd.User {
		return nil, errNoUser
	}
	if err := cmd.check(t); err != nil {
		return nil, err
	}
	var reasons []string
	if set(&u.FriendlyName, cmd.FriendlyName) {
		reasons = append(reasons, ReasonFriendlyName)
	}
	if set(&u.Attributes, cmd.Attributes) {
		reasons = append(reasons, ReasonAttributes)
	}
	if set(&u.Role, cmd.Role) {
		reasons = append(reasons, ReasonRole)
	}
	if len(reasons) == 0 {
		return u, nil
	}
	u.Revision++
	u.DateUpdated = t.now
	if err := t.PutUser(u); err != nil {
		return nil, err
	}
	changed := *u
	t.stirred(u)
	t.after = append(t.after, func(h *Hub) { h.userChanged(&changed, reasons...) })
	return u, nil
}

func (cmd *UpdateUser) permit(t *turn, identity string) error {
	if cmd.FriendlyName == nil && cmd.Attributes == nil && cmd.Role == nil {
		return Errorf(CodeNothingToUpdate, "nothing to update was given")
	}
	if cmd.Role != nil && !t.actor.account() {
		return Errorf(CodeForbidden, "only the account gives service roles")
	}
	if !t.actor.account() {
		if err := t.barred(); err != nil {
			return err
		}
	}
	if identity == t.actor.Identity && t.needService(PermEditOwnUserInfo) == nil {
		return nil
	}
	return t.needService(PermEditAnyUserInfo)
}

func (cmd *UpdateUser) check(t *turn) error {
	if cmd.FriendlyName != nil {
		if err := checkLength(CodeServiceNameLong, "friendly_name", *cmd.FriendlyName, t.limits.FriendlyName); err != nil {
			return err
		}
	}
	if err := t.checkRole(cmd.Role, RoleService); err != nil {
		return err
	}
	if cmd.Attributes != nil {
		return cmd.Attributes.check(t.limits.MessageAttributes)
	}
	return nil
}

// BarUser shuts a user out, or lets it in again: its sessions end on every hub, and what it asks for is refused. The
// account's alone. A user that is not known yet is made, so that it never gets in. Answers *User, nil for one
// unknown to whom nothing was barred.
type BarUser struct {
	Identity string
	Lift     bool
}

func (*BarUser) op() string              { return "user.bar" }
func (*BarUser) target() ConversationRef { return "" }
func (cmd *BarUser) subject() string     { return cmd.Identity }

func (cmd *BarUser) run(t *turn) (any, error) {
	if !t.actor.account() {
		return nil, Errorf(CodeForbidden, "only the account bars users")
	}
	u, err := t.User(t.actor.Service, cmd.Identity)
	if err == nil && u == nil && !cmd.Lift {
		u, err = t.user(cmd.Identity)
	}
	if err != nil || u == nil || u.Barred == !cmd.Lift {
		return u, err
	}
	u.Barred, u.DateUpdated = !cmd.Lift, t.now
	u.Revision++
	mark := UserMark{User: u.SID, Revision: u.Revision, Barred: u.Barred}
	t.after = append(t.after, func(h *Hub) { h.markEverywhere(mark) })
	return u, t.PutUser(u)
}
