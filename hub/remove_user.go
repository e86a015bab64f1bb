package hub

import (
	"context"
	"errors"
)

// CreateUser makes a user of the actor's service. The account's alone. Answers *User.
type CreateUser struct {
	Identity     string
	FriendlyName string
	Attributes   Attributes
	Role         RoleSID // "" for the service's default
}

func (*CreateUser) op() string              { return "user.create" }
func (*CreateUser) target() ConversationRef { return "" }
func (cmd *CreateUser) subject() string     { return cmd.Identity }

func (cmd *CreateUser) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	if err := checkIdentity(cmd.Identity, t.limits); err != nil {
		return nil, err
	}
	fields := &UpdateUser{FriendlyName: &cmd.FriendlyName, Attributes: &cmd.Attributes}
	if cmd.Role != "" {
		fields.Role = &cmd.Role
	}
	if err := fields.check(t); err != nil {
		return nil, err
	}
	if u, err := t.User(t.actor.Service, cmd.Identity); err != nil || u != nil {
		if err == nil {
			err = Errorf(CodeUserExists, "User already exists")
		}
		return nil, err
	}
	u, err := t.user(cmd.Identity)
	if err != nil {
		return nil, err
	}
	u.FriendlyName, u.Attributes = cmd.FriendlyName, cmd.Attributes
	set(&u.Role, fields.Role)
	return u, t.PutUser(u)
}

const (
	// leaveAtOnce is how many conversations a user who is deleted leaves at a time: no transaction becomes large.
	leaveAtOnce = 64
	// leaveRounds is how often what a user came into meanwhile is left too.
	leaveRounds = 5
)

// DeleteUser removes a user of the actor's service, by sid or identity: from all conversations, closed ones too, some at a
// time, and at last the user, whose sessions then end. Who connects later as the same identity is a new user. Where it fails
// on the way the user is there, and in fewer conversations.
func (h *Hub) DeleteUser(ctx context.Context, actor Actor, ref string) error {
	u, err := h.FindUser(ctx, actor, ref)
	if err != nil {
		return err
	}
	for range leaveRounds {
		if err := h.leaveAll(ctx, actor, u); err != nil {
			return err
		}
		if _, err = h.Do(ctx, actor, &dropUser{u}); !errors.Is(err, errStillIn) {
			return err
		}
	}
	return err
}

// errStillIn says that a user came into a conversation while leaving others.
var errStillIn = Errorf(CodeUserConflict, "the user is being added to conversations; try again")

// leaveAll takes a user out of all conversations.
func (h *Hub) leaveAll(ctx context.Context, actor Actor, u *User) error {
	_, memberships, err := h.store.Memberships(ctx, u.Service, u.Identity)
	if err != nil {
		return reading("user.delete", err)
	}
	for len(memberships) > 0 {
		some := memberships[:min(leaveAtOnce, len(memberships))]
		memberships = memberships[len(some):]
		outcomes := make(chan error, len(some)) // size: the committer never waits for a caller that gave up
		for _, m := range some {
			h.Submit(actor, &expel{m.Conversation, u}, func(_ any, err error) { outcomes <- err })
		}
		for range some {
			select {
			case err = <-outcomes:
			case <-ctx.Done():
				err = unavailable(ctx.Err())
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// expel ends a user's membership of a conversation, in whatever state that is. Only the hub itself runs it.
type expel struct {
	conversation ConversationSID
	user         *User
}

func (*expel) op() string                  { return "user.leave" }
func (cmd *expel) target() ConversationRef { return ConversationRef(cmd.conversation) }
func (cmd *expel) subject() string         { return cmd.user.Identity }

func (cmd *expel) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	c, err := t.Conversation(t.actor.Service, cmd.target())
	if err != nil || c == nil {
		return nil, err
	}
	p, err := t.Participant(c.SID, ParticipantRef(cmd.user.Identity))
	if err != nil || p == nil || p.User != cmd.user.SID {
		return nil, err
	}
	a := &access{t: t, thread: c}
	return nil, a.unseat(p, Removed)
}

// dropUser removes a user who is in no conversation. Only the hub itself runs it.
type dropUser struct{ user *User }

func (*dropUser) op() string              { return "user.delete" }
func (*dropUser) target() ConversationRef { return "" }
func (cmd *dropUser) subject() string     { return cmd.user.Identity }

func (cmd *dropUser) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	u, err := t.User(t.actor.Service, cmd.user.Identity)
	if err != nil {
		return nil, err
	}
	if u == nil || u.SID != cmd.user.SID {
		return nil, errNoUser
	}
	if none, err := t.Memberless(u.SID); err != nil || !none {
		if err == nil {
			err = errStillIn
		}
		return nil, err
	}
	// As somebody who was barred: nothing is told of who is not there any more.
	mark := UserMark{User: u.SID, Revision: u.Revision + 1, Barred: true}
	t.after = append(t.after, func(h *Hub) {
		h.met.forget(userKey{u.Service, u.Identity})
		h.markEverywhere(mark)
	})
	return nil, t.DropUser(u)
}

var errNoUser = Errorf(CodeUserAbsent, "user not found")
