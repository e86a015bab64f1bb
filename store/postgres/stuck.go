package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// row is what ops lock: the head of a conversation, or a user. The other field is zero.
type row struct {
	thread hub.ConversationSID
	who    person
}

// stuckFor is how many lock waits a row that was found locked for too long is remembered after it was last wanted.
const stuckFor = 5

// stick remembers that a row was locked elsewhere for longer than anybody waits: until it is found free no batch waits for it
// again, and what wants it is refused at once (rule R8). The caller has the turn.
func (s *Store) stick(r row) { s.stuck[r] = time.Now().Add(stuckFor * s.config.LockWait) }

// isStuck reports whether a row was locked for too long and was not free since. The caller has the turn.
func (s *Store) isStuck(r row) bool {
	until, ok := s.stuck[r]
	if ok && time.Now().After(until) {
		delete(s.stuck, r)
		ok = false
	}
	return ok
}

// passBy fails the ops that want what is stuck, and those behind them on the same conversation (rule R10), and gives the others.
// Where somebody waited in vain all that the ops want is suspected. It waits for nothing.
func (s *Store) passBy(ops []*hub.Op, suspected bool) (left []*hub.Op) {
	if len(s.stuck) == 0 && !suspected {
		return ops
	}
	wants, err := s.look(ops, suspected)
	if err != nil {
		return ops // they find out
	}
	failed := map[target]error{}
	for i, op := range ops {
		at, named := target{}, false
		if op.Plan != nil {
			w := op.Plan.Wants()
			at, named = target{w.Service, w.Conversation}, w.Conversation != ""
		}
		err := failed[at]
		for _, r := range wants[i] {
			if s.isStuck(r) {
				err = errBusy(nil)
			}
		}
		switch {
		case err == nil:
			left = append(left, op)
		case named:
			failed[at] = err
			fallthrough
		default:
			op.Err = err
		}
	}
	return left
}

// look finds the rows that ops lock and, of those that are stuck or suspected, which still are locked.
func (s *Store) look(ops []*hub.Op, suspected bool) ([][]row, error) {
	conn, err := s.writer()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(lifelong, s.config.Timeout)
	defer cancel()
	found, err := named(ctx, conn, ops)
	if err != nil {
		return nil, err
	}
	wants, asked := make([][]row, len(ops)), newWanted()
	for i, op := range ops {
		if op.Plan == nil {
			continue
		}
		w := newWanted()
		w.add(op.Plan, found)
		wants[i] = w.rows()
		for _, r := range wants[i] {
			switch {
			case !suspected && !s.isStuck(r):
			case r.thread != "":
				asked.threads[r.thread] = true
			default:
				asked.people[r.who] = true
			}
		}
	}
	return wants, s.probe(ctx, conn, asked)
}

// rows are those that are locked.
func (w *wanted) rows() (all []row) {
	for sid := range w.threads {
		all = append(all, row{thread: sid})
	}
	for who := range w.people {
		all = append(all, row{who: who})
	}
	return all
}

// probe finds out which rows are locked elsewhere: they are stuck, and the others no longer are.
func (s *Store) probe(ctx context.Context, conn *pgx.Conn, asked *wanted) error {
	if len(asked.threads)+len(asked.people) == 0 {
		return nil
	}
	locked, free := map[row]bool{}, map[row]bool{}
	into := func(rows map[row]bool) func(pgx.Row) error {
		return func(found pgx.Row) error {
			var r row
			err := found.Scan(&r.thread, &r.who.service, &r.who.identity)
			rows[r] = true
			return err
		}
	}
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	asked.find(b, ` FOR UPDATE OF x SKIP LOCKED`, into(free))
	asked.find(b, ``, into(locked))
	b.Queue(`ROLLBACK`) // which waits for no disk
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		return s.rollback(conn, err)
	}
	for _, r := range asked.rows() {
		delete(s.stuck, r)
		if locked[r] && !free[r] {
			s.stick(r)
		}
	}
	return nil
}

// find queues reads of the rows that there are.
func (w *wanted) find(b *pgx.Batch, lock string, found func(pgx.Row) error) {
	list(b, `SELECT x.conversation, '', '' FROM head x WHERE x.conversation = ANY ($1::text[])`+lock, []any{w.sids()}, found)
	services, identities := w.persons()
	list(b, `SELECT '', x.service, x.identity FROM unnest($1::text[], $2::text[]) AS w(service, identity)
		JOIN users x ON x.service = w.service AND x.identity = w.identity`+lock, []any{services, identities}, found)
}
