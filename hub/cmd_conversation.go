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

	// The account's to set.
	State            State // active or inactive; "" is active
	MessagingService string
	Email            EmailBinding
	Dates            Dates
}

func (*CreateConversation) op() string              { return "conversation.create" }
func (*CreateConversation) target() ConversationRef { return "" }

func (cmd *CreateConversation) run(t *turn) (any, error) {
	if err := t.needService(PermCreateConversation); err != nil {
		return nil, err
	}
	c, err := cmd.conversation(t)
	if err != nil {
		return nil, err
	}
	t.arm(c)
	if err := named(t.PutConversation(c)); err != nil {
		return nil, err
	}
	return &ConversationView{Conversation: c}, nil
}

// conversation is what is to be saved.
func (cmd *CreateConversation) conversation(t *turn) (*Conversation, error) {
	if err := cmd.check(t); err != nil {
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
		CreatedBy: t.actor.name(), Changed: 1, MessagingService: cmd.MessagingService, Email: cmd.Email,
		Head: Head{Revision: 1, LastIndex: NoIndex, LastLive: NoIndex, Touched: t.now},
	}
	c.DateCreated, c.DateUpdated = cmd.Dates.of(t.now)
	c.Activity = c.DateCreated
	if cmd.State == StateInactive {
		c.State, c.StateUpdated = StateInactive, t.now
	}
	return c, nil
}

func (cmd *CreateConversation) check(t *turn) error {
	limits := t.limits
	if err := checkLength(CodeServiceNameLong, "friendly_name", cmd.FriendlyName, limits.FriendlyName); err != nil {
		return err
	}
	if err := checkUniqueName(cmd.UniqueName, limits); err != nil {
		return err
	}
	if err := cmd.Timers.off().check(); err != nil {
		return err
	}
	switch cmd.State {
	case "", StateActive, StateInactive:
	case StateClosed:
		return Errorf(CodeCreateClosed, "a conversation cannot be closed when it is made")
	default:
		return Errorf(CodeState, "state must be active or inactive")
	}
	if err := checkOutside(&cmd.MessagingService, &cmd.Email, limits); err != nil {
		return err
	}
	if err := cmd.Dates.check(t.now); err != nil {
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
