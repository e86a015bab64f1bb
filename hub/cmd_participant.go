package hub

import "time"

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

	// The account's to set.
	Dates        Dates
	Read         *int64 // last message read; NoIndex is nothing read
	ReadTime     time.Time
	ProxyAddress *string // cannot change: only what is there may be given; "" removes it
	Identity     *string // likewise
	Notification *NotificationLevel
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
	if err := cmd.check(t, p); err != nil {
		return nil, err
	}
	if err := cmd.read(a, p); err != nil {
		return nil, err
	}
	if cmd.Notification != nil {
		if err := a.notify(p, *cmd.Notification); err != nil {
			return nil, err
		}
	}
	reasons, err := cmd.apply(t, p)
	if err != nil || len(reasons) == 0 {
		return p, err
	}
	t.change(a.thread, &Event{Kind: ParticipantUpdated, Participant: p, Reasons: reasons})
	p.Changed = a.thread.Revision
	if p.DateUpdated = cmd.Dates.Updated; p.DateUpdated.IsZero() {
		p.DateUpdated = t.now
	}
	if err := t.PutParticipant(p); err != nil {
		return nil, err
	}
	return p, t.PutHead(a.thread)
}

// apply writes what differs and says what did.
func (cmd *UpdateParticipant) apply(t *turn, p *Participant) (reasons []string, err error) {
	if set(&p.Attributes, cmd.Attributes) {
		reasons = append(reasons, ReasonAttributes)
	}
	if set(&p.Role, cmd.Role) {
		reasons = append(reasons, ReasonRole)
		if p.Chat() {
			err = t.stirUser(p.Identity)
		}
	}
	if d := cmd.Dates.Created; !d.IsZero() && set(&p.DateCreated, &d) {
		reasons = append(reasons, ReasonDateCreated)
	}
	if d := cmd.Dates.Updated; !d.IsZero() && d != p.DateUpdated {
		reasons = append(reasons, ReasonDateUpdated)
	}
	return reasons, err
}

// read moves the participant's read horizon, which its own sessions are told as if they had (rule R14).
func (cmd *UpdateParticipant) read(a *access, p *Participant) error {
	if cmd.Read == nil && cmd.ReadTime.IsZero() {
		return nil
	}
	to, at := p.Horizon, cmd.ReadTime
	if cmd.Read != nil {
		to = *cmd.Read
	}
	if at.IsZero() {
		at = a.t.now
	}
	if err := a.read(p, to, at); err != nil || !p.Chat() {
		return err
	}
	_, err := a.tellOwn(p)
	return err
}

func (cmd *UpdateParticipant) check(t *turn, p *Participant) error {
	if cmd.Attributes != nil {
		if err := cmd.Attributes.check(t.limits.MessageAttributes); err != nil {
			return err
		}
	}
	if err := cmd.Dates.check(t.now); err != nil {
		return err
	}
	if err := cmd.Dates.after(p.DateCreated); err != nil {
		return err
	}
	if cmd.ReadTime.After(t.now.Add(ahead)) {
		return Errorf(CodeInvalidParams, "last_read_timestamp is in the future")
	}
	if n := cmd.Notification; n != nil && (!p.Chat() || *n != NotifyDefault && *n != NotifyMuted) {
		return Errorf(CodeNotifyLevel, "the notification level of a chat participant is default or muted")
	}
	return cmd.stay(p)
}

// stay refuses what would make somebody another (Twilio 50439 to 50444): such moves are those of group MMS, which is not
// offered.
func (cmd *UpdateParticipant) stay(p *Participant) error {
	if cmd.Identity != nil && *cmd.Identity != p.Identity {
		return Errorf(CodeIdentityFixed, "the identity of a participant cannot be changed")
	}
	switch {
	case cmd.ProxyAddress == nil:
		return nil
	case p.Chat() && *cmd.ProxyAddress != "":
		return Errorf(CodeNoProxy, "a proxy address cannot be added to a participant that has none")
	case p.Chat() || *cmd.ProxyAddress == p.Binding.ProxyAddress:
		return nil
	}
	return Errorf(CodeProxyFixed, "the proxy address of a participant cannot be changed or removed")
}

func (cmd *UpdateParticipant) permit(a *access, p *Participant) error {
	own := UpdateParticipant{Conversation: cmd.Conversation, Participant: cmd.Participant}
	if *cmd == own {
		return Errorf(CodeNothingToUpdate, "nothing to update was given")
	}
	own.Attributes, own.Role = cmd.Attributes, cmd.Role
	if *cmd != own && !a.t.actor.account() {
		return Errorf(CodeForbidden, "only the account changes dates and what others have read")
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
	if !p.Chat() && !a.t.actor.account() {
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
