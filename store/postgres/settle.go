package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// doubt is a commit of which nobody knows whether it happened.
type doubt struct {
	id            string   // of its row in outcome, "" for one that only added messages
	conversations []string // that it had locked
}

// doubt remembers what could not be settled. The caller has the turn.
func (s *Store) doubt(err error, drafts []*draft) {
	if uncertain(err) {
		s.doubts = append(s.doubts, doubt{conversations: conversations(drafts)})
	}
}

// newOutcome names a transaction: its time in milliseconds, and a random part.
func newOutcome(now time.Time) string {
	return fmt.Sprintf("%013x%s", now.UnixMilli(), rand.Text()[:12])
}

const (
	insertOutcome = `INSERT INTO outcome (id, settled) VALUES ($1, false)`
	// settleOutcome adds the row of a transaction again. It waits for one that is under way. Where the row is there, the
	// transaction happened; where it is not, it no longer can, since its own row would be in the way. Either way something is
	// written, so that a synchronous replica that has the answer has the transaction.
	settleOutcome = `INSERT INTO outcome (id, settled) VALUES ($1, false) ON CONFLICT (id) DO UPDATE SET settled = true RETURNING settled`
)

// errNever says that a transaction in doubt did not happen.
var errNever = errors.New("the connection was lost before the commit")

// settle finds out what became of a transaction (rule R9): nil where it happened, errNever where it did not and never will.
func (s *Store) settle(id string, cause error) error {
	s.log.Warn("the answer to a commit was lost: it is looked for", "err", cause)
	until := time.Now().Add(s.config.Settle)
	for {
		happened, err := s.outcome(id)
		switch {
		case err == nil && happened:
			return nil
		case err == nil:
			return errNever
		case time.Now().After(until):
			s.doubts = append(s.doubts, doubt{id: id})
			return &hub.UncertainError{Err: errors.Join(cause, err)}
		}
		pause(tryAgain)
	}
}

// outcome asks once.
func (s *Store) outcome(id string) (happened bool, err error) {
	conn, err := s.writer()
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(lifelong, s.config.Timeout)
	defer cancel()
	err = conn.QueryRow(ctx, settleOutcome, id).Scan(&happened)
	return happened, err
}

// lookUp waits until a commit in doubt is over. Its callers were told that it may have happened.
func (s *Store) lookUp(d doubt) error {
	if d.id != "" {
		_, err := s.outcome(d.id)
		return err
	}
	conn, err := s.writer()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(lifelong, s.config.Timeout)
	defer cancel()
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	b.Queue(lockWaiting, d.conversations)
	b.Queue(`COMMIT`)
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		return s.rollback(conn, err)
	}
	return nil
}
