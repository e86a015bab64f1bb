package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// wanted is what the ops of a batch will read, as far as their plans say.
type wanted struct {
	threads  map[hub.ConversationSID]bool
	seats    map[seat]bool
	nonces   map[nonceKey]bool
	people   map[person]bool
	services map[hub.ServiceSID]bool
	names    map[nameKey]bool
}

// begin begins the transaction: it locks what the plans name, conversations before users and each in the order of their
// sids, and reads it in later statements (rule R6), all in one round trip.
func (t *tx) begin(ops []*hub.Op, nowait bool) error {
	w, err := t.wanted(ops)
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	w.lock(b, nowait)
	var now int64
	one(b, `SELECT `+clock, nil, &now)
	w.fetch(b, t.base)
	if err := t.conn.SendBatch(t.ctx, b).Close(); err != nil {
		return err
	}
	t.now = time.UnixMilli(now).UTC()
	for key := range w.names { // as it is under the lock
		for _, c := range t.base.threads {
			if c != nil && c.Service == key.service && c.UniqueName == key.name && !c.Deleted {
				t.base.names[key] = c.SID
			}
		}
	}
	return nil
}

func newWanted() *wanted {
	return &wanted{
		threads: map[hub.ConversationSID]bool{}, seats: map[seat]bool{}, nonces: map[nonceKey]bool{},
		people: map[person]bool{}, services: map[hub.ServiceSID]bool{}, names: map[nameKey]bool{},
	}
}

// wanted gathers what plans say. Unique names are looked up first: what is locked must be in the order of sids.
func (t *tx) wanted(ops []*hub.Op) (*wanted, error) {
	found, err := named(t.ctx, t.conn, ops)
	if err != nil {
		return nil, err
	}
	w := newWanted()
	for _, op := range ops {
		if op.Plan != nil {
			w.add(op.Plan, found)
		}
	}
	return w, nil
}

// named finds the conversations that plans name by unique name.
func named(ctx context.Context, conn *pgx.Conn, ops []*hub.Op) (map[nameKey]hub.ConversationSID, error) {
	var keys []nameKey
	for _, op := range ops {
		if op.Plan == nil {
			continue
		}
		if wants := op.Plan.Wants(); wants.Conversation != "" && wants.Conversation.SID() == "" {
			keys = append(keys, nameKey{wants.Service, string(wants.Conversation)})
		}
	}
	if len(keys) == 0 {
		return nil, nil //nolint:nilnil // nobody is named
	}
	return resolve(ctx, conn, keys)
}

func (w *wanted) add(plan hub.Plan, found map[nameKey]hub.ConversationSID) {
	wants := plan.Wants()
	w.services[wants.Service] = true
	sid := wants.Conversation.SID()
	if wants.Conversation != "" && sid == "" {
		key := nameKey{wants.Service, string(wants.Conversation)}
		sid = found[key]
		w.names[key] = true
	}
	if sid != "" {
		w.threads[sid] = true
	}
	for _, identity := range wants.Identities {
		w.people[person{wants.Service, identity}] = true
		if sid != "" {
			w.seats[seat{sid, identity}] = true
		}
	}
	if a := plan.Append(); a != nil && sid != "" && a.Message.Nonce != "" {
		w.nonces[nonceKey{sid, a.Message.Author, a.Message.Nonce}] = true
	}
}

// lock queues the statements that lock. With nowait whatever is locked elsewhere fails them.
func (w *wanted) lock(b *pgx.Batch, nowait bool) {
	if len(w.threads) > 0 {
		text := `SELECT 1 FROM head h WHERE h.conversation = ANY ($1::text[]) ORDER BY h.conversation FOR UPDATE`
		if nowait {
			text += ` NOWAIT`
		}
		b.Queue(text, w.sids())
	}
	if len(w.people) > 0 {
		services, identities := w.persons()
		text := `SELECT 1 FROM users u JOIN unnest($1::text[], $2::text[]) AS w(service, identity)
			ON u.service = w.service AND u.identity = w.identity ORDER BY u.sid FOR UPDATE OF u`
		if nowait {
			text += ` NOWAIT`
		}
		b.Queue(text, services, identities)
	}
}

func (w *wanted) sids() (sids []string) {
	for sid := range w.threads {
		sids = append(sids, string(sid))
	}
	return sids
}

func (w *wanted) persons() (services, identities []string) {
	for who := range w.people {
		services, identities = append(services, string(who.service)), append(identities, who.identity)
	}
	return services, identities
}

// fetch queues the statements that read, into a layer. What is not found is known not to be there.
func (w *wanted) fetch(b *pgx.Batch, l *layer) {
	if len(w.threads) > 0 {
		for sid := range w.threads {
			l.threads[sid] = nil
		}
		list(b, `SELECT `+conversationColumns+fromConversation+`WHERE c.sid = ANY ($1::text[])`, []any{w.sids()}, func(row pgx.Row) error {
			c, err := scanConversation(row)
			l.threads[c.SID] = c
			return err
		})
	}
	if len(w.seats) > 0 {
		w.fetchSeats(b, l)
	}
	if len(w.nonces) > 0 {
		w.fetchNonces(b, l)
	}
	if len(w.people) > 0 {
		w.fetchPeople(b, l)
	}
	var services []hub.ServiceSID
	for sid := range w.services {
		l.services[sid] = nil
		services = append(services, sid)
	}
	list(b, `SELECT `+serviceColumns+` FROM service v WHERE v.sid = ANY ($1::text[]) AND NOT v.deleted`, []any{texts(services)}, func(row pgx.Row) error {
		v, err := scanService(row)
		l.services[v.SID] = v
		return err
	})
}
