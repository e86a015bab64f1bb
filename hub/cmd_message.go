package hub

import "time"

// SendMessage adds a message. A nonce that its author used before in the conversation answers the message that
// exists, as it is now, whatever the new content says, and brings nothing about. Answers *Message.
type SendMessage struct {
	Conversation ConversationRef
	Author       string // the account's to set; "" is the actor
	Body         string
	Subject      string
	Attributes   Attributes
	ReplyTo      int64 // index, NoIndex for none
	Nonce        string
	Media        []MediaSID // in this order; none is another message's

	// The account's to set.
	Dates            Dates
	ContentSID       string // then Body is ignored
	ContentVariables string // JSON text

	sid MessageSID // given once, so that a second run finds what the first left (rule R9)
}

func (*SendMessage) op() string                  { return "message.send" }
func (cmd *SendMessage) target() ConversationRef { return cmd.Conversation }

func (cmd *SendMessage) run(t *turn) (any, error) {
	c, err := t.Conversation(t.actor.Service, cmd.Conversation)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, ErrAbsent
	}
	// The nonce comes before every check, also for those who have left (rule R9).
	author := cmd.author(t.actor)
	if cmd.Nonce != "" {
		if prior, err := t.MessageByNonce(c.SID, author, cmd.Nonce); err != nil || prior != nil {
			// Whoever sent it may not have come to tell of it.
			sid, revision := c.SID, c.Revision
			t.after = append(t.after, func(h *Hub) { h.look(sid, revision) })
			return prior, err
		}
	}
	a, err := t.enter(c, false)
	if err != nil {
		return nil, err
	}
	if err := a.writable(); err != nil {
		return nil, err
	}
	if err := a.need(PermSendMessage); err != nil {
		return nil, err
	}
	if len(cmd.Media) > 0 {
		if err := a.need(PermSendMediaMessage); err != nil {
			return nil, err
		}
	}
	if err := cmd.check(t); err != nil {
		return nil, err
	}
	if err := cmd.checkReply(c); err != nil {
		return nil, err
	}
	return cmd.append(a, author)
}

func (cmd *SendMessage) author(a Actor) string {
	if a.account() && cmd.Author != "" {
		return cmd.Author
	}
	return a.name()
}

func (cmd *SendMessage) check(t *turn) error {
	limits := t.limits
	if err := checkText("body", cmd.Body); err != nil {
		return err
	}
	if limits.Body > 0 && len(cmd.Body) > limits.Body {
		return Errorf(CodeBodyLong, "body is %d bytes long, at most %d are allowed", len(cmd.Body), limits.Body)
	}
	if err := checkLength(CodeSubjectLong, "subject", cmd.Subject, limits.Subject); err != nil {
		return err
	}
	if err := checkLength(CodeAuthorLong, "author", cmd.Author, limits.Identity); err != nil {
		return err
	}
	if err := checkNonce(cmd.Nonce, limits); err != nil {
		return err
	}
	if err := cmd.Dates.check(t.now); err != nil {
		return err
	}
	if err := cmd.checkContent(limits); err != nil {
		return err
	}
	if limits.MessageMedia > 0 && len(cmd.Media) > limits.MessageMedia {
		return Errorf(CodeMediaCount, "the message has %d media, at most %d are allowed", len(cmd.Media), limits.MessageMedia)
	}
	return cmd.Attributes.check(limits.MessageAttributes)
}

// checkContent holds a content template to its form.
func (cmd *SendMessage) checkContent(limits *Limits) error {
	if cmd.ContentSID != "" && !IsSID(cmd.ContentSID, "HX") {
		return Errorf(CodeContentSID, "content_sid must be a sid: HX and 32 hexadecimal digits")
	}
	if Attributes(cmd.ContentVariables).check(limits.ConversationAttributes) != nil {
		return Errorf(CodeContentVariables, "content_variables must be JSON of at most %d bytes", limits.ConversationAttributes)
	}
	return nil
}

// plain reports whether it is a message as most are, which an engine may take as data.
func (cmd *SendMessage) plain() bool {
	return cmd.Dates == Dates{} && cmd.ContentSID == "" && cmd.ContentVariables == ""
}

// checkReply refuses a reply to what is not there; one to a removed message is allowed, since it may have gone
// while the reply was written.
func (cmd *SendMessage) checkReply(c *Conversation) error {
	if cmd.ReplyTo == NoIndex {
		return nil
	}
	if cmd.ReplyTo < 0 || cmd.ReplyTo > c.LastIndex {
		return Errorf(CodeMessageAbsent, "reply_to names no message of the conversation")
	}
	return nil
}

// draft is the message but for what the conversation gives it.
func (cmd *SendMessage) draft(author string) *Message {
	if cmd.sid == "" {
		cmd.sid = NewMessageSID()
	}
	m := &Message{
		SID: cmd.sid, Author: author, Body: cmd.Body, Subject: cmd.Subject, Attributes: cmd.Attributes,
		ReplyTo: cmd.ReplyTo, Nonce: cmd.Nonce, ContentSID: cmd.ContentSID, ContentVariables: cmd.ContentVariables,
	}
	if m.ContentSID != "" {
		m.Body = ""
	}
	return m
}

// plan is the command as data, nil where it is more than a message. cmd has passed check.
func (cmd *SendMessage) plan(a Actor) *Append {
	if len(cmd.Media) > 0 {
		return nil
	}
	return &Append{
		Service: a.Service, Conversation: cmd.Conversation, Identity: a.Identity, Message: cmd.draft(cmd.author(a)),
	}
}

// append writes the message with the next index and revision.
func (cmd *SendMessage) append(a *access, author string) (*Message, error) {
	t, c := a.t, a.thread
	row := t.stir(c)
	at := t.now
	if at.Before(c.LastTime) {
		at = c.LastTime // rule R15: message times never go back
	}
	m := cmd.draft(author)
	m.Conversation, m.Index = c.SID, c.LastIndex+1
	m.DateCreated, m.DateUpdated = cmd.Dates.of(at)
	if err := a.address(m); err != nil {
		return nil, err
	}
	if err := a.attach(m, cmd.Media); err != nil {
		return nil, err
	}
	t.change(c, &Event{Kind: MessageAdded, Message: m})
	m.Created, m.Changed = c.Revision, c.Revision
	c.LastIndex, c.LastLive = m.Index, m.Index
	c.Messages++
	c.spoke(m.DateCreated, t.now)
	if err := t.PutMessage(m); err != nil {
		return nil, err
	}
	return m, t.put(c, row)
}

// spoke takes in when a message was sent. What comes from elsewhere with its date moves neither the time of the last
// message nor the activity back, nor the former beyond now: those that follow are not to bear a date of the future (rule R15).
func (c *Conversation) spoke(at, now time.Time) {
	if at.After(c.Activity) {
		c.Activity = at
	}
	if at.After(now) && now.After(c.LastTime) {
		at = now
	}
	if at.After(c.LastTime) && !at.After(now) {
		c.LastTime = at
	}
}

// errNoMessage is the answer for a message that never was or is removed.
var errNoMessage = Errorf(CodeMessageAbsent, "message not found")

// message finds one that exists.
func (a *access) message(ref MessageRef) (*Message, error) {
	m, err := a.t.Message(a.thread.SID, ref)
	if err == nil && (m == nil || m.Removed) {
		err = errNoMessage
	}
	return m, err
}

// alter saves a changed message with its event.
func (a *access) alter(m *Message, e *Event) error {
	a.t.change(a.thread, e)
	m.Changed = a.thread.Revision
	if err := a.t.PutMessage(m); err != nil {
		return err
	}
	return a.t.PutHead(a.thread)
}

// RemoveMessage takes a message away for everybody; its index is never used again. Answers nil.
type RemoveMessage struct {
	Conversation ConversationRef
	Message      MessageRef
}

func (*RemoveMessage) op() string                  { return "message.delete" }
func (cmd *RemoveMessage) target() ConversationRef { return cmd.Conversation }

func (cmd *RemoveMessage) run(t *turn) (any, error) {
	a, err := t.write(cmd.Conversation, false)
	if err != nil {
		return nil, err
	}
	m, err := a.message(cmd.Message)
	if err != nil {
		return nil, err
	}
	own := !t.actor.account() && m.Author == t.actor.Identity
	if err := a.needFor(own, PermDeleteOwnMessage, PermDeleteAnyMessage); err != nil {
		return nil, err
	}
	return nil, a.remove(m)
}

// remove leaves a message's tombstone, and tells of it.
func (a *access) remove(m *Message) error {
	t := a.t
	if err := t.discard(m); err != nil {
		return err
	}
	gone := &Message{
		SID: m.SID, Conversation: m.Conversation, Index: m.Index, Author: m.Author, Nonce: m.Nonce,
		ReplyTo: NoIndex, DateCreated: m.DateCreated, DateUpdated: t.now, Created: m.Created, Removed: true,
	}
	e := &Event{Kind: MessageRemoved, Message: gone}
	a.thread.Messages--
	if a.thread.LastLive == m.Index {
		newest, err := t.NewestMessage(a.thread.SID, m.Index-1)
		if err != nil {
			return err
		}
		if a.thread.LastLive = NoIndex; newest != nil {
			a.thread.LastLive = newest.Index
		}
		e.LastChanged, e.Last = true, summary(newest)
	}
	return a.alter(gone, e)
}

// React adds or takes back the actor's reaction to a message. Answers *Message.
type React struct {
	Conversation ConversationRef
	Message      MessageRef
	Reaction     string
	Remove       bool
}

func (cmd *React) op() string {
	if cmd.Remove {
		return "reaction.remove"
	}
	return "reaction.add"
}
func (cmd *React) target() ConversationRef { return cmd.Conversation }

func (cmd *React) run(t *turn) (any, error) {
	a, err := t.write(cmd.Conversation, false)
	if err != nil {
		return nil, err
	}
	if err := a.need(PermSendMessage); err != nil {
		return nil, err
	}
	m, err := a.message(cmd.Message)
	if err != nil {
		return nil, err
	}
	if err := cmd.check(m, t.limits); err != nil {
		return nil, err
	}
	return m, a.react(m, cmd.Reaction, t.actor.name(), !cmd.Remove)
}

// react adds or takes back somebody's reaction, and tells of it where that changes something.
func (a *access) react(m *Message, name, identity string, add bool) error {
	reactions, changed, err := a.t.React(m, name, identity, add)
	if err != nil || !changed {
		return err
	}
	m.Reactions = reactions
	change := &ReactionChange{Name: name, Identity: identity, Added: add}
	for _, r := range reactions {
		if r.Name == name {
			change.Count = r.Count
		}
	}
	return a.alter(m, &Event{Kind: MessageUpdated, Message: m, Reaction: change, Reasons: []string{ReasonReaction}})
}

func (cmd *React) check(m *Message, limits *Limits) error {
	if err := checkText("reaction", cmd.Reaction); err != nil {
		return err
	}
	if cmd.Reaction == "" || limits.Reaction > 0 && len(cmd.Reaction) > limits.Reaction {
		return Errorf(CodeReaction, "reaction must be 1 to %d bytes long", limits.Reaction)
	}
	if cmd.Remove || len(m.Reactions) < MaxReactions {
		return nil
	}
	for _, r := range m.Reactions {
		if r.Name == cmd.Reaction {
			return nil
		}
	}
	return Errorf(CodeReaction, "the message has %d different reactions, which is the most", MaxReactions)
}
