package postgres

import (
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

const selectMessage = `SELECT ` + messageColumns + ` FROM message m WHERE m.conversation = $1 AND `

// Message implements hub.MessageTx.
func (t *tx) Message(c hub.ConversationSID, ref hub.MessageRef) (*hub.Message, error) {
	if _, err := t.there(c); err != nil {
		return nil, err
	}
	if ref.SID != "" {
		return find(t, scanMessage, selectMessage+`m.sid = $2`, c, ref.SID)
	}
	return find(t, scanMessage, selectMessage+`m.removed = ANY ('{0,1}') AND m.idx = $2`, c, ref.Index)
}

// MessageByNonce implements hub.MessageTx.
func (t *tx) MessageByNonce(c hub.ConversationSID, author, nonce string) (*hub.Message, error) {
	if _, err := t.there(c); err != nil {
		return nil, err
	}
	key := nonceKey{c, author, nonce}
	if m, ok := known(t.op.nonces, t.base.nonces, key); ok && m == nil {
		return nil, nil // one that is there may have changed since
	}
	return find(t, scanMessage, selectMessage+`m.removed = ANY ('{0,1}') AND m.idx =
		(SELECT n.idx FROM nonce n WHERE n.conversation = $1 AND n.nonce = $2 AND n.author = $3)`, c, nonce, author)
}

// PutMessage implements hub.MessageTx.
func (t *tx) PutMessage(m *hub.Message) error {
	if _, err := t.there(m.Conversation); err != nil {
		return err
	}
	switch {
	case m.Created == m.Changed:
		return t.insertMessage(m)
	case m.Removed:
		t.removeMessage(m)
	default:
		delivery, err := deliveryText(m.Delivery)
		if err != nil {
			return err
		}
		t.one(`UPDATE message SET body = $3, subject = $4, attributes = $5, updated = $6, updated_by = $7, changed_rev = $8,
			author = $9, created = $10, delivery = $11 WHERE conversation = $1 AND removed = 0 AND idx = $2`,
			m.Conversation, m.Index, m.Body, m.Subject, m.Attributes, millis(m.DateUpdated), m.LastUpdatedBy, m.Changed,
			m.Author, millis(m.DateCreated), delivery)
	}
	return nil
}

func (t *tx) insertMessage(m *hub.Message) error {
	media, err := mediaText(m.Media)
	if err != nil {
		return err
	}
	t.exec(`INSERT INTO message (conversation, removed, idx, sid, author, participant, body, subject, attributes, reply_to, nonce,
		reactions, created, updated, updated_by, created_rev, changed_rev, content, content_variables, expected, media)
		VALUES ($1,0,$2,$3,$4,$5,$6,$7,$8,$9,$10,'',$11,$12,$13,$14,$15,$16,$17,$18,$19)`,
		m.Conversation, m.Index, m.SID, m.Author, m.Participant, m.Body, m.Subject, m.Attributes, m.ReplyTo, m.Nonce,
		millis(m.DateCreated), millis(m.DateUpdated), m.LastUpdatedBy, m.Created, m.Changed,
		m.ContentSID, m.ContentVariables, m.Delivery.Total, media)
	if m.Nonce == "" {
		return nil
	}
	t.exec(`INSERT INTO nonce (conversation, nonce, author, idx) VALUES ($1, $2, $3, $4)`, m.Conversation, m.Nonce, m.Author, m.Index)
	t.op.nonces[nonceKey{m.Conversation, m.Author, m.Nonce}] = copied(m)
	return nil
}

// removeMessage leaves a tombstone: what says when, by whom and with which nonce it was sent stays.
func (t *tx) removeMessage(m *hub.Message) {
	t.exec(`DELETE FROM reaction WHERE conversation = $1 AND idx = $2`, m.Conversation, m.Index)
	t.exec(`DELETE FROM receipt WHERE conversation = $1 AND idx = $2`, m.Conversation, m.Index)
	t.one(`UPDATE message SET body = '', subject = '', attributes = '', reply_to = -1, reactions = '', participant = '',
		content = '', content_variables = '', expected = 0, delivery = '', media = '', updated = $3, updated_by = '', changed_rev = $4, removed = 1 WHERE conversation = $1 AND removed = ANY ('{0,1}') AND idx = $2`,
		m.Conversation, m.Index, millis(m.DateUpdated), m.Changed)
}

// React implements hub.MessageTx.
func (t *tx) React(m *hub.Message, name, identity string, add bool) ([]hub.Reaction, bool, error) {
	if _, err := t.there(m.Conversation); err != nil {
		return nil, false, err
	}
	_, there, err := t.reactions(m, name, identity)
	if err != nil || there == add {
		return m.Reactions, false, err
	}
	if add {
		t.exec(`INSERT INTO reaction (conversation, idx, name, identity, n) VALUES ($1, $2, $3, $4,
			(SELECT coalesce(max(n), 0) + 1 FROM reaction WHERE conversation = $1 AND idx = $2))`, m.Conversation, m.Index, name, identity)
	} else {
		t.exec(`DELETE FROM reaction WHERE conversation = $1 AND idx = $2 AND name = $3 AND identity = $4`, m.Conversation, m.Index, name, identity)
	}
	reactions, _, err := t.reactions(m, name, identity)
	if err != nil {
		return nil, false, err
	}
	text, err := json.Marshal(reactions)
	if err != nil {
		return nil, false, err
	}
	t.one(`UPDATE message SET reactions = $3 WHERE conversation = $1 AND removed = 0 AND idx = $2`, m.Conversation, m.Index, string(text))
	return reactions, true, nil
}

// reactions counts a message's reactions by name, and says whether one of them is there.
func (t *tx) reactions(m *hub.Message, name, identity string) (all []hub.Reaction, there bool, err error) {
	err = t.ask(func(b *pgx.Batch) {
		list(b, `SELECT name, identity FROM reaction WHERE conversation = $1 AND idx = $2 ORDER BY name, n`,
			[]any{m.Conversation, m.Index}, func(row pgx.Row) error {
				var n, who string
				if err := row.Scan(&n, &who); err != nil {
					return err
				}
				there = there || n == name && who == identity
				if len(all) == 0 || all[len(all)-1].Name != n {
					all = append(all, hub.Reaction{Name: n})
				}
				last := &all[len(all)-1]
				if last.Count++; len(last.Identities) < hub.ReactionIdentities {
					last.Identities = append(last.Identities, who)
				}
				return nil
			})
	})
	return all, there, err
}

// NewestMessage implements hub.MessageTx: the first step back in the key, where those that exist stand together (rule R13).
func (t *tx) NewestMessage(c hub.ConversationSID, atOrBelow int64) (*hub.Message, error) {
	thread, err := t.there(c)
	if err != nil || thread.LastIndex == hub.NoIndex {
		return nil, err
	}
	return find(t, scanMessage, selectMessage+`m.removed = 0 AND m.idx <= $2 ORDER BY m.idx DESC LIMIT 1`, c, atOrBelow)
}
