package hub

import (
	"errors"
	"time"
)

// CreateConversation makes a conversation. Its creator is not in it until they join. Answers *ConversationView.
type CreateConversation struct {
	FriendlyName string
	UniqueName   string
	Attributes   Attributes
	Timers       Timers // the account's to set; zero ones are the account's default, NoTimer is none
}

func (*CreateConversation) op() string              { return "conversation.create" }
func (*CreateConversation) target() ConversationRef { return "" }

func (cmd *CreateConversation) run(t *turn) (any, error) {
	if err := t.needService(PermCreateConversation); err != nil {
		return nil, err
	}
	if err := cmd.check(t.limits); err != nil {
		return nil, err
	}
	service, err := t.Service(t.actor.Service)
	if err == nil && service == nil {
		err = errNoService // nothing new is made in one that is being deleted
	}
	if err != nil {
		return nil, err
	}
	timers, err := t.timers(cmd.Timers)
	if err != nil {
		return nil, err
	}
	c := &Conversation{
		SID: NewConversationSID(), Service: t.actor.Service, UniqueName: cmd.UniqueName,
		FriendlyName: cmd.FriendlyName, Attributes: cmd.Attributes, State: StateActive, Timers: timers,
		CreatedBy: t.actor.name(), DateCreated: t.now, DateUpdated: t.now, Changed: 1,
		Head: Head{Revision: 1, LastIndex: NoIndex, LastLive: NoIndex, Activity: t.now, Touched: t.now},
	}
	t.arm(c)
	if err := named(t.PutConversation(c)); err != nil {
		return nil, err
	}
	return &ConversationView{Conversation: c}, nil
}

func (cmd *CreateConversation) check(limits *Limits) error {
	if err := checkLength(CodeServiceNameLong, "friendly_name", cmd.FriendlyName, limits.FriendlyName); err != nil {
		return err
	}
	if err := checkUniqueName(cmd.UniqueName, limits); err != nil {
		return err
	}
	if err := cmd.Timers.off().check(); err != nil {
		return err
	}
	return cmd.Attributes.check(limits.ConversationAttributes)
}

// named turns a name that is taken into the answer that callers know. The text is Twilio's, word for word:
// their wrappers compare it.
func named(err error) error {
	if taken := (*NameTakenError)(nil); errors.As(err, &taken) {
		return Errorf(CodeUniqueNameTaken, "Conversation with provided unique name already exists")
	}
	return err
}

// check holds timers to Twilio's minima (50375, 50376); zero is off.
func (d Timers) check() error {
	if d.Inactive < 0 || d.Inactive > 0 && d.Inactive < time.Minute {
		return Errorf(CodeInactiveTimer, "the inactive timer must be at least 1 minute, or 0 for none")
	}
	if d.Closed < 0 || d.Closed > 0 && d.Closed < 10*time.Minute {
		return Errorf(CodeClosedTimer, "the closed timer must be at least 10 minutes, or 0 for none")
	}
	return nil
}

// UpdateConversation changes what is not nil. Answers *ConversationView.
type UpdateConversation struct {
	Conversation ConversationRef
	FriendlyName *string
	UniqueName   *string // "" removes it
	Attributes   *Attributes
	State        *State
	Timers       *Timers // the account's to set
}

func (*UpdateConversation) op() string                  { return "conversation.update" }
func (cmd *UpdateConversation) target() ConversationRef { return cmd.Conversation }

func (cmd *UpdateConversation) run(t *turn) (any, error) {
	a, err := t.write(cmd.Conversation, true)
	if err != nil {
		return nil, err
	}
	if err := cmd.permit(a); err != nil {
		return nil, err
	}
	if err := cmd.check(t.limits); err != nil {
		return nil, err
	}
	if reasons := cmd.apply(a.thread, t.now); len(reasons) > 0 {
		if t.arm(a.thread); cmd.Timers != nil || a.thread.State == StateClosed {
			a.thread.Deadline = a.thread.due()
		}
		t.changeThread(a.thread, reasons...)
		if err := named(t.PutConversation(a.thread)); err != nil {
			return nil, err
		}
	}
	return a.view()
}

func (cmd *UpdateConversation) permit(a *access) error {
	if cmd.FriendlyName != nil || cmd.UniqueName != nil {
		if err := a.need(PermEditConversationName); err != nil {
			return err
		}
	}
	if cmd.Attributes != nil {
		if err := a.need(PermEditConversationAttributes); err != nil {
			return err
		}
	}
	if cmd.State != nil || cmd.Timers != nil {
		return a.need(PermDeleteConversation)
	}
	return nil
}

func (cmd *UpdateConversation) check(limits *Limits) error {
	if cmd.FriendlyName == nil && cmd.UniqueName == nil && cmd.Attributes == nil && cmd.State == nil && cmd.Timers == nil {
		return Errorf(CodeNothingToUpdate, "nothing to update was given")
	}
	if cmd.FriendlyName != nil {
		if err := checkLength(CodeServiceNameLong, "friendly_name", *cmd.FriendlyName, limits.FriendlyName); err != nil {
			return err
		}
	}
	if cmd.UniqueName != nil {
		if err := checkUniqueName(*cmd.UniqueName, limits); err != nil {
			return err
		}
	}
	if cmd.State != nil && *cmd.State != StateActive && *cmd.State != StateInactive && *cmd.State != StateClosed {
		return Errorf(CodeState, "state must be active, inactive or closed")
	}
	if cmd.Timers != nil {
		if err := cmd.Timers.check(); err != nil {
			return err
		}
	}
	if cmd.Attributes != nil {
		return cmd.Attributes.check(limits.ConversationAttributes)
	}
	return nil
}

// apply writes what differs and says what did.
func (cmd *UpdateConversation) apply(c *Conversation, now time.Time) (reasons []string) {
	if set(&c.FriendlyName, cmd.FriendlyName) {
		reasons = append(reasons, ReasonFriendlyName)
	}
	if set(&c.UniqueName, cmd.UniqueName) {
		reasons = append(reasons, ReasonUniqueName)
	}
	if set(&c.Attributes, cmd.Attributes) {
		reasons = append(reasons, ReasonAttributes)
	}
	if set(&c.Timers, cmd.Timers) {
		reasons = append(reasons, ReasonTimers)
	}
	if set(&c.State, cmd.State) {
		c.StateUpdated, c.Touched = now, now
		reasons = append(reasons, ReasonState)
	}
	return reasons
}

// set writes *value to *field and reports whether that changed it; a nil value leaves it alone.
func set[T comparable](field, value *T) bool {
	if value == nil || *field == *value {
		return false
	}
	*field = *value
	return true
}

// DeleteConversation removes a conversation with all that is in it; a closed one too. Answers nil.
type DeleteConversation struct{ Conversation ConversationRef }

func (*DeleteConversation) op() string                  { return "conversation.delete" }
func (cmd *DeleteConversation) target() ConversationRef { return cmd.Conversation }

func (cmd *DeleteConversation) run(t *turn) (any, error) {
	a, err := t.open(cmd.Conversation, true)
	if err != nil {
		return nil, err
	}
	if err := a.need(PermDeleteConversation); err != nil {
		return nil, err
	}
	t.change(a.thread, &Event{Kind: ConversationDeleted})
	a.thread.Deleted, a.thread.Deadline = true, time.Time{}
	return nil, t.PutConversation(a.thread)
}

// expireTimers moves a conversation on whose deadline has come, re-checked under the lock by the store's
// clock (rule R15). Only the hub itself runs it.
type expireTimers struct{ conversation ConversationSID }

func (*expireTimers) op() string                  { return "timers.expire" }
func (cmd *expireTimers) target() ConversationRef { return ConversationRef(cmd.conversation) }

func (cmd *expireTimers) run(t *turn) (any, error) {
	c, err := t.Conversation(t.actor.Service, cmd.target())
	if err != nil || c == nil {
		return nil, err
	}
	switch {
	case !c.DateClosed().IsZero() && !c.DateClosed().After(t.now):
		c.State = StateClosed
	case !c.DateInactive().IsZero() && !c.DateInactive().After(t.now):
		c.State = StateInactive
	default:
		c.Deadline = c.due()
		return nil, t.PutHead(c)
	}
	c.StateUpdated, c.Deadline = t.now, c.due()
	t.changeThread(c, ReasonState)
	return nil, t.PutConversation(c)
}
