package hub

// errNoParticipant is the answer for a participant who is not in the conversation.
var errNoParticipant = Errorf(CodeParticipantAbsent, "participant not found")

// participant finds one who is in.
func (a *access) participant(ref ParticipantRef) (*Participant, error) {
	p, err := a.t.Participant(a.thread.SID, ref)
	if err == nil && p == nil {
		err = errNoParticipant
	}
	return p, err
}

// mine reports whether a participant is the actor's own.
func (a *access) mine(p *Participant) bool { return a.own != nil && a.own.SID == p.SID }

// UpdateParticipant changes what is not nil. Answers *Participant.
type UpdateParticipant struct {
	Conversation ConversationRef
	Participant  ParticipantRef
	Attributes   *Attributes
	Role         *RoleSID
}

func (*UpdateParticipant) op() string                  { return "participant.update" }
func (cmd *UpdateParticipant) target() ConversationRef { return cmd.Conversation }
func (cmd *UpdateParticipant) subject() string         { return string(cmd.Participant) }

func (cmd *UpdateParticipant) run(t *turn) (any, error) {
	a, err := t.write(cmd.Conversation, false)
	if err != nil {
		return nil, err
	}
	p, err := a.participant(cmd.Participant)
	if err != nil {
		return nil, err
	}
	if err := cmd.permit(a, p); err != nil {
		return nil, err
	}
	if cmd.Attributes != nil {
		if err := cmd.Attributes.check(t.limits.MessageAttributes); err != nil {
			return nil, err
		}
	}
	var reasons []string
	if set(&p.Attributes, cmd.Attributes) {
		reasons = append(reasons, ReasonAttributes)
	}
	if set(&p.Role, cmd.Role) {
		reasons = append(reasons, ReasonRole)
		if err := t.stirUser(p.Identity); err != nil {
			return nil, err
		}
	}
	if len(reasons) == 0 {
		return p, nil
	}
	t.change(a.thread, &Event{Kind: ParticipantUpdated, Participant: p, Reasons: reasons})
	p.Changed, p.DateUpdated = a.thread.Revision, t.now
	if err := t.PutParticipant(p); err != nil {
		return nil, err
	}
	return p, t.PutHead(a.thread)
}

func (cmd *UpdateParticipant) permit(a *access, p *Participant) error {
	if cmd.Attributes == nil && cmd.Role == nil {
		return Errorf(CodeNothingToUpdate, "nothing to update was given")
	}
	if cmd.Attributes != nil {
		needed := []Permission{PermEditAnyParticipantAttributes}
		if a.mine(p) {
			needed = append(needed, PermEditOwnParticipantAttributes)
		}
		if err := a.need(needed...); err != nil {
			return err
		}
	}
	if cmd.Role == nil {
		return nil
	}
	if !p.Chat() {
		return Errorf(CodeRoleType, "a non-chat participant has no role")
	}
	if err := a.need(PermEditAnyParticipantAttributes); err != nil {
		return err
	}
	return a.mayGive(*cmd.Role)
}

// RemoveParticipant ends someone's membership; one's own is left rather than removed. Answers nil.
type RemoveParticipant struct {
	Conversation ConversationRef
	Participant  ParticipantRef
}

func (*RemoveParticipant) op() string                  { return "participant.remove" }
func (cmd *RemoveParticipant) target() ConversationRef { return cmd.Conversation }
func (cmd *RemoveParticipant) subject() string         { return string(cmd.Participant) }

func (cmd *RemoveParticipant) run(t *turn) (any, error) {
	a, err := t.write(cmd.Conversation, false)
	if err != nil {
		return nil, err
	}
	p, err := a.participant(cmd.Participant)
	if err != nil {
		return nil, err
	}
	if a.mine(p) {
		if err := a.need(PermLeaveConversation, PermRemoveParticipant); err != nil {
			return nil, err
		}
		return nil, a.unseat(p, Left)
	}
	if err := a.need(PermRemoveParticipant); err != nil {
		return nil, err
	}
	return nil, a.unseat(p, Removed)
}

// SetNotification mutes or unmutes a conversation for the actor. It is nobody else's business, so it
// raises no revision. Answers nil.
type SetNotification struct {
	Conversation ConversationRef
	Level        NotificationLevel
}

func (*SetNotification) op() string                  { return "conversation.notify" }
func (cmd *SetNotification) target() ConversationRef { return cmd.Conversation }

func (cmd *SetNotification) run(t *turn) (any, error) {
	if cmd.Level != NotifyDefault && cmd.Level != NotifyMuted {
		return nil, Errorf(CodeNotifyLevel, "level must be default or muted")
	}
	a, err := t.write(cmd.Conversation, false)
	if err != nil {
		return nil, err
	}
	if a.own == nil {
		return nil, ErrAbsent
	}
	if err := a.need(PermEditNotificationLevel); err != nil {
		return nil, err
	}
	if a.own.Notification == cmd.Level {
		return nil, nil
	}
	a.own.Notification = cmd.Level
	if err := t.PutParticipant(a.own); err != nil {
		return nil, err
	}
	if err := t.stirUser(a.own.Identity); err != nil {
		return nil, err
	}
	_, err = a.tellOwn()
	return nil, err
}

// SetHorizon moves the actor's read horizon: to an index, or with nil back to nothing read. With Advance it never
// goes back. Answers *ReadState.
type SetHorizon struct {
	Conversation ConversationRef
	Index        *int64
	Advance      bool
}

func (*SetHorizon) op() string                  { return "read.set" }
func (cmd *SetHorizon) target() ConversationRef { return cmd.Conversation }

func (cmd *SetHorizon) run(t *turn) (any, error) {
	a, err := t.write(cmd.Conversation, false)
	if err != nil {
		return nil, err
	}
	if a.own == nil {
		return nil, ErrAbsent
	}
	to := NoIndex
	if cmd.Index != nil {
		if to = *cmd.Index; to < 0 || to > a.thread.LastIndex {
			return nil, Errorf(CodeReadIndex, "index must be that of a message, from 0 to %d, or null", a.thread.LastIndex)
		}
	}
	if cmd.Advance {
		to = max(to, a.own.Horizon)
	}
	if to != a.own.Horizon {
		a.own.Horizon, a.own.HorizonTime = to, t.now
		if err := t.PutHorizon(a.own); err != nil {
			return nil, err
		}
		a.tellHorizon()
	}
	return a.tellOwn()
}

// tellOwn tells all of the actor's sessions how they stand, once durable.
func (a *access) tellOwn() (*ReadState, error) {
	unread, err := a.unread()
	if err != nil {
		return nil, err
	}
	state := &ReadState{LastRead: a.own.Horizon, Unread: unread, Notification: a.own.Notification}
	sid, user := a.thread.SID, a.own.User
	a.t.after = append(a.t.after, func(h *Hub) {
		h.signalUser(user, "own "+string(sid), &Signal{Kind: OwnConversationUpdated, Conversation: sid, Own: state})
	})
	return state, nil
}

// ReadAudience is the most participants of a conversation in which everybody is told how far others have read;
// in larger ones only the mover's own sessions are (rule R26).
const ReadAudience = 100

// tellHorizon tells the room how far the actor has read, once durable.
func (a *access) tellHorizon() {
	move := HorizonMove{Participant: a.own.SID, Identity: a.own.Identity, Index: a.own.Horizon, Time: a.own.HorizonTime}
	sid, user, wide := a.thread.SID, a.own.User, a.thread.Participants <= ReadAudience
	a.t.after = append(a.t.after, func(h *Hub) {
		if wide {
			h.horizonMoved(sid, move)
			h.tellHorizon(sid, move)
			return
		}
		h.signalUser(user, "read "+string(sid), &Signal{Kind: HorizonsMoved, Conversation: sid, Horizons: []HorizonMove{move}})
	})
}
