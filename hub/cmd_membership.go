package hub

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
	p, view, err := a.admit(&Participant{Identity: t.actor.Identity})
	if err != nil {
		return nil, err
	}
	return &Joined{View: view, Participant: p}, nil
}

// admit adds a chat participant; without a role it gets the one that it is due.
func (a *access) admit(p *Participant) (*Participant, *ConversationView, error) {
	t, c := a.t, a.thread
	u, err := t.user(p.Identity)
	if err != nil {
		return nil, nil, err
	}
	if err := a.room(u); err != nil {
		return nil, nil, err
	}
	if p.Role == "" {
		s, err := t.Service(c.Service)
		if err != nil {
			return nil, nil, err
		}
		if p.Role = s.DefaultMemberRole; c.CreatedBy == p.Identity {
			p.Role = s.DefaultCreatorRole
		}
	}
	u.Revision++
	if err := t.PutUser(u); err != nil {
		return nil, nil, err
	}
	p.User = u.SID
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

// seat writes a new participant, with the dates that it has where it has some, and its event.
func (a *access) seat(p *Participant) error {
	t, c := a.t, a.thread
	p.SID, p.Conversation, p.Horizon, p.Notification = NewParticipantSID(), c.SID, NoIndex, NotifyDefault
	p.DateCreated, p.DateUpdated = Dates{p.DateCreated, p.DateUpdated}.of(t.now)
	row := !a.making && t.stir(c)
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
