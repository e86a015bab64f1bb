package hub

import "errors"

// AddParticipant makes someone else a participant by identity; the user is made where it is new. Answers
// *Participant.
type AddParticipant struct {
	Conversation ConversationRef
	Identity     string
	Attributes   Attributes
	Role         RoleSID // "" for the one that they are due
	Dates        Dates   // the account's to set
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
	return a.add(cmd)
}

// add is AddParticipant for who may.
func (a *access) add(cmd *AddParticipant) (*Participant, error) {
	t := a.t
	if err := checkIdentity(cmd.Identity, t.limits); err != nil {
		return nil, err
	}
	if err := cmd.Attributes.check(t.limits.MessageAttributes); err != nil {
		return nil, err
	}
	if err := cmd.Dates.check(t.now); err != nil {
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
	p, _, err := a.admit(&Participant{
		Identity: cmd.Identity, Attributes: cmd.Attributes, Role: cmd.Role, DateCreated: cmd.Dates.Created, DateUpdated: cmd.Dates.Updated,
	})
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

	// The account's to set.
	Name, Level string // e-mail only: the name that the participant goes by; to or cc
	Role        RoleSID
	Dates       Dates
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
	return a.bind(cmd)
}

// bind is AddNonChatParticipant for who may.
func (a *access) bind(cmd *AddNonChatParticipant) (*Participant, error) {
	t := a.t
	if err := cmd.check(t.limits); err != nil {
		return nil, err
	}
	binding, err := ParseBinding(cmd.ProxyAddress, cmd.Address, t.limits)
	if err != nil {
		return nil, err
	}
	if err := binding.mail(cmd.Name, cmd.Level, t.limits); err != nil {
		return nil, err
	}
	if err := cmd.Attributes.check(t.limits.MessageAttributes); err != nil {
		return nil, err
	}
	if err := cmd.Dates.check(t.now); err != nil {
		return nil, err
	}
	if err := a.mayGive(cmd.Role); err != nil {
		return nil, err
	}
	if err := a.room(nil); err != nil {
		return nil, err
	}
	p := &Participant{
		Binding: binding, Attributes: cmd.Attributes, Role: cmd.Role, DateCreated: cmd.Dates.Created, DateUpdated: cmd.Dates.Updated,
	}
	return p, paired(a.seat(p))
}

// mail sets what only e-mail has.
func (b *Binding) mail(name, level string, limits *Limits) error {
	if name == "" && level == "" {
		return nil
	}
	if b.Kind != KindEmail {
		return Errorf(CodeInvalidParams, "messaging_binding has name and level for e-mail only")
	}
	if level != "" && level != "to" && level != "cc" {
		return Errorf(CodeInvalidParams, "messaging_binding.level must be to or cc")
	}
	b.Name, b.Level = name, level
	return checkLength(CodeInvalidParams, "messaging_binding.name", name, limits.FriendlyName)
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
