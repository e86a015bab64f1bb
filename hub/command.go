package hub

import (
	"slices"
	"time"
)

// An Actor is who acts. With an empty Identity it is the account itself, which no role binds.
type Actor struct {
	Service  ServiceSID
	Identity string
	// Feed is the session that acts, nil where none does. Writes of one feed to one conversation keep
	// their order (rule R10).
	Feed *Feed
}

func (a Actor) account() bool { return a.Identity == "" }

// name is what the actor's deeds are signed with.
func (a Actor) name() string {
	if a.account() {
		return SystemAuthor
	}
	return a.Identity
}

func (a Actor) viewer() Viewer { return Viewer{Service: a.Service, Identity: a.Identity} }

// SystemAuthor signs what the account does.
const SystemAuthor = "system"

// A Command is one durable change that someone asks for: a struct of its parameters. Its documentation says what
// the answer is. A command must not be changed after it was handed over, nor handed over twice.
type Command interface {
	// op names the command in errors and metrics.
	op() string
	// target is the conversation that it writes to, "" for none.
	target() ConversationRef
	// run decides and writes. It may run again when its transaction had to be rolled back.
	run(t *turn) (any, error)
}

// A turn is one run of a command inside a transaction: all it reads, decides and brings about.
type turn struct {
	Tx
	hub    *Hub
	limits *Limits
	actor  Actor
	now    time.Time

	events []*Event     // to deliver once durable, in order
	first  []func(*Hub) // to be done once durable, before the answer
	after  []func(*Hub) // signals to give once durable
}

// change raises the conversation's revision for one event (rule R1). The caller saves the conversation.
func (t *turn) change(c *Conversation, e *Event) *Event {
	c.Revision++
	e.Service, e.Conversation, e.Revision = c.Service, c.SID, c.Revision
	t.events = append(t.events, e)
	return e
}

// changeThread is change for the conversation's own fields.
func (t *turn) changeThread(c *Conversation, reasons ...string) {
	e := t.change(c, &Event{Kind: ConversationUpdated, Reasons: reasons})
	c.Changed, c.DateUpdated = c.Revision, t.now
	thread := *c
	e.Thread = &thread
}

// stir notes a new message or participant: the timers begin anew and an inactive conversation wakes up. It
// reports whether the conversation's own fields changed, so that its row must be saved, not the head alone.
func (t *turn) stir(c *Conversation) (row bool) {
	c.Touched = t.now
	if c.State != StateInactive {
		if c.due().Before(c.Deadline) { // the store's clock was set back: the deadline would be late
			t.arm(c)
		}
		return false
	}
	c.State, c.StateUpdated = StateActive, t.now
	t.arm(c)
	t.changeThread(c, ReasonState)
	return true
}

// arm sets the deadline at which the timers are looked at. An earlier one stays: deadlines are armed lazily,
// and re-armed when found early (rule R15).
func (t *turn) arm(c *Conversation) {
	if due := c.due(); due.IsZero() || c.Deadline.IsZero() || due.Before(c.Deadline) {
		c.Deadline = due
		t.after = append(t.after, (*Hub).rearm)
	}
}

func (t *turn) put(c *Conversation, row bool) error {
	if !row {
		return t.PutHead(c)
	}
	return t.PutConversation(c)
}

// access is what the actor may do in a conversation.
type access struct {
	t       *turn
	thread  *Conversation
	own     *Participant // nil for the account and for a creator who never joined
	creator bool         // who never joined: may manage, not send or read
	role    *Role        // of own
	user    *Role        // service role; loaded when first needed
	making  bool         // the conversation is being made: nobody comes later
}

// open finds the conversation and what the actor is in it. For everybody outside it is absent, but for its creator
// who never joined where a command admits those.
func (t *turn) open(ref ConversationRef, admitCreator bool) (*access, error) {
	c, err := t.Conversation(t.actor.Service, ref)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, ErrAbsent
	}
	return t.enter(c, admitCreator)
}

func (t *turn) enter(c *Conversation, admitCreator bool) (*access, error) {
	a := &access{t: t, thread: c}
	if t.actor.account() {
		return a, nil
	}
	if err := t.barred(); err != nil {
		return nil, err
	}
	own, err := t.Participant(c.SID, ParticipantRef(t.actor.Identity))
	if err != nil {
		return nil, err
	}
	if own == nil {
		if !admitCreator || c.CreatedBy != t.actor.Identity {
			return nil, ErrAbsent
		}
		was, err := t.LastMembership(c.SID, t.actor.Identity)
		if err != nil {
			return nil, err
		}
		if was != nil {
			return nil, ErrAbsent
		}
		a.creator = true
		return a, nil
	}
	a.own = own
	a.role, err = t.Role(t.actor.Service, own.Role)
	return a, err
}

// barred refuses a user who was shut out.
func (t *turn) barred() error {
	u, err := t.User(t.actor.Service, t.actor.Identity)
	if err == nil && u != nil && u.Barred {
		err = errBarred
	}
	return err
}

var errBarred = Errorf(CodeBarred, "this user is barred")

// write is open for a command that changes the conversation: a closed one refuses.
func (t *turn) write(ref ConversationRef, admitCreator bool) (*access, error) {
	a, err := t.open(ref, admitCreator)
	if err != nil {
		return nil, err
	}
	return a, a.writable()
}

func (a *access) writable() error {
	if a.thread.State == StateClosed {
		return Errorf(CodeClosed, "the conversation is closed and cannot be changed")
	}
	return nil
}

// has reports whether the actor holds a permission here, by either role (a union).
func (a *access) has(p Permission) (bool, error) {
	switch {
	case a.t.actor.account():
		return true, nil
	case a.creator && slices.Contains(conversationPermissions, p):
		return true, nil
	case a.role.Has(p):
		return true, nil
	}
	var err error
	if a.user == nil {
		a.user, err = a.t.serviceRole()
	}
	return a.user.Has(p), err
}

// need refuses an actor who lacks all of the given permissions; holding one is enough.
func (a *access) need(either ...Permission) error {
	for _, p := range either {
		if ok, err := a.has(p); ok || err != nil {
			return err
		}
	}
	return Errorf(CodeForbidden, "this needs the permission %s", either[0])
}

// serviceRole is the role of the acting user, nil for one who has none yet.
func (t *turn) serviceRole() (*Role, error) {
	u, err := t.User(t.actor.Service, t.actor.Identity)
	if err != nil || u == nil {
		return nil, err
	}
	return t.Role(t.actor.Service, u.Role)
}

// needService is need for commands outside any conversation.
func (t *turn) needService(p Permission) error {
	if t.actor.account() {
		return nil
	}
	role, err := t.serviceRole()
	if err != nil {
		return err
	}
	if !role.Has(p) {
		return Errorf(CodeForbidden, "this needs the permission %s", p)
	}
	return nil
}

// user finds the user of an identity, making one on first sight.
func (t *turn) user(identity string) (*User, error) {
	u, err := t.User(t.actor.Service, identity)
	if err != nil || u != nil {
		return u, err
	}
	if err := checkIdentity(identity, t.limits); err != nil {
		return nil, err
	}
	s, err := t.Service(t.actor.Service)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, errNoService
	}
	u = &User{
		SID: NewUserSID(), Service: s.SID, Identity: identity, Role: s.DefaultUserRole,
		DateCreated: t.now, DateUpdated: t.now,
	}
	return u, t.PutUser(u)
}

// stirUser raises a user's revision (rule R19).
func (t *turn) stirUser(identity string) error {
	u, err := t.user(identity)
	if err != nil {
		return err
	}
	u.Revision++
	t.stirred(u)
	return t.PutUser(u)
}

// stirred tells all hubs that a user changed, once durable.
func (t *turn) stirred(u *User) {
	user, revision := u.SID, u.Revision
	t.after = append(t.after, func(h *Hub) {
		h.stir(user, revision)
		h.tell(string(user), &packet{kind: packetUser, user: user, userRevision: revision})
	})
}

// view is the conversation as a participant sees it; own is nil for the account and an outside creator.
func (a *access) view() (*ConversationView, error) {
	thread := *a.thread
	v := &ConversationView{Conversation: &thread, Own: a.own}
	last, err := a.t.NewestMessage(thread.SID, thread.LastIndex)
	if err != nil {
		return nil, err
	}
	if v.Last = summary(last); a.own == nil {
		return v, nil
	}
	if v.Unread, err = a.unread(a.own); err != nil {
		return nil, err
	}
	return v, a.grant(v)
}

// grant fills in the permissions of a view.
func (a *access) grant(v *ConversationView) error {
	u, err := a.t.User(a.thread.Service, a.own.Identity)
	if err != nil || u == nil {
		return err
	}
	service, err := a.t.Role(a.thread.Service, u.Role)
	if err != nil {
		return err
	}
	v.Permissions = UnionOf(service, a.role)
	return nil
}

// unread counts existing messages above somebody's horizon, nil where none was set (rule R13).
func (a *access) unread(p *Participant) (*int64, error) {
	if p.Horizon == NoIndex {
		return nil, nil
	}
	removed, err := a.t.Removals(a.thread.SID, p.Horizon)
	if err != nil {
		return nil, err
	}
	n := a.thread.LastIndex - p.Horizon - removed
	return &n, nil
}

// UnionOf is the permissions of a service and a conversation role together, sorted. Either may be nil.
func UnionOf(service, conversation *Role) []Permission {
	var all []Permission
	for _, r := range []*Role{service, conversation} {
		if r != nil {
			all = append(all, r.Permissions...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
