package postgres

import (
	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// Participant implements hub.ParticipantTx.
func (t *tx) Participant(c hub.ConversationSID, ref hub.ParticipantRef) (*hub.Participant, error) {
	if thread, err := t.thread(c); err != nil || thread == nil {
		return nil, err
	}
	if sid := ref.SID(); sid != "" {
		p, err := find(t, scanParticipant, `SELECT `+participantColumns+` FROM participant p
			WHERE p.conversation = $1 AND p.sid = $2 AND p.gone = ''`, c, sid)
		if p != nil && p.Chat() {
			t.op.seats[seat{c, p.Identity}] = copied(p)
		}
		return p, err
	}
	if ref == "" {
		return nil, nil
	}
	p, err := t.newestSeat(seat{c, string(ref)})
	if err != nil || p == nil || p.Gone != "" {
		return nil, err
	}
	return copied(p), nil
}

// newestSeat is the newest membership of an identity, tombstones included. It must not be changed.
func (t *tx) newestSeat(at seat) (*hub.Participant, error) {
	if p, ok := known(t.op.seats, t.base.seats, at); ok {
		return p, nil
	}
	p, err := find(t, scanParticipant, `SELECT `+participantColumns+` FROM participant p
		WHERE p.conversation = $1 AND p.identity = $2 ORDER BY p.created_rev DESC LIMIT 1`, at.conversation, at.identity)
	if err == nil {
		t.op.seats[at] = p
	}
	return p, err
}

// LastMembership implements hub.ParticipantTx.
func (t *tx) LastMembership(c hub.ConversationSID, identity string) (*hub.Participant, error) {
	if _, err := t.there(c); err != nil {
		return nil, err
	}
	p, err := t.newestSeat(seat{c, identity})
	return copied(p), err
}

// PutParticipant implements hub.ParticipantTx.
func (t *tx) PutParticipant(p *hub.Participant) error {
	c, err := t.there(p.Conversation)
	if err != nil {
		return err
	}
	if err := t.putPair(c, p); err != nil {
		return err
	}
	saved, b := *p, hub.Binding{}
	if p.Binding != nil {
		b = *p.Binding
	}
	if p.Gone != "" {
		saved.Attributes = ""
	}
	t.exec(`INSERT INTO participant (conversation, sid, user_sid, identity, kind, address, proxy, attributes, role,
		notification, horizon, horizon_time, created, updated, created_rev, changed_rev, gone, binding_name, binding_level)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19)
		ON CONFLICT (conversation, sid) DO UPDATE SET attributes = excluded.attributes, role = excluded.role,
		notification = excluded.notification, horizon = excluded.horizon, horizon_time = excluded.horizon_time,
		created = excluded.created, updated = excluded.updated, changed_rev = excluded.changed_rev, gone = excluded.gone`,
		p.Conversation, p.SID, p.User, p.Identity, b.Kind, b.Address, b.ProxyAddress, saved.Attributes, p.Role,
		p.Notification, p.Horizon, millis(p.HorizonTime), millis(p.DateCreated), millis(p.DateUpdated), p.Created, p.Changed, p.Gone,
		b.Name, b.Level)
	if p.Chat() {
		t.putSeat(&saved)
	}
	return nil
}

// putSeat remembers a membership, unless a newer one is known.
func (t *tx) putSeat(p *hub.Participant) {
	at := seat{p.Conversation, p.Identity}
	was, ok := known(t.op.seats, t.base.seats, at)
	switch {
	case ok && was != nil && was.SID == p.SID: // the row keeps what a caller cannot change
		p.User, p.Created = was.User, was.Created
		t.op.seats[at] = p
	case ok && (was == nil || was.Created < p.Created):
		t.op.seats[at] = p
	case !ok: // not asked for yet: the row will tell
	}
}

// putPair takes or gives back the pair of a non-chat participant. In a closed conversation none is held.
func (t *tx) putPair(c *hub.Conversation, p *hub.Participant) error {
	if p.Binding == nil {
		return nil
	}
	b := p.Binding
	if p.Gone != "" {
		t.exec(`DELETE FROM pair WHERE address = $1 AND proxy = $2 AND participant = $3`, b.Address, b.ProxyAddress, p.SID)
		return nil
	}
	if c.State == hub.StateClosed || c.Deleted {
		return nil
	}
	var holder hub.ParticipantSID
	var where hub.ConversationSID
	var stale bool // of a deleted service, whose purge has not come to it
	if err := t.ask(func(q *pgx.Batch) {
		one(q, `SELECT r.participant, r.conversation, coalesce(s.deleted, false) FROM pair r LEFT JOIN conversation c ON c.sid = r.conversation
			LEFT JOIN service s ON s.sid = c.service WHERE r.address = $1 AND r.proxy = $2`, []any{b.Address, b.ProxyAddress}, &holder, &where, &stale)
	}); err != nil {
		return err
	}
	switch {
	case holder == p.SID:
		return nil
	case stale:
		t.exec(`DELETE FROM pair WHERE address = $1 AND proxy = $2 AND participant = $3`, b.Address, b.ProxyAddress, holder)
		fallthrough
	case holder == "":
		t.exec(`INSERT INTO pair (address, proxy, conversation, participant) VALUES ($1, $2, $3, $4)`,
			b.Address, b.ProxyAddress, p.Conversation, p.SID)
		return nil
	}
	return &hub.PairTakenError{Conversation: where}
}

// PutHorizon implements hub.ParticipantTx.
func (t *tx) PutHorizon(p *hub.Participant) error {
	t.exec(`UPDATE participant SET horizon = $3, horizon_time = $4 WHERE conversation = $1 AND sid = $2`,
		p.Conversation, p.SID, p.Horizon, millis(p.HorizonTime))
	at := seat{p.Conversation, p.Identity}
	if was, _ := known(t.op.seats, t.base.seats, at); was != nil && p.Chat() && was.SID == p.SID {
		moved := *was
		moved.Horizon, moved.HorizonTime = p.Horizon, p.HorizonTime
		t.op.seats[at] = &moved
	}
	return nil
}

// Removals implements hub.ParticipantTx. Where as many messages exist as were added nothing was removed (rule R13).
func (t *tx) Removals(sid hub.ConversationSID, above int64) (n int64, err error) {
	c, err := t.there(sid)
	if err != nil || c.Messages == c.LastIndex+1 {
		return 0, err
	}
	err = t.ask(func(b *pgx.Batch) {
		one(b, `SELECT count(*) FROM message WHERE conversation = $1 AND removed = 1 AND idx > $2`, []any{sid, above}, &n)
	})
	return n, err
}
