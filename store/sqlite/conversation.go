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
	h.deadline, h.deleted`

const fromConversation = ` FROM conversation c JOIN head h ON h.conversation = c.id `

// fields are where a conversation's columns go.
func (l *loaded) fields() []any {
	c := &l.c
	return []any{
		&l.id, &c.SID, &c.Service, &c.UniqueName, &c.FriendlyName, &c.Attributes, &c.State, at(&c.StateUpdated),
		(*int64)(&c.Timers.Inactive), (*int64)(&c.Timers.Closed), &c.CreatedBy, at(&c.DateCreated), at(&c.DateUpdated), &c.Changed,
		&c.Revision, &c.LastIndex, &c.LastLive, at(&c.LastTime), &c.Messages, &c.Participants, &c.NonChat,
		at(&c.Activity), at(&c.Touched), at(&c.Deadline), &c.Deleted,
	}
}

// find reads a conversation by sid or unique name; nil where it is absent or a tombstone.
func find(ctx context.Context, q querier, service hub.ServiceSID, ref hub.ConversationRef) (*loaded, error) {
	var row *sql.Row
	if sid := ref.SID(); sid != "" {
		row = q.row(ctx, `SELECT `+conversationColumns+fromConversation+`WHERE c.sid = ? AND c.service = ? AND h.deleted = 0`, sid, service)
	} else {
		row = q.row(ctx, `SELECT `+conversationColumns+fromConversation+
			`WHERE c.id = (SELECT conversation FROM name WHERE service = ? AND name = ?)`, service, string(ref))
	}
	l := &loaded{}
	return absent(l, row.Scan(l.fields()...))
}

// Conversation implements hub.ConversationTx.
func (t *tx) Conversation(service hub.ServiceSID, ref hub.ConversationRef) (*hub.Conversation, error) {
	sid := ref.SID()
	if sid == "" {
		var err error
		if sid, err = t.named(service, string(ref)); err != nil || sid == "" {
			return nil, err
		}
	}
	l := t.known[sid]
	if l == nil {
		var err error
		if l, err = find(lifelong, t.c, service, hub.ConversationRef(sid)); err != nil || l == nil {
			return nil, err
		}
		t.known[l.c.SID] = l
	}
	if l.c.Service != service || l.c.Deleted {
		return nil, nil
	}
	c := l.c
	return &c, nil
}

// named is who bears a unique name, "" for nobody. It does not ask for the head, which what this transaction made lacks as
// yet.
func (t *tx) named(service hub.ServiceSID, name string) (sid hub.ConversationSID, err error) {
	row := t.c.row(lifelong, `SELECT c.sid FROM name n JOIN conversation c ON c.id = n.conversation
		WHERE n.service = ? AND n.name = ?`, service, name)
	if err = row.Scan(&sid); errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return sid, err
}

// id is the key of a conversation that the op has read or made.
func (t *tx) id(sid hub.ConversationSID) (int64, error) {
	if l := t.known[sid]; l != nil {
		return l.id, nil
	}
	l := &loaded{}
	err := t.c.row(lifelong, `SELECT `+conversationColumns+fromConversation+`WHERE c.sid = ?`, sid).Scan(l.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, hub.ErrAbsent
	}
	if err == nil {
		t.known[sid] = l
	}
	return l.id, err
}

// PutConversation implements hub.ConversationTx.
func (t *tx) PutConversation(c *hub.Conversation) error {
	id, err := t.id(c.SID)
	fresh := errors.Is(err, hub.ErrAbsent)
	if err != nil && !fresh {
		return err
	}
	if err := t.checkName(id, c); err != nil {
		return err
	}
	if fresh {
		id, err = t.insertConversation(c)
	} else {
		saved := *c
		if c.Deleted { // sid, service and head are all that is left
			saved = hub.Conversation{State: c.State, Changed: c.Changed}
		}
		err = t.exec(`UPDATE conversation SET unique_name = ?, friendly_name = ?, attributes = ?, state = ?, state_updated = ?,
			timer_inactive = ?, timer_closed = ?, created_by = ?, updated = ?, changed = ? WHERE id = ?`,
			saved.UniqueName, saved.FriendlyName, saved.Attributes, saved.State, millis(saved.StateUpdated),
			int64(saved.Timers.Inactive), int64(saved.Timers.Closed), saved.CreatedBy, millis(saved.DateUpdated), saved.Changed, id)
	}
	if err != nil {
		return err
	}
	if err := t.putName(id, c); err != nil {
		return err
	}
	if c.State == hub.StateClosed || c.Deleted {
		if err := t.exec(`DELETE FROM pair WHERE conversation = ?`, id); err != nil {
			return err
		}
	}
	if c.Deleted {
		if err := t.endMemberships(id); err != nil {
			return err
		}
	}
	t.keep(id, c)
	return t.PutHead(c)
}

func (t *tx) checkName(id int64, c *hub.Conversation) error {
	if c.UniqueName == "" || c.Deleted {
		return nil
	}
	var other int64
	var sid hub.ConversationSID
	err := t.c.row(lifelong, `SELECT n.conversation, c.sid FROM name n JOIN conversation c ON c.id = n.conversation
		WHERE n.service = ? AND n.name = ?`, c.Service, c.UniqueName).Scan(&other, &sid)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err == nil && other != id:
		return &hub.NameTakenError{Conversation: sid}
	}
	return err
}

func (t *tx) putName(id int64, c *hub.Conversation) error {
	before := t.known[c.SID]
	if before != nil && before.c.UniqueName == c.UniqueName && !c.Deleted {
		return nil
	}
	if before != nil {
		if err := t.exec(`DELETE FROM name WHERE conversation = ?`, id); err != nil {
			return err
		}
	}
	if c.UniqueName == "" || c.Deleted {
		return nil
	}
	return t.exec(`INSERT INTO name (service, name, conversation) VALUES (?, ?, ?)`, c.Service, c.UniqueName, id)
}

func (t *tx) insertConversation(c *hub.Conversation) (id int64, err error) {
	err = t.exec(`INSERT INTO conversation (sid, service, unique_name, friendly_name, attributes, state, state_updated,
		timer_inactive, timer_closed, created_by, created, updated, changed) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		c.SID, c.Service, c.UniqueName, c.FriendlyName, c.Attributes, c.State, millis(c.StateUpdated),
		int64(c.Timers.Inactive), int64(c.Timers.Closed), c.CreatedBy, millis(c.DateCreated), millis(c.DateUpdated), c.Changed)
	if err != nil {
		return 0, err
	}
	err = t.c.row(lifelong, `SELECT id FROM conversation WHERE sid = ?`, c.SID).Scan(&id)
	return id, err
}

// endMemberships ends what is left of a deleted conversation's memberships: its members' revisions rise (rule R19).
func (t *tx) endMemberships(id int64) error {
	if err := t.exec(`UPDATE user SET revision = revision + 1 WHERE sid IN
		(SELECT user FROM participant WHERE conversation = ? AND gone = '' AND user <> '')`, id); err != nil {
		return err
	}
	return t.exec(`UPDATE participant SET gone = ? WHERE conversation = ? AND gone = ''`, hub.Deleted, id)
}

// keep remembers what was saved.
func (t *tx) keep(id int64, c *hub.Conversation) { t.known[c.SID] = &loaded{id: id, c: *c} }

// PutHead implements hub.ConversationTx.
func (t *tx) PutHead(c *hub.Conversation) error {
	id, err := t.id(c.SID)
	if err != nil {
		return err
	}
	t.wrote = true
	t.known[c.SID].c.Head = c.Head
	t.heads[id] = &t.known[c.SID].c.Head
	return nil
}

func (t *tx) writeHead(id int64, h *hub.Head) error {
	return t.c.exec(lifelong, `INSERT INTO head (conversation, revision, last_index, last_live, last_time, messages, participants,
		non_chat, activity, touched, deadline, deleted) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (conversation) DO UPDATE SET revision = excluded.revision, last_index = excluded.last_index,
		last_live = excluded.last_live, last_time = excluded.last_time, messages = excluded.messages,
		participants = excluded.participants, non_chat = excluded.non_chat, activity = excluded.activity,
		touched = excluded.touched, deadline = excluded.deadline, deleted = excluded.deleted`,
		id, h.Revision, h.LastIndex, h.LastLive, millis(h.LastTime), h.Messages, h.Participants, h.NonChat,
		millis(h.Activity), millis(h.Touched), millis(h.Deadline), h.Deleted)
}

// OpenConversations implements hub.ConversationTx. States that this transaction changed are in the rows already.
func (t *tx) OpenConversations(user hub.UserSID) (n int, err error) {
	err = t.c.row(lifelong, `SELECT count(*) FROM participant p JOIN conversation c ON c.id = p.conversation
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
func (s *Store) Due(ctx context.Context, now time.Time, limit int) (due []hub.DueMark, next time.Time, err error) {
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
				if next.IsZero() {
					next = when
				}
			} else if len(due) < limit {
				due = append(due, m)
			}
			return nil
		})
	})
	return due, next, err
}
