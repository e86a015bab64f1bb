package hub

import "time"

// UpdateConversation changes what is not nil. Answers *ConversationView.
type UpdateConversation struct {
	Conversation ConversationRef
	FriendlyName *string
	UniqueName   *string // "" removes it
	Attributes   *Attributes
	State        *State

	// The account's to set.
	Inactive, Closed *time.Duration // timers; 0 is none
	MessagingService *string        // "" removes it
	EmailAddress     *string        // likewise
	EmailName        *string
	Dates            Dates
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
	if err := cmd.check(t, a.thread); err != nil {
		return nil, err
	}
	if reasons := cmd.apply(a.thread, t.now); len(reasons) > 0 {
		if t.arm(a.thread); cmd.timed() || a.thread.State == StateClosed {
			a.thread.Deadline = a.thread.due()
		}
		t.changeThread(a.thread, reasons...)
		if !cmd.Dates.Updated.IsZero() {
			a.thread.DateUpdated = cmd.Dates.Updated
			t.events[len(t.events)-1].Thread.DateUpdated = cmd.Dates.Updated
		}
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
	if cmd.State != nil || cmd.timed() {
		return a.need(PermDeleteConversation)
	}
	return nil
}

// timed reports whether a timer is given.
func (cmd *UpdateConversation) timed() bool { return cmd.Inactive != nil || cmd.Closed != nil }

func (cmd *UpdateConversation) empty() bool {
	return cmd.FriendlyName == nil && cmd.UniqueName == nil && cmd.Attributes == nil && cmd.State == nil && !cmd.timed() &&
		cmd.MessagingService == nil && cmd.EmailAddress == nil && cmd.EmailName == nil && cmd.Dates == Dates{}
}

func (cmd *UpdateConversation) check(t *turn, c *Conversation) error {
	limits := t.limits
	if cmd.empty() {
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
	if err := cmd.checkState(); err != nil {
		return err
	}
	if err := checkOutside(cmd.MessagingService, &EmailBinding{value(cmd.EmailAddress), value(cmd.EmailName)}, limits); err != nil {
		return err
	}
	if err := cmd.Dates.check(t.now); err != nil {
		return err
	}
	if err := cmd.Dates.after(c.DateCreated); err != nil {
		return err
	}
	if cmd.Attributes != nil {
		return cmd.Attributes.check(limits.ConversationAttributes)
	}
	return nil
}

// value is what a pointer points to, the zero value where it is nil.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// checkState holds state and timers to each other: in a closed conversation none runs (Twilio 50382).
func (cmd *UpdateConversation) checkState() error {
	if cmd.State != nil && *cmd.State != StateActive && *cmd.State != StateInactive && *cmd.State != StateClosed {
		return Errorf(CodeState, "state must be active, inactive or closed")
	}
	if cmd.State != nil && *cmd.State == StateClosed && cmd.timed() {
		return Errorf(CodeTimersState, "timers need a state in which they run: active or inactive")
	}
	return Timers{Inactive: value(cmd.Inactive), Closed: value(cmd.Closed)}.check()
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
	inactive, closed := set(&c.Timers.Inactive, cmd.Inactive), set(&c.Timers.Closed, cmd.Closed)
	if inactive || closed {
		reasons = append(reasons, ReasonTimers)
	}
	if set(&c.MessagingService, cmd.MessagingService) {
		reasons = append(reasons, ReasonMessagingService)
	}
	address, name := set(&c.Email.Address, cmd.EmailAddress), set(&c.Email.Name, cmd.EmailName)
	if address || name {
		reasons = append(reasons, ReasonBindings)
	}
	if d := cmd.Dates.Created; !d.IsZero() && set(&c.DateCreated, &d) {
		reasons = append(reasons, ReasonDateCreated)
		if d.After(c.Activity) {
			c.Activity = d
		}
	}
	if d := cmd.Dates.Updated; !d.IsZero() && d != c.DateUpdated {
		reasons = append(reasons, ReasonDateUpdated)
	}
	if set(&c.State, cmd.State) {
		c.StateUpdated, c.Touched = now, now
		reasons = append(reasons, ReasonState)
	}
	return reasons
}
