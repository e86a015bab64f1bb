package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"parley/hub"
)

const participantColumns = `p.sid, p.user, p.identity, p.kind, p.address, p.proxy, p.attributes, p.role, p.notification,
	p.horizon, p.horizon_time, p.created, p.updated, p.created_rev, p.changed_rev, p.gone, p.binding_name, p.binding_level`

// scanParticipant reads participantColumns.
func scanParticipant(scan func(...any) error, conversation hub.ConversationSID) (*hub.Participant, error) {
	p := &hub.Participant{Conversation: conversation}
	var b hub.Binding
	err := scan(&p.SID, &p.User, &p.Identity, &b.Kind, &b.Address, &b.ProxyAddress, &p.Attributes, &p.Role, &p.Notification,
		&p.Horizon, at(&p.HorizonTime), at(&p.DateCreated), at(&p.DateUpdated), &p.Created, &p.Changed, &p.Gone, &b.Name, &b.Level)
	if b.Kind != "" {
		p.Binding = &b
	}
	return p, err
}

// findParticipant reads one who is in, by sid or identity; nil where there is none.
func findParticipant(ctx context.Context, q querier, l *loaded, ref hub.ParticipantRef) (*hub.Participant, error) {
	var row scanner
	if sid := ref.SID(); sid != "" {
		row = q.row(ctx, `SELECT `+participantColumns+` FROM participant p WHERE p.sid = ? AND p.conversation = ? AND p.gone = ''`, sid, l.id)
	} else {
		row = q.row(ctx, `SELECT `+participantColumns+` FROM participant p
			WHERE p.conversation = ? AND p.identity = ? AND p.identity <> '' AND p.gone = ''`, l.id, string(ref))
	}
	p, err := scanParticipant(row.Scan, l.c.SID)
	return absent(p, err)
}

// Participant implements hub.ParticipantTx.
func (t *tx) Participant(c hub.ConversationSID, ref hub.ParticipantRef) (*hub.Participant, error) {
	if ref.SID() == "" {
		if p := t.seated(seat{c, string(ref)}); p != nil {
			own := *p
			return &own, nil
		}
	}
	l, err := t.thread(c)
	if err != nil || l == nil {
		return nil, err
	}
	p, err := findParticipant(lifelong, t, l, ref)
	if p != nil && p.Chat() {
		kept := *p
		t.seats[seat{c, p.Identity}] = &kept
	}
	return p, err
}

// seated is a participant who is in and known; nil says nothing. It must not be changed.
func (t *tx) seated(at seat) *hub.Participant {
	p, known := t.seats[at]
	if !known && t.cache != nil {
		p, _ = t.cache.seats.get(at)
	}
	return p
}

// LastMembership implements hub.ParticipantTx.
func (t *tx) LastMembership(c hub.ConversationSID, identity string) (*hub.Participant, error) {
	id, err := t.id(c)
	if err != nil {
		return nil, err
	}
	row := t.row(lifelong, `SELECT `+participantColumns+` FROM participant p
		WHERE p.conversation = ? AND p.identity = ? ORDER BY p.id DESC LIMIT 1`, id, identity)
	p, err := scanParticipant(row.Scan, c)
	return absent(p, err)
}

// PutParticipant implements hub.ParticipantTx.
func (t *tx) PutParticipant(p *hub.Participant) error {
	l, err := t.thread(p.Conversation)
	if err != nil {
		return err
	}
	if l == nil {
		return hub.ErrAbsent
	}
	if err := t.putPair(l, p); err != nil {
		return err
	}
	b := hub.Binding{}
	if p.Binding != nil {
		b = *p.Binding
	}
	attributes := p.Attributes
	if p.Gone != "" {
		attributes = ""
	}
	err = t.exec(`INSERT INTO participant (sid, conversation, user, identity, kind, address, proxy, attributes, role,
		notification, horizon, horizon_time, created, updated, created_rev, changed_rev, gone, binding_name, binding_level)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (sid) DO UPDATE SET attributes = excluded.attributes, role = excluded.role,
		notification = excluded.notification, horizon = excluded.horizon, horizon_time = excluded.horizon_time,
		created = excluded.created, updated = excluded.updated, changed_rev = excluded.changed_rev, gone = excluded.gone`,
		p.SID, l.id, p.User, p.Identity, b.Kind, b.Address, b.ProxyAddress, attributes, p.Role,
		p.Notification, p.Horizon, millis(p.HorizonTime), millis(p.DateCreated), millis(p.DateUpdated), p.Created, p.Changed, p.Gone,
		b.Name, b.Level)
	t.seats[seat{p.Conversation, p.Identity}] = nil // the row knows better, above all who came back
	return err
}

// putPair takes or gives back the pair of a non-chat participant. In a closed conversation none is held.
func (t *tx) putPair(l *loaded, p *hub.Participant) error {
	if p.Binding == nil {
		return nil
	}
	b := p.Binding
	if p.Gone != "" {
		return t.exec(`DELETE FROM pair WHERE address = ? AND proxy = ? AND participant = ?`, b.Address, b.ProxyAddress, p.SID)
	}
	if l.c.State == hub.StateClosed || l.c.Deleted {
		return nil
	}
	var holder hub.ParticipantSID
	var where hub.ConversationSID
	var stale bool // of a deleted service, whose purge has not come to it
	err := t.row(lifelong, `SELECT r.participant, c.sid, coalesce(s.deleted, 0) FROM pair r JOIN conversation c ON c.id = r.conversation
		LEFT JOIN service s ON s.sid = c.service WHERE r.address = ? AND r.proxy = ?`, b.Address, b.ProxyAddress).Scan(&holder, &where, &stale)
	switch {
	case err == nil && stale:
		return t.exec(`UPDATE pair SET conversation = ?, participant = ? WHERE address = ? AND proxy = ?`, l.id, p.SID, b.Address, b.ProxyAddress)
	case errors.Is(err, sql.ErrNoRows):
		return t.exec(`INSERT INTO pair (address, proxy, conversation, participant) VALUES (?, ?, ?, ?)`,
			b.Address, b.ProxyAddress, l.id, p.SID)
	case err == nil && holder != p.SID:
		return &hub.PairTakenError{Conversation: where}
	}
	return err
}

// PutHorizon implements hub.ParticipantTx.
func (t *tx) PutHorizon(p *hub.Participant) error {
	err := t.exec(`UPDATE participant SET horizon = ?, horizon_time = ? WHERE sid = ?`, p.Horizon, millis(p.HorizonTime), p.SID)
	if err != nil || !p.Chat() {
		return err
	}
	at := seat{p.Conversation, p.Identity}
	if was := t.seated(at); was != nil && was.SID == p.SID {
		kept := *was
		kept.Horizon, kept.HorizonTime = p.Horizon, p.HorizonTime
		t.seats[at] = &kept
	}
	return nil
}

// Removals implements hub.ParticipantTx.
func (t *tx) Removals(c hub.ConversationSID, above int64) (int64, error) {
	id, err := t.id(c)
	if err != nil {
		return 0, err
	}
	return removals(lifelong, t, id, above)
}

// removals counts tombstones, which stand together in the index of places (rule R13).
func removals(ctx context.Context, q querier, id, above int64) (n int64, err error) {
	err = q.row(ctx, `SELECT count(*) FROM message WHERE conversation = ? AND removed = 1 AND idx > ?`, id, above).Scan(&n)
	return n, err
}

// Participants implements hub.MessageReader.
func (s *Store) Participants(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, q hub.PageQuery) (*hub.ParticipantPage, error) {
	after, err := parseToken(q.After, 1)
	if err != nil {
		return nil, err
	}
	page := &hub.ParticipantPage{}
	err = s.inside(ctx, v, ref, func(db querier, l *loaded, _ *hub.Participant) error {
		page.Conversation, page.Revision = l.c.SID, l.c.Revision
		var last, size int64
		more := false
		rows, err := db.query(ctx, `SELECT p.id, `+participantColumns+` FROM participant p
			WHERE p.conversation = ? AND p.gone = '' AND p.id > ? ORDER BY p.id LIMIT ?`, l.id, after[0], q.Limit+1)
		err = each(rows, err, func(r *sql.Rows) error {
			var id int64
			p, err := scanParticipant(func(fields ...any) error { return r.Scan(append([]any{&id}, fields...)...) }, l.c.SID)
			if err != nil || more {
				return err
			}
			size += int64(len(p.Attributes)) + participantWeight
			if more = len(page.Participants) == q.Limit || q.Bytes > 0 && size > int64(q.Bytes) && len(page.Participants) > 0; !more {
				page.Participants = append(page.Participants, p)
				last = id
			}
			return nil
		})
		if more {
			page.Next = makeToken(last)
		}
		return err
	})
	return page, err
}

// participantWeight is about what a participant takes beside its attributes.
const participantWeight = 600

// Participant implements hub.MessageReader.
func (s *Store) Participant(ctx context.Context, v hub.Viewer, ref hub.ConversationRef, p hub.ParticipantRef) (found *hub.Participant, err error) {
	err = s.inside(ctx, v, ref, func(q querier, l *loaded, _ *hub.Participant) error {
		if found, err = findParticipant(ctx, q, l, p); err == nil && found == nil {
			err = hub.Errorf(hub.CodeParticipantAbsent, "participant not found")
		}
		return err
	})
	return found, err
}
