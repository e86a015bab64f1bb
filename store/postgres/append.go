package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// draft is a message to be added as data.
type draft struct {
	op     *hub.Op
	append *hub.Append
	at     target
	sid    hub.ConversationSID // "" while a name is not resolved, or where nobody bears it

	verdict verdict
	err     error // of the attempt: it is not to be run either
}

// verdict is what became of a draft.
type verdict int

const (
	unlocked verdict = iota // another hub has the conversation
	refused                 // it does not qualify: its Run decides
	taken
)

// addAll adds the drafts of a batch: first all whose conversations are free, then the others by themselves.
func (s *Store) addAll(c *commit) {
	drafts := c.drafts
	err := s.resolve(drafts)
	if err == nil {
		err = s.add(s.writer, drafts, false)
	}
	switch {
	case err == nil:
		s.addLocked(drafts)
	case down(err):
		for _, d := range drafts {
			d.err = err
		}
		s.doubt(err, drafts)
	case stalled(err):
		for _, d := range drafts {
			d.err = definite(err)
		}
	default: // a statement failed: they run one by one (rule R8)
		return
	}
	c.settled(drafts)
}

// source gives a connection, a new one where the last was lost.
type source func() (*pgx.Conn, error)

// add runs the transaction that adds drafts, until it is known what became of it (rule R9): when the answer to COMMIT is
// lost it runs again under the locks, where what is there already counts as done. A nil error means that each draft has its
// verdict; an *hub.Error or *hub.UncertainError concerns all; any other is of a statement, and nothing was done.
func (s *Store) add(source source, drafts []*draft, wait bool) error {
	var lost error // why the outcome is in doubt
	var until time.Time
	for tries := 1; ; tries++ {
		conn, err := source()
		if err == nil {
			err = s.addOnce(conn, drafts, wait || lost != nil, lost != nil)
		}
		switch {
		case err == nil:
			return nil
		case lost == nil && errors.As(err, new(*lostCommitError)):
			lost, until = err, time.Now().Add(s.config.Settle)
			s.log.Warn("the answer to a commit was lost: it is looked for", "messages", len(drafts), "err", err)
		case lost != nil:
			if time.Now().After(until) {
				return &hub.UncertainError{Err: lost}
			}
			pause(tryAgain)
		case down(err):
			return err
		case tries < 3 && (again(err) || severed(err)):
		case severed(err):
			return errAway(err)
		default:
			return err
		}
	}
}

func pause(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
}

// addOnce is one attempt. All statements are sent before any answer is read, unless it is to be looked for what an earlier
// attempt has done.
func (s *Store) addOnce(conn *pgx.Conn, drafts []*draft, wait, look bool) error {
	ctx, cancel := context.WithTimeout(lifelong, s.config.Timeout)
	defer cancel()
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	lock := lockFree
	if wait {
		lock = lockWaiting
	}
	b.Queue(lock, conversations(drafts))
	if look {
		left, err := s.lookFor(ctx, conn, b, drafts)
		if err != nil {
			return s.rollback(conn, err)
		}
		b, drafts = &pgx.Batch{}, left
	}
	added := false
	b.Queue(add, arguments(drafts)...).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			if err := scanVerdict(rows, drafts); err != nil {
				return err
			}
		}
		added = rows.Err() == nil
		return rows.Err()
	})
	b.Queue(`COMMIT`)
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		return s.rollback(conn, commitError(err, added))
	}
	return nil
}

// lookFor sends what b holds, gives the verdict to drafts whose messages are there, and answers the others.
func (s *Store) lookFor(ctx context.Context, conn *pgx.Conn, b *pgx.Batch, drafts []*draft) (left []*draft, err error) {
	sids := make([]string, len(drafts))
	for i, d := range drafts {
		sids[i] = string(d.append.Message.SID)
	}
	there := map[hub.MessageSID]*hub.Message{}
	list(b, `SELECT `+messageColumns+` FROM message m WHERE m.conversation = ANY ($1::text[]) AND m.sid = ANY ($2::text[])`,
		[]any{conversations(drafts), sids}, func(row pgx.Row) error {
			m, err := scanMessage(row)
			if err == nil {
				there[m.SID] = m
			}
			return err
		})
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		return nil, err
	}
	for _, d := range drafts {
		if m := there[d.append.Message.SID]; m != nil {
			*d.append.Message, d.verdict = *m, taken
		} else {
			left = append(left, d)
		}
	}
	return left, nil
}

// rollback makes the connection fit for the next transaction, or gives it up.
func (s *Store) rollback(conn *pgx.Conn, cause error) error {
	if conn.IsClosed() {
		return cause
	}
	ctx, cancel := context.WithTimeout(lifelong, s.config.Timeout)
	defer cancel()
	if _, err := conn.Exec(ctx, `ROLLBACK`); err != nil {
		conn.Close(ctx) //nolint:errcheck // the server ends the transaction when it notices
	}
	return cause
}
