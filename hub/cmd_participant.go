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
