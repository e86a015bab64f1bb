package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"parley/hub"
)

// messageColumns are those of a message m. What nearly all messages leave empty comes as one, which is NULL for those: a page of
// 50 takes half as many values that way (BenchmarkPages).
const messageColumns = `m.idx, m.sid, m.author, m.participant, m.body, m.attributes, m.nonce, m.created, m.updated, m.created_rev,
	m.changed_rev, CASE WHEN m.subject = '' AND m.reply_to = -1 AND m.reactions = '' AND m.updated_by = '' AND m.removed = 0
	AND m.content = '' AND m.content_variables = '' AND m.expected = 0 AND m.delivery = '' AND m.media = '' THEN NULL
	ELSE json_object('subject', m.subject, 'replyTo', m.reply_to, 'reactions', m.reactions, 'updatedBy', m.updated_by,
	'removed', m.removed, 'content', m.content, 'variables', m.content_variables, 'expected', m.expected, 'delivery', m.delivery,
	'media', m.media) END`

// seldom is the last of messageColumns. What is a column of JSON itself is text in it.
type seldom struct {
	Subject, Reactions, UpdatedBy, Content, Variables, Delivery, Media string

	ReplyTo, Removed, Expected int64
}

func scanMessage(scan func(...any) error, conversation hub.ConversationSID) (*hub.Message, error) {
	m := &hub.Message{Conversation: conversation, ReplyTo: hub.NoIndex}
	var created, updated int64
	var rest []byte
	err := scan(&m.Index, &m.SID, &m.Author, &m.Participant, &m.Body, &m.Attributes, &m.Nonce, &created, &updated, &m.Created,
		&m.Changed, &rest)
	m.DateCreated, m.DateUpdated = fromMillis(created), fromMillis(updated)
	if err == nil && rest != nil {
		err = setSeldom(m, rest)
	}
	return m, err
}

func setSeldom(m *hub.Message, text []byte) error {
	var s seldom
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	m.Subject, m.ReplyTo, m.LastUpdatedBy, m.Removed = s.Subject, s.ReplyTo, s.UpdatedBy, s.Removed != 0
	m.ContentSID, m.ContentVariables = s.Content, s.Variables
	for _, column := range []struct {
		text string
		into any
	}{{s.Reactions, &m.Reactions}, {s.Delivery, &m.Delivery}, {s.Media, &m.Media}} {
		if column.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(column.text), column.into); err != nil {
			return err
		}
	}
	m.Delivery.Total = s.Expected
	return nil
}

// findMessage reads one by sid or index, tombstones included; nil where there is none.
func findMessage(ctx context.Context, q querier, id int64, c hub.ConversationSID, ref hub.MessageRef) (*hub.Message, error) {
	var row scanner
	if ref.SID != "" {
		row = q.row(ctx, `SELECT `+messageColumns+` FROM message m WHERE m.sid = ? AND m.conversation = ?`, ref.SID, id)
	} else {
		row = q.row(ctx, `SELECT `+messageColumns+` FROM message m WHERE m.conversation = ? AND m.removed IN (0, 1) AND m.idx = ?`, id, ref.Index)
	}
	m, err := scanMessage(row.Scan, c)
	return absent(m, err)
}

// Message implements hub.MessageTx.
func (t *tx) Message(c hub.ConversationSID, ref hub.MessageRef) (*hub.Message, error) {
	id, err := t.id(c)
	if err != nil {
		return nil, err
	}
	return findMessage(lifelong, t, id, c, ref)
}

// MessageByNonce implements hub.MessageTx.
func (t *tx) MessageByNonce(c hub.ConversationSID, author, nonce string) (*hub.Message, error) {
	id, err := t.id(c)
	if err != nil {
		return nil, err
	}
	var index int64
	found, err := absent(&index, t.row(lifelong, `SELECT idx FROM nonce WHERE conversation = ? AND nonce = ? AND author = ?`, id, nonce, author).Scan(&index))
	if err != nil || found == nil {
		return nil, err
	}
	return findMessage(lifelong, t, id, c, hub.MessageRef{Index: index})
}

// PutMessage implements hub.MessageTx.
func (t *tx) PutMessage(m *hub.Message) error {
	id, err := t.id(m.Conversation)
	if err != nil {
		return err
	}
	if m.Created == m.Changed {
		return t.insertMessage(id, m)
	}
	if m.Removed {
		return t.removeMessage(id, m)
	}
	delivery, err := deliveryText(m.Delivery)
	if err != nil {
		return err
	}
	return t.one(`UPDATE message SET author = ?, body = ?, subject = ?, attributes = ?, created = ?, updated = ?, updated_by = ?,
		changed_rev = ?, delivery = ? WHERE conversation = ? AND removed = 0 AND idx = ?`,
		m.Author, m.Body, m.Subject, m.Attributes, millis(m.DateCreated), millis(m.DateUpdated), m.LastUpdatedBy,
		m.Changed, delivery, id, m.Index)
}

// removeMessage leaves a tombstone: what says when, by whom and with which nonce it was sent stays.
func (t *tx) removeMessage(id int64, m *hub.Message) error {
	if err := t.exec(`DELETE FROM reaction WHERE conversation = ? AND idx = ?`, id, m.Index); err != nil {
		return err
	}
	if err := t.exec(`DELETE FROM receipt WHERE conversation = ? AND idx = ?`, id, m.Index); err != nil {
		return err
	}
	return t.one(`UPDATE message SET body = '', subject = '', attributes = '', reply_to = -1, reactions = '', participant = '',
		content = '', content_variables = '', expected = 0, delivery = '', media = '', updated = ?, updated_by = '', changed_rev = ?, removed = 1 WHERE conversation = ? AND removed IN (0, 1) AND idx = ?`,
		millis(m.DateUpdated), m.Changed, id, m.Index)
}

// one is exec of what must touch one row.
func (t *tx) one(text string, args ...any) error {
	n, err := t.affect(text, args...)
	if err == nil && n != 1 {
		err = fmt.Errorf("%d rows were there to change, not one", n)
	}
	return err
}

func (t *tx) insertMessage(id int64, m *hub.Message) error {
	media, err := mediaText(m.Media)
	if err != nil {
		return err
	}
	err = t.exec(`INSERT INTO message (conversation, idx, sid, author, participant, body, subject, attributes, reply_to, nonce,
		reactions, created, updated, updated_by, created_rev, changed_rev, removed, content, content_variables, expected, media)
		VALUES (?,?,?,?,?,?,?,?,?,?,'',?,?,?,?,?,0,?,?,?,?)`,
		id, m.Index, m.SID, m.Author, m.Participant, m.Body, m.Subject, m.Attributes, m.ReplyTo, m.Nonce,
		millis(m.DateCreated), millis(m.DateUpdated), m.LastUpdatedBy, m.Created, m.Changed,
		m.ContentSID, m.ContentVariables, m.Delivery.Total, media)
	if err != nil || m.Nonce == "" {
		return err
	}
	return t.exec(`INSERT INTO nonce (conversation, nonce, author, idx) VALUES (?, ?, ?, ?)`, id, m.Nonce, m.Author, m.Index)
}

// React implements hub.MessageTx.
func (t *tx) React(m *hub.Message, name, identity string, add bool) ([]hub.Reaction, bool, error) {
	id, err := t.id(m.Conversation)
	if err != nil {
		return nil, false, err
	}
	var there bool
	if err := t.row(lifelong, `SELECT EXISTS (SELECT 1 FROM reaction WHERE conversation = ? AND idx = ? AND name = ? AND identity = ?)`,
		id, m.Index, name, identity).Scan(&there); err != nil || there == add {
		return m.Reactions, false, err
	}
	if add {
		err = t.exec(`INSERT INTO reaction (conversation, idx, name, identity, n) VALUES (?, ?, ?, ?,
			(SELECT coalesce(max(n), 0) + 1 FROM reaction WHERE conversation = ? AND idx = ?))`, id, m.Index, name, identity, id, m.Index)
	} else {
		err = t.exec(`DELETE FROM reaction WHERE conversation = ? AND idx = ? AND name = ? AND identity = ?`, id, m.Index, name, identity)
	}
	if err != nil {
		return nil, false, err
	}
	reactions, err := t.reactions(id, m.Index)
	if err != nil {
		return nil, false, err
	}
	text, err := json.Marshal(reactions)
	if err != nil {
		return nil, false, err
	}
	return reactions, true, t.one(`UPDATE message SET reactions = ? WHERE conversation = ? AND removed = 0 AND idx = ?`, string(text), id, m.Index)
}

func (t *tx) reactions(id, index int64) (all []hub.Reaction, err error) {
	rows, err := t.query(lifelong, `SELECT name, identity FROM reaction WHERE conversation = ? AND idx = ? ORDER BY name, n`, id, index)
	err = each(rows, err, func(r *sql.Rows) error {
		var name, identity string
		if err := r.Scan(&name, &identity); err != nil {
			return err
		}
		if len(all) == 0 || all[len(all)-1].Name != name {
			all = append(all, hub.Reaction{Name: name})
		}
		last := &all[len(all)-1]
		if last.Count++; len(last.Identities) < hub.ReactionIdentities {
			last.Identities = append(last.Identities, identity)
		}
		return nil
	})
	return all, err
}

// NewestMessage implements hub.MessageTx.
func (t *tx) NewestMessage(c hub.ConversationSID, atOrBelow int64) (*hub.Message, error) {
	id, err := t.id(c)
	if err != nil {
		return nil, err
	}
	return newest(lifelong, t, id, c, atOrBelow)
}

// newest is the first step back in the index of places, where those that exist stand together (rule R13).
func newest(ctx context.Context, q querier, id int64, c hub.ConversationSID, atOrBelow int64) (*hub.Message, error) {
	row := q.row(ctx, `SELECT `+messageColumns+` FROM message m
		WHERE m.conversation = ? AND m.removed = 0 AND m.idx <= ? ORDER BY m.idx DESC LIMIT 1`, id, atOrBelow)
	m, err := scanMessage(row.Scan, c)
	return absent(m, err)
}
