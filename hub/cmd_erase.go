package hub

// eraseStep erases an identity from a part of a conversation, whatever state that is in. Only the hub itself runs it. Answers
// *erasing as it is after that, nil where the conversation is not there any more.
type eraseStep struct{ erasing }

func (*eraseStep) op() string                  { return "erase" }
func (cmd *eraseStep) target() ConversationRef { return ConversationRef(cmd.conversation) }
func (cmd *eraseStep) subject() string         { return cmd.identity }

func (cmd *eraseStep) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	c, err := t.Conversation(t.actor.Service, cmd.target())
	if err != nil || c == nil {
		return nil, err
	}
	a, then := &access{t: t, thread: c}, cmd.erasing
	q := TraceQuery{Identity: then.identity, From: then.from, To: min(then.from+eraseRange, c.LastIndex+1), Limit: eraseMost}
	if then.from == 0 {
		if err := a.forgetMember(then.identity); err != nil {
			return nil, err
		}
	}
	left, err := t.Traces(c.SID, q)
	if err != nil {
		return nil, err
	}
	if n := len(left.Messages); n == eraseMost {
		q.To = left.Messages[n-1].Index + 1
	}
	if err := a.retract(left, q); err != nil {
		return nil, err
	}
	then.found = then.found || len(left.Messages) > 0
	then.from, then.done = q.To, q.To > c.LastIndex
	return &then, t.Forget(c.SID, q)
}

// retract takes back what somebody said and reacted.
func (a *access) retract(left *Traces, q TraceQuery) error {
	for _, m := range left.Messages {
		if err := a.remove(m); err != nil {
			return err
		}
	}
	for _, r := range left.Reactions {
		if r.Index >= q.To {
			return nil
		}
		m, err := a.t.Message(a.thread.SID, MessageRef{Index: r.Index})
		if err != nil {
			return err
		}
		if m == nil || m.Removed {
			continue
		}
		if err := a.react(m, r.Name, q.Identity, false); err != nil {
			return err
		}
	}
	return nil
}

// forgetMember ends somebody's membership, as a removal does, and forgets that it was, and who made the conversation.
func (a *access) forgetMember(identity string) error {
	t, c := a.t, a.thread
	p, err := t.Participant(c.SID, ParticipantRef(identity))
	if err == nil && p != nil && p.Identity == identity { // a sid names somebody else
		err = a.unseat(p, Removed)
	}
	if err == nil && c.CreatedBy == identity {
		c.CreatedBy = SystemAuthor
		err = t.PutConversation(c)
	}
	if err != nil {
		return err
	}
	return t.ForgetMember(c.SID, identity)
}

// forgetFiles is for what an identity uploaded. Only the hub itself runs it.
type forgetFiles struct{ identity string }

func (*forgetFiles) op() string              { return "erase" }
func (*forgetFiles) target() ConversationRef { return "" }

func (cmd *forgetFiles) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	return nil, t.ForgetFiles(t.actor.Service, cmd.identity)
}
