package hub

import "time"

// EditMessage changes what is not nil. Answers *Message.
type EditMessage struct {
	Conversation ConversationRef
	Message      MessageRef
	Body         *string
	Attributes   *Attributes

	// The account's to set.
	Author  *string
	Subject *string
	Dates   Dates
}

func (*EditMessage) op() string                  { return "message.update" }
func (cmd *EditMessage) target() ConversationRef { return cmd.Conversation }

func (cmd *EditMessage) run(t *turn) (any, error) {
	a, err := t.write(cmd.Conversation, false)
	if err != nil {
		return nil, err
	}
	m, err := a.message(cmd.Message)
	if err != nil {
		return nil, err
	}
	if err := cmd.permit(a, m); err != nil {
		return nil, err
	}
	if err := cmd.check(t, m); err != nil {
		return nil, err
	}
	reasons := cmd.apply(a.thread, m, t.now)
	if len(reasons) == 0 {
		return m, nil
	}
	if by := t.actor.name(); m.LastUpdatedBy != by {
		m.LastUpdatedBy = by
		reasons = append(reasons, ReasonLastUpdatedBy)
	}
	return m, a.alter(m, &Event{Kind: MessageUpdated, Message: m, Reasons: reasons})
}

// apply writes what differs and says what did.
func (cmd *EditMessage) apply(c *Conversation, m *Message, now time.Time) (reasons []string) {
	if set(&m.Body, cmd.Body) {
		reasons = append(reasons, ReasonBody)
	}
	if set(&m.Attributes, cmd.Attributes) {
		reasons = append(reasons, ReasonAttributes)
	}
	if set(&m.Author, cmd.Author) {
		reasons = append(reasons, ReasonAuthor)
	}
	if set(&m.Subject, cmd.Subject) {
		reasons = append(reasons, ReasonSubject)
	}
	if d := cmd.Dates.Created; !d.IsZero() && set(&m.DateCreated, &d) {
		reasons = append(reasons, ReasonDateCreated)
		c.spoke(d, now)
	}
	updated := cmd.Dates.Updated
	if updated.IsZero() && len(reasons) > 0 {
		updated = now
	}
	if !updated.IsZero() && set(&m.DateUpdated, &updated) || len(reasons) > 0 {
		reasons = append(reasons, ReasonDateUpdated)
	}
	return reasons
}

func (cmd *EditMessage) empty() bool {
	return cmd.Body == nil && cmd.Attributes == nil && cmd.Author == nil && cmd.Subject == nil && cmd.Dates == Dates{}
}

func (cmd *EditMessage) permit(a *access, m *Message) error {
	own := !a.t.actor.account() && m.Author == a.t.actor.Identity
	if cmd.empty() {
		return Errorf(CodeNothingToUpdate, "nothing to update was given")
	}
	if !a.t.actor.account() && (cmd.Author != nil || cmd.Subject != nil || cmd.Dates != Dates{}) {
		return Errorf(CodeForbidden, "only the account changes author, subject and dates")
	}
	if cmd.Body != nil {
		if err := a.needFor(own, PermEditOwnMessage, PermEditAnyMessage); err != nil {
			return err
		}
	}
	if cmd.Attributes != nil {
		return a.needFor(own, PermEditOwnMessageAttributes, PermEditAnyMessageAttributes)
	}
	return nil
}

// needFor is need where one's own things take a lesser permission.
func (a *access) needFor(own bool, lesser, greater Permission) error {
	if own {
		return a.need(lesser, greater)
	}
	return a.need(greater)
}

func (cmd *EditMessage) check(t *turn, m *Message) error {
	probe := SendMessage{Author: value(cmd.Author), Subject: value(cmd.Subject), Dates: cmd.Dates}
	if err := cmd.Dates.after(m.DateCreated); err != nil {
		return err
	}
	if cmd.Author != nil && *cmd.Author == "" {
		return Errorf(CodeInvalidParams, "author must not be empty")
	}
	if cmd.Body != nil {
		probe.Body = *cmd.Body
	}
	if cmd.Attributes != nil {
		probe.Attributes = *cmd.Attributes
	}
	return probe.check(t)
}
