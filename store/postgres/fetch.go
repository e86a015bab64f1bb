package postgres

import (
	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// fetchSeats queues the read of the newest membership of each, tombstones included, and of their roles.
func (w *wanted) fetchSeats(b *pgx.Batch, l *layer) {
	var threads, identities []string
	for at := range w.seats {
		l.seats[at] = nil
		threads, identities = append(threads, string(at.conversation)), append(identities, at.identity)
	}
	const join = ` FROM unnest($1::text[], $2::text[]) AS w(conversation, identity)
		JOIN participant p ON p.conversation = w.conversation AND p.identity = w.identity`
	list(b, `SELECT DISTINCT ON (p.conversation, p.identity) `+participantColumns+join+`
		ORDER BY p.conversation, p.identity, p.created_rev DESC`, []any{threads, identities}, func(row pgx.Row) error {
		p, err := scanParticipant(row)
		l.seats[seat{p.Conversation, p.Identity}] = p
		return err
	})
	list(b, `SELECT `+roleColumns+` FROM role r WHERE r.sid IN (SELECT p.role`+join+` AND p.gone = '')`, []any{threads, identities}, l.putRole)
}

// fetchPeople queues the read of users and their roles.
func (w *wanted) fetchPeople(b *pgx.Batch, l *layer) {
	for who := range w.people {
		l.users[who] = nil
	}
	services, identities := w.persons()
	const join = ` FROM unnest($1::text[], $2::text[]) AS w(service, identity)
		JOIN users u ON u.service = w.service AND u.identity = w.identity`
	list(b, `SELECT `+userColumns+join, []any{services, identities}, func(row pgx.Row) error {
		u, err := scanUser(row)
		l.users[person{u.Service, u.Identity}] = u
		return err
	})
	list(b, `SELECT `+roleColumns+` FROM role r WHERE r.sid IN (SELECT u.role`+join+`)`, []any{services, identities}, l.putRole)
}

func (l *layer) putRole(row pgx.Row) error {
	r, err := scanRole(row)
	l.roles[r.SID] = r
	return err
}

// fetchNonces queues the question which nonces were used. What they were used for is read when it is asked for.
func (w *wanted) fetchNonces(b *pgx.Batch, l *layer) {
	var threads, authors, nonces []string
	for k := range w.nonces {
		l.nonces[k] = nil
		threads, authors, nonces = append(threads, string(k.conversation)), append(authors, k.author), append(nonces, k.nonce)
	}
	list(b, `SELECT n.conversation, n.author, n.nonce FROM unnest($1::text[], $2::text[], $3::text[]) AS w(conversation, author, nonce)
		JOIN nonce n ON n.conversation = w.conversation AND n.nonce = w.nonce AND n.author = w.author`,
		[]any{threads, authors, nonces}, func(row pgx.Row) error {
			var k nonceKey
			err := row.Scan(&k.conversation, &k.author, &k.nonce)
			l.nonces[k] = &hub.Message{}
			return err
		})
}
