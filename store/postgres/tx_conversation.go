package postgres

import (
	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// thread finds a conversation by sid, tombstones included; nil where there is none. It must not be changed. One that was not
// locked yet is locked first and read in a statement of its own (rule R6).
func (t *tx) thread(sid hub.ConversationSID) (*hub.Conversation, error) {
	if c, ok := known(t.op.threads, t.base.threads, sid); ok {
		return c, nil
	}
	var found *hub.Conversation
	err := t.ask(func(b *pgx.Batch) {
		b.Queue(`SELECT 1 FROM head WHERE conversation = $1 FOR UPDATE`, sid)
		list(b, `SELECT `+conversationColumns+fromConversation+`WHERE c.sid = $1`, []any{sid}, func(row pgx.Row) (err error) {
			found, err = scanConversation(row)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	t.op.threads[sid] = found
	return found, nil
}

// there is thread for what needs one.
func (t *tx) there(sid hub.ConversationSID) (*hub.Conversation, error) {
	c, err := t.thread(sid)
	if err == nil && c == nil {
		err = hub.ErrAbsent
	}
	return c, err
}

// Conversation implements hub.ConversationTx.
func (t *tx) Conversation(service hub.ServiceSID, ref hub.ConversationRef) (*hub.Conversation, error) {
	sid := ref.SID()
	if sid == "" {
		return t.named(nameKey{service, string(ref)})
	}
	c, err := t.thread(sid)
	if err != nil || c == nil || c.Service != service || c.Deleted {
		return nil, err
	}
	return copied(c), nil
}

// named finds a conversation by its unique name. Between the look-up and the lock the name may go to another: that is
// looked for once more.
func (t *tx) named(key nameKey) (*hub.Conversation, error) {
	for range 3 {
		sid, err := t.holder(key)
		if err != nil || sid == "" {
			return nil, err
		}
		c, err := t.thread(sid)
		if err != nil {
			return nil, err
		}
		if c != nil && c.Service == key.service && c.UniqueName == key.name && !c.Deleted {
			t.op.names[key] = sid
			return copied(c), nil
		}
	}
	return nil, nil
}

// holder is who bears a unique name, "" for nobody.
func (t *tx) holder(key nameKey) (sid hub.ConversationSID, err error) {
	if sid, ok := known(t.op.names, t.base.names, key); ok {
		return sid, nil
	}
	err = t.ask(func(b *pgx.Batch) {
		one(b, `SELECT conversation FROM name WHERE service = $1 AND name = $2`, []any{key.service, key.name}, &sid)
	})
	return sid, err
}

// PutConversation implements hub.ConversationTx.
func (t *tx) PutConversation(c *hub.Conversation) error {
	before, err := t.before(c)
	if err != nil {
		return err
	}
	if c.UniqueName != "" && !c.Deleted {
		holder, err := t.holder(nameKey{c.Service, c.UniqueName})
		if err != nil {
			return err
		}
		if holder != "" && holder != c.SID {
			return &hub.NameTakenError{Conversation: holder}
		}
	}
	t.saveConversation(before, c)
	t.putName(before, c)
	if c.State == hub.StateClosed || c.Deleted {
		t.exec(`DELETE FROM pair WHERE conversation = $1`, c.SID)
	}
	if c.Deleted && (before == nil || !before.Deleted) {
		t.bury(c)
	}
	t.putHead(c)
	return nil
}

// before is the conversation as it is, nil for a new one. That a first revision is a new one need not be asked for: where it
// is not, its row stands in the way and the op runs again alone.
func (t *tx) before(c *hub.Conversation) (*hub.Conversation, error) {
	if _, ok := known(t.op.threads, t.base.threads, c.SID); !ok && c.Revision == 1 && !t.alone {
		return nil, nil
	}
	return t.thread(c.SID)
}

func (t *tx) putName(before, c *hub.Conversation) {
	had, has := "", c.UniqueName
	if before != nil && !before.Deleted {
		had = before.UniqueName
	}
	if c.Deleted {
		has = ""
	}
	if had == has {
		return
	}
	if had != "" {
		t.exec(`DELETE FROM name WHERE service = $1 AND name = $2`, c.Service, had)
		t.op.names[nameKey{c.Service, had}] = ""
	}
	if has != "" {
		t.exec(`INSERT INTO name (service, name, conversation) VALUES ($1, $2, $3)`, c.Service, has, c.SID)
		t.op.names[nameKey{c.Service, has}] = c.SID
	}
}

func (t *tx) saveConversation(before, c *hub.Conversation) {
	saved := *c
	if c.Deleted { // sid, service and head are all that is left (rule R5)
		saved = hub.Conversation{State: c.State, Changed: c.Changed, DateCreated: c.DateCreated, DateUpdated: c.DateUpdated}
	}
	if before == nil {
		t.exec(`INSERT INTO conversation (sid, service, unique_name, friendly_name, attributes, state, state_updated,
			timer_inactive, timer_closed, created_by, created, updated, changed, messaging_service, email_address, email_name)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)`,
			c.SID, c.Service, saved.UniqueName, saved.FriendlyName, saved.Attributes, saved.State, millis(saved.StateUpdated),
			int64(saved.Timers.Inactive), int64(saved.Timers.Closed), saved.CreatedBy, millis(c.DateCreated), millis(saved.DateUpdated), saved.Changed,
			saved.MessagingService, saved.Email.Address, saved.Email.Name)
		t.exec(`INSERT INTO head (conversation, revision, last_index, last_live, last_time, messages, participants, non_chat,
			activity, touched, deadline, deleted) VALUES ($1,0,0,0,0,0,0,0,0,0,0,false)`, c.SID) // what it holds is written with the others'
		return
	}
	t.one(`UPDATE conversation SET unique_name = $2, friendly_name = $3, attributes = $4, state = $5, state_updated = $6,
		timer_inactive = $7, timer_closed = $8, created_by = $9, created = $10, updated = $11, changed = $12, messaging_service = $13,
		email_address = $14, email_name = $15, gone = $16 WHERE sid = $1`,
		c.SID, saved.UniqueName, saved.FriendlyName, saved.Attributes, saved.State, millis(saved.StateUpdated),
		int64(saved.Timers.Inactive), int64(saved.Timers.Closed), saved.CreatedBy, millis(saved.DateCreated),
		millis(saved.DateUpdated), saved.Changed, saved.MessagingService, saved.Email.Address, saved.Email.Name, c.Deleted)
}

// bury ends what is left of a deleted conversation's memberships, raising its members' revisions (rule R19), and leaves its
// content to Purge. The members are locked in the order of their sids.
func (t *tx) bury(c *hub.Conversation) {
	t.exec(`SELECT 1 FROM users WHERE sid IN (SELECT user_sid FROM participant WHERE conversation = $1 AND gone = '' AND user_sid <> '')
		ORDER BY sid FOR UPDATE`, c.SID)
	t.exec(`UPDATE users SET revision = revision + 1 WHERE sid IN
		(SELECT user_sid FROM participant WHERE conversation = $1 AND gone = '' AND user_sid <> '')`, c.SID)
	t.exec(`UPDATE participant SET gone = $2 WHERE conversation = $1 AND gone = ''`, c.SID, hub.Deleted)
	t.exec(`INSERT INTO purge (conversation) VALUES ($1)`, c.SID)
	for _, l := range []*layer{t.base, t.op} { // they are read again when asked for
		clear(l.seats)
		clear(l.users)
	}
}

// PutHead implements hub.ConversationTx.
func (t *tx) PutHead(c *hub.Conversation) error {
	before, err := t.there(c.SID)
	if err != nil {
		return err
	}
	whole := *before
	whole.Head = c.Head
	t.putHead(&whole)
	return nil
}

// putHead remembers a conversation and that its head is to be written.
func (t *tx) putHead(c *hub.Conversation) {
	t.op.threads[c.SID] = copied(c)
	t.op.heads[c.SID] = true
}

// OpenConversations implements hub.ConversationTx.
func (t *tx) OpenConversations(user hub.UserSID) (n int, err error) {
	err = t.ask(func(b *pgx.Batch) {
		one(b, `SELECT count(*) FROM participant p JOIN conversation c ON c.sid = p.conversation
			WHERE p.user_sid = $1 AND p.user_sid <> '' AND p.gone = '' AND c.state <> $2`, []any{user, hub.StateClosed}, &n)
	})
	return n, err
}
