package hub

import "errors"

// Joined is the answer of JoinConversation.
type Joined struct {
	View        *ConversationView
	Participant *Participant
}

// JoinConversation makes the actor a participant. It admits whoever holds joinConversation and knows the sid or name;
// everybody else sees nothing there. Answers *Joined.
type JoinConversation struct{ Conversation ConversationRef }

func (*JoinConversation) op() string                  { return "conversation.join" }
func (cmd *JoinConversation) target() ConversationRef { return cmd.Conversation }

func (cmd *JoinConversation) run(t *turn) (any, error) {
	c, err := t.Conversation(t.actor.Service, cmd.Conversation)
	if err != nil {
		return nil, err
	}
	if c == nil || t.actor.account() {
		return nil, ErrAbsent
	}
	was, err := t.LastMembership(c.SID, t.actor.Identity)
	if err != nil {
		return nil, err
	}
	creator := c.CreatedBy == t.actor.Identity
	switch {
	case was != nil && was.Gone == "":
		return nil, Errorf(CodeAlreadyIn, "%q is a participant already", t.actor.Identity)
	case was != nil && was.Gone == Removed:
		return nil, ErrAbsent // rule R22: only by being added
	case t.hub.config.PrivateJoin && !creator:
		return nil, ErrAbsent
	case !creator && t.needService(PermJoinConversation) != nil:
		return nil, ErrAbsent
	}
	a := &access{t: t, thread: c}
	if err := a.writable(); err != nil {
		return nil, err
	}
	p, view, err := a.admit(t.actor.Identity, "", "")
	if err != nil {
		return nil, err
	}
	return &Joined{View: view, Participant: p}, nil
}

// admit adds an identity as chat participant; role "" is the one that they are due.
func (a *access) admit(identity string, attributes Attributes, role RoleSID) (*Participant, *ConversationView, error) {
	t, c := a.t, a.thread
	u, err := t.user(identity)
	if err != nil {
		return nil, nil, err
	}
	if err := a.room(u); err != nil {
		return nil, nil, err
	}
	if role == "" {
		s, err := t.Service(c.Service)
		if err != nil {
			return nil, nil, err
		}
		if role = s.DefaultMemberRole; c.CreatedBy == identity {
			role = s.DefaultCreatorRole
		}
	}
	u.Revision++
	if err := t.PutUser(u); err != nil {
		return nil, nil, err
	}
	p := &Participant{User: u.SID, Identity: identity, Attributes: attributes, Role: role}
	if err := a.seat(p); err != nil {
		return nil, nil, err
	}
	t.events[len(t.events)-1].UserRevision = u.Revision
	return a.welcome(p)
}

// room refuses one more participant where a limit is reached.
func (a *access) room(u *User) error {
	limits := a.t.limits
	if limits.Participants > 0 && a.thread.Participants >= int64(limits.Participants) {
		return Errorf(CodeParticipants, "the conversation has %d participants, which is the most", limits.Participants)
	}
	if u == nil {
		if limits.NonChat > 0 && a.thread.NonChat >= int64(limits.NonChat) {
			return Errorf(CodeNonChat, "the conversation has %d non-chat participants, which is the most", limits.NonChat)
		}
		return nil
	}
	n, err := a.t.OpenConversations(u.SID)
	if err == nil && limits.UserConversations > 0 && n >= limits.UserConversations {
		return Errorf(CodeUserConversations, "the user is in %d conversations, which is the most", limits.UserConversations)
	}
	return err
}

// seat writes a new participant and its event.
func (a *access) seat(p *Participant) error {
	t, c := a.t, a.thread
	p.SID, p.Conversation, p.Horizon, p.Notification = NewParticipantSID(), c.SID, NoIndex, NotifyDefault
	p.DateCreated, p.DateUpdated = t.now, t.now
	row := t.stir(c)
	t.change(c, &Event{Kind: ParticipantJoined, Participant: p})
	p.Created, p.Changed = c.Revision, c.Revision
	c.Participants++
	if !p.Chat() {
		c.NonChat++
	}
	if err := t.PutParticipant(p); err != nil {
		return err
	}
	return t.put(c, row)
}

// welcome gives the newcomer's own view, which its sessions are told in place of the event.
func (a *access) welcome(p *Participant) (*Participant, *ConversationView, error) {
	role, err := a.t.Role(a.thread.Service, p.Role)
	if err != nil {
		return nil, nil, err
	}
	theirs := &access{t: a.t, thread: a.thread, own: p, role: role}
	view, err := theirs.view()
	if err != nil {
		return nil, nil, err
	}
	a.t.events[len(a.t.events)-1].View = view
	return p, view, nil
}

// LeaveConversation ends the actor's membership. Answers nil.
type LeaveConversation struct{ Conversation ConversationRef }

func (*LeaveConversation) op() string                  { return "conversation.leave" }
func (cmd *LeaveConversation) target() ConversationRef { return cmd.Conversation }

func (cmd *LeaveConversation) run(t *turn) (any, error) {
	a, err := t.write(cmd.Conversation, false)
	if err != nil {
		return nil, err
	}
	if a.own == nil {
		return nil, ErrAbsent
	}
	if err := a.need(PermLeaveConversation); err != nil {
		return nil, err
	}
	return nil, a.unseat(a.own, Left)
}

// unseat ends a membership.
func (a *access) unseat(p *Participant, why LeaveReason) error {
	t, c := a.t, a.thread
	gone := *p
	e := t.change(c, &Event{Kind: ParticipantLeft, Participant: &gone})
	gone.Gone, gone.Changed, gone.DateUpdated = why, c.Revision, t.now
	c.Participants--
	if !gone.Chat() {
		c.NonChat--
	} else if err := a.stirGone(e); err != nil {
		return err
	}
	if err := t.PutParticipant(&gone); err != nil {
		return err
	}
	return t.PutHead(c)
}

// stirGone raises the revision of the user who is going; the event tells of it.
func (a *access) stirGone(e *Event) error {
	u, err := a.t.user(e.Participant.Identity)
	if err != nil {
		return err
	}
	u.Revision++
	e.UserRevision = u.Revision
	return a.t.PutUser(u)
}

// AddParticipant makes someone else a participant by identity; the user is made where it is new. Answers
// *Participant.
type AddParticipant struct {
	Conversation ConversationRef
	Identity     string
	Attributes   Attributes
	Role         RoleSID // "" for the one that they are due
}

func (*AddParticipant) op() string                  { return "participant.add" }
func (cmd *AddParticipant) target() ConversationRef { return cmd.Conversation }
func (cmd *AddParticipant) subject() string         { return cmd.Identity }

func (cmd *AddParticipant) run(t *turn) (any, error) {
	a, err := t.write(cmd.Conversation, true)
	if err != nil {
		return nil, err
	}
	if err := a.need(PermAddParticipant); err != nil {
		return nil, err
	}
	if err := checkIdentity(cmd.Identity, t.limits); err != nil {
		return nil, err
	}
	if err := cmd.Attributes.check(t.limits.MessageAttributes); err != nil {
		return nil, err
	}
	if err := a.mayGive(cmd.Role); err != nil {
		return nil, err
	}
	if p, err := t.Participant(a.thread.SID, ParticipantRef(cmd.Identity)); err != nil || p != nil {
		if err == nil {
			err = Errorf(CodeAlreadyIn, "%q is a participant already", cmd.Identity)
		}
		return nil, err
	}
	p, _, err := a.admit(cmd.Identity, cmd.Attributes, cmd.Role)
	return p, err
}

// mayGive refuses a role that does not exist, is not for conversations, or grants what the actor does not hold:
// nobody lifts others above oneself.
func (a *access) mayGive(sid RoleSID) error {
	if sid == "" {
		return nil
	}
	role, err := a.t.Role(a.t.actor.Service, sid)
	if err != nil {
		return err
	}
	if role == nil {
		return Errorf(CodeRoleAbsent, "role not found")
	}
	if role.Type != RoleConversation {
		return Errorf(CodeRoleType, "role_sid must name a role of type conversation")
	}
	for _, p := range role.Permissions {
		if err := a.need(p); err != nil {
			return err
		}
	}
	return nil
}

// AddNonChatParticipant adds someone who is reached at an address through a proxy address. Answers *Participant.
type AddNonChatParticipant struct {
	Conversation          ConversationRef
	ProxyAddress, Address string
	Attributes            Attributes
}

func (*AddNonChatParticipant) op() string                  { return "participant.add_non_chat" }
func (cmd *AddNonChatParticipant) target() ConversationRef { return cmd.Conversation }

func (cmd *AddNonChatParticipant) run(t *turn) (any, error) {
	a, err := t.write(cmd.Conversation, true)
	if err != nil {
		return nil, err
	}
	if err := a.need(PermAddNonChatParticipant); err != nil {
		return nil, err
	}
	binding, err := ParseBinding(cmd.ProxyAddress, cmd.Address, t.limits)
	if err != nil {
		return nil, err
	}
	if err := cmd.Attributes.check(t.limits.MessageAttributes); err != nil {
		return nil, err
	}
	if err := a.room(nil); err != nil {
		return nil, err
	}
	p := &Participant{Binding: binding, Attributes: cmd.Attributes}
	return p, paired(a.seat(p))
}

// paired turns a pair that is taken into the answer that callers know. The text is Twilio's, word for
// word: callers read the sid from it.
func paired(err error) error {
	if taken := (*PairTakenError)(nil); errors.As(err, &taken) {
		return Errorf(CodePairTaken,
			"A binding for this participant and proxy address already exists in Conversation %s", taken.Conversation)
	}
	return err
}
