package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"parley/hub"
)

const conversationColumns = `c.id, c.sid, c.service, c.unique_name, c.friendly_name, c.attributes, c.state, c.state_updated,
	c.timer_inactive, c.timer_closed, c.created_by, c.created, c.updated, c.changed,
	h.revision, h.last_index, h.last_live, h.last_time, h.messages, h.participants, h.non_chat, h.activity, h.touched,
	h.deadline, h.deleted, c.messaging_service, c.email_address, c.email_name`

const fromConversation = ` FROM conversation c JOIN head h ON h.conversation = c.id `

// fields are where a conversation's columns go.
func (l *loaded) fields() []any {
	c := &l.c
	return []any{
		&l.id, &c.SID, &c.Service, &c.UniqueName, &c.FriendlyName, &c.Attributes, &c.State, at(&c.StateUpdated),
		(*int64)(&c.Timers.Inactive), (*int64)(&c.Timers.Closed), &c.CreatedBy, at(&c.DateCreated), at(&c.DateUpdated), &c.Changed,
		&c.Revision, &c.LastIndex, &c.LastLive, at(&c.LastTime), &c.Messages, &c.Participants, &c.NonChat,
		at(&c.Activity), at(&c.Touched), at(&c.Deadline), &c.Deleted, &c.MessagingService, &c.Email.Address, &c.Email.Name,
	}
}

// find reads a conversation by sid or unique name; nil where it is absent or a tombstone.
func find(ctx context.Context, q querier, service hub.ServiceSID, ref hub.ConversationRef) (*loaded, error) {
	l := &loaded{}
	var row scanner
	if sid := ref.SID(); sid != "" {
		row = q.row(ctx, threadBySID, sid)
	} else {
		row = q.row(ctx, `SELECT `+conversationColumns+fromConversation+
			`WHERE c.id = (SELECT conversation FROM name WHERE service = ? AND name = ?)`, service, string(ref))
	}
	if found, err := absent(l, row.Scan(l.fields()...)); err != nil || found == nil {
		return nil, err
	}
	if l.c.Service != service || l.c.Deleted {
		return nil, nil
	}
	return l, nil
}

const threadBySID = `SELECT ` + conversationColumns + fromConversation + `WHERE c.sid = ?`

// thread finds a conversation by sid, tombstones included; nil where there is none. It must not be changed.
func (t *tx) thread(sid hub.ConversationSID) (*loaded, error) {
	if l := t.threads[sid]; l != nil {
		return l, nil
	}
	if t.cache != nil {
		if l, ok := t.cache.threads.get(sid); ok {
			return l, nil
		}
	}
	l := &loaded{}
	l, err := absent(l, t.row(lifelong, threadBySID, sid).Scan(l.fields()...))
	if l != nil {
		t.threads[sid] = l
	}
	return l, err
}

// id is the key of a conversation.
func (t *tx) id(sid hub.ConversationSID) (int64, error) {
	l, err := t.thread(sid)
	if err != nil {
		return 0, err
	}
	if l == nil {
		return 0, hub.ErrAbsent
	}
	return l.id, nil
}

// Conversation implements hub.ConversationTx.
func (t *tx) Conversation(service hub.ServiceSID, ref hub.ConversationRef) (*hub.Conversation, error) {
	sid := ref.SID()
	if sid == "" {
		found, err := absent(&sid, t.row(lifelong, `SELECT c.sid FROM name n JOIN conversation c ON c.id = n.conversation
			WHERE n.service = ? AND n.name = ?`, service, string(ref)).Scan(&sid))
		if err != nil || found == nil {
			return nil, err
		}
	}
	l, err := t.thread(sid)
	if err != nil || l == nil || l.c.Service != service || l.c.Deleted {
		return nil, err
	}
	c := l.c
	return &c, nil
}

// PutConversation implements hub.ConversationTx.
func (t *tx) PutConversation(c *hub.Conversation) error {
	before, err := t.thread(c.SID)
	if err != nil {
		return err
	}
	var id int64
	if before != nil {
		id = before.id
	}
	if err := t.checkName(id, c); err != nil {
		return err
	}
	if before == nil {
		id, err = t.insertConversation(c)
	} else {
		err = t.updateConversation(id, c)
	}
	if err != nil {
		return err
	}
	if err := t.putName(before, id, c); err != nil {
		return err
	}
	if c.State == hub.StateClosed || c.Deleted {
		if err := t.exec(`DELETE FROM pair WHERE conversation = ?`, id); err != nil {
			return err
		}
	}
	if c.Deleted && (before == nil || !before.c.Deleted) {
		if err := t.bury(id, c); err != nil {
			return err
		}
	}
	return t.putHead(id, c)
}

func (t *tx) checkName(id int64, c *hub.Conversation) error {
	if c.UniqueName == "" || c.Deleted {
		return nil
	}
	var other int64
	var sid hub.ConversationSID
	err := t.row(lifelong, `SELECT n.conversation, c.sid FROM name n JOIN conversation c ON c.id = n.conversation
		WHERE n.service = ? AND n.name = ?`, c.Service, c.UniqueName).Scan(&other, &sid)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err == nil && other != id:
		return &hub.NameTakenError{Conversation: sid}
	}
	return err
}

func (t *tx) putName(before *loaded, id int64, c *hub.Conversation) error {
	had, has := "", c.UniqueName
	if before != nil && !before.c.Deleted {
		had = before.c.UniqueName
	}
	if c.Deleted {
		has = ""
	}
	if had == has {
		return nil
	}
	if had != "" {
		if err := t.exec(`DELETE FROM name WHERE service = ? AND name = ?`, c.Service, had); err != nil {
			return err
		}
	}
	if has == "" {
		return nil
	}
	return t.exec(`INSERT INTO name (service, name, conversation) VALUES (?, ?, ?)`, c.Service, has, id)
}

func (t *tx) updateConversation(id int64, c *hub.Conversation) error {
	saved := *c
	if c.Deleted { // sid, service and head are all that is left (rule R5)
		saved = hub.Conversation{State: c.State, Changed: c.Changed, DateCreated: c.DateCreated, DateUpdated: c.DateUpdated}
	}
	return t.exec(`UPDATE conversation SET unique_name = ?, friendly_name = ?, attributes = ?, state = ?, state_updated = ?,
		timer_inactive = ?, timer_closed = ?, created_by = ?, created = ?, updated = ?, changed = ?, messaging_service = ?,
		email_address = ?, email_name = ?, gone = ? WHERE id = ?`,
		saved.UniqueName, saved.FriendlyName, saved.Attributes, saved.State, millis(saved.StateUpdated),
		int64(saved.Timers.Inactive), int64(saved.Timers.Closed), saved.CreatedBy, millis(saved.DateCreated),
		millis(saved.DateUpdated), saved.Changed, saved.MessagingService, saved.Email.Address, saved.Email.Name, c.Deleted, id)
}

func (t *tx) insertConversation(c *hub.Conversation) (id int64, err error) {
	err = t.exec(`INSERT INTO conversation (sid, service, unique_name, friendly_name, attributes, state, state_updated,
		timer_inactive, timer_closed, created_by, created, updated, changed, messaging_service, email_address, email_name)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		c.SID, c.Service, c.UniqueName, c.FriendlyName, c.Attributes, c.State, millis(c.StateUpdated),
		int64(c.Timers.Inactive), int64(c.Timers.Closed), c.CreatedBy, millis(c.DateCreated), millis(c.DateUpdated), c.Changed,
		c.MessagingService, c.Email.Address, c.Email.Name)
	if err != nil {
		return 0, err
	}
	err = t.row(lifelong, `SELECT id FROM conversation WHERE sid = ?`, c.SID).Scan(&id)
	return id, err
}

// bury ends what is left of a deleted conversation's memberships, raising its members' revisions (rule R19), and leaves its
// content to Purge.
func (t *tx) bury(id int64, c *hub.Conversation) error {
	rows, err := t.query(lifelong, `SELECT identity FROM participant WHERE conversation = ? AND gone = '' AND identity <> ''`, id)
	err = each(rows, err, func(r *sql.Rows) error {
		var identity string
		if err := r.Scan(&identity); err != nil {
			return err
		}
		t.seats[seat{c.SID, identity}] = nil
		t.users[person{c.Service, identity}] = nil
		return nil
	})
	if err != nil {
		return t.note(err)
	}
	if err := t.exec(`UPDATE user SET revision = revision + 1 WHERE sid IN
		(SELECT user FROM participant WHERE conversation = ? AND gone = '' AND user <> '')`, id); err != nil {
		return err
	}
	if err := t.exec(`UPDATE participant SET gone = ? WHERE conversation = ? AND gone = ''`, hub.Deleted, id); err != nil {
		return err
	}
	return t.exec(`INSERT INTO purge (conversation) VALUES (?)`, id)
}

// PutHead implements hub.ConversationTx.
func (t *tx) PutHead(c *hub.Conversation) error {
	before, err := t.thread(c.SID)
	if err != nil {
		return err
	}
	if before == nil {
		return hub.ErrAbsent
	}
	if err := t.writing(); err != nil {
		return err
	}
	if l := t.threads[c.SID]; l != nil { // the transaction's own
		l.c.Head = c.Head
		t.heads[l.id] = &l.c.Head
		return nil
	}
	whole := before.c
	whole.Head = c.Head
	return t.putHead(before.id, &whole)
}

// putHead remembers a conversation and that its head is to be written.
func (t *tx) putHead(id int64, c *hub.Conversation) error {
	if err := t.writing(); err != nil {
		return err
	}
	l := &loaded{id: id, c: *c}
	t.threads[c.SID] = l
	t.heads[id] = &l.c.Head
	return nil
}

func (t *tx) writeHead(id int64, h *hub.Head) error {
	return t.note(t.c.exec(lifelong, `INSERT INTO head (conversation, revision, last_index, last_live, last_time, messages, participants,
		non_chat, activity, touched, deadline, deleted) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (conversation) DO UPDATE SET revision = excluded.revision, last_index = excluded.last_index,
		last_live = excluded.last_live, last_time = excluded.last_time, messages = excluded.messages,
		participants = excluded.participants, non_chat = excluded.non_chat, activity = excluded.activity,
		touched = excluded.touched, deadline = excluded.deadline, deleted = excluded.deleted`,
		id, h.Revision, h.LastIndex, h.LastLive, millis(h.LastTime), h.Messages, h.Participants, h.NonChat,
		millis(h.Activity), millis(h.Touched), millis(h.Deadline), h.Deleted))
}

// OpenConversations implements hub.ConversationTx. States that this transaction changed are in the rows already.
func (t *tx) OpenConversations(user hub.UserSID) (n int, err error) {
	err = t.row(lifelong, `SELECT count(*) FROM participant p JOIN conversation c ON c.id = p.conversation
		WHERE p.user = ? AND p.user <> '' AND p.gone = '' AND c.state <> ?`, user, hub.StateClosed).Scan(&n)
	return n, err
}

// Heads implements hub.ConversationReader.
func (s *Store) Heads(ctx context.Context, sids []hub.ConversationSID) (marks []hub.HeadMark, err error) {
	err = s.reading(ctx, func(q querier) error {
		for _, sid := range sids {
			m := hub.HeadMark{Conversation: sid}
			err := q.row(ctx, `SELECT h.revision, h.deleted`+fromConversation+`WHERE c.sid = ?`, sid).Scan(&m.Revision, &m.Deleted)
			if errors.Is(err, sql.ErrNoRows) {
				m.Deleted = true
			} else if err != nil {
				return err
			}
			marks = append(marks, m)
		}
		return nil
	})
	return marks, err
}

// Due implements hub.ConversationReader.
func (s *Store) Due(ctx context.Context, limit int) (due []hub.DueMark, next time.Duration, err error) {
	now := s.config.Now()
	err = s.reading(ctx, func(q querier) error {
		rows, err := q.query(ctx, `SELECT c.service, c.sid, h.deadline`+fromConversation+
			`WHERE h.deadline > 0 AND h.deleted = 0 ORDER BY h.deadline LIMIT ?`, limit+1)
		return each(rows, err, func(r *sql.Rows) error {
			var m hub.DueMark
			var when time.Time
			if err := r.Scan(&m.Service, &m.Conversation, at(&when)); err != nil {
				return err
			}
			if when.After(now) {
				if next == 0 {
					next = when.Sub(now)
				}
			} else if len(due) < limit {
				due = append(due, m)
			}
			return nil
		})
	})
	return due, next, err
}
