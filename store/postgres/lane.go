package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"parley/hub"
)

// laneWidth is how many conversations that other hubs have locked are waited for at a time.
const laneWidth = 4

// addLocked adds the drafts whose conversations were locked elsewhere: waiting for the lock, each conversation in a
// transaction of its own. What is still locked then, or had no lane within the wait, is stuck: the batches that follow do not
// wait for it, so that a conversation which stays locked keeps up none but itself (rule R8).
func (s *Store) addLocked(drafts []*draft) {
	groups, order := s.locked(drafts)
	if len(order) == 0 {
		return
	}
	errs := make([]error, len(order))
	room := make(chan struct{}, laneWidth)
	var lanes sync.WaitGroup
	began := time.Now()
	for i, sid := range order {
		room <- struct{}{}
		if time.Since(began) > s.config.LockWait {
			errs[i] = errTooMany
			<-room
			continue
		}
		lanes.Go(func() {
			errs[i] = s.addWaiting(groups[sid])
			<-room
		})
	}
	lanes.Wait()
	for i, sid := range order {
		s.judge(groups[sid], errs[i])
	}
}

// errTooMany says that there was no lane for a conversation in time.
var errTooMany = errBusy(nil)

// locked gives the drafts that are to be waited for, by conversation. What is stuck is refused, and what is not locked is no
// longer stuck.
func (s *Store) locked(drafts []*draft) (groups map[hub.ConversationSID][]*draft, order []hub.ConversationSID) {
	groups = map[hub.ConversationSID][]*draft{}
	for _, d := range drafts {
		r := row{thread: d.sid}
		switch {
		case d.verdict != unlocked:
			delete(s.stuck, r)
		case s.isStuck(r):
			s.stick(r)
			d.err = errBusy(nil)
		default:
			if groups[d.sid] == nil {
				order = append(order, d.sid)
			}
			groups[d.sid] = append(groups[d.sid], d)
		}
	}
	return groups, order
}

// judge notes what a lane's error means to its drafts.
func (s *Store) judge(drafts []*draft, err error) {
	switch {
	case err == nil:
	case errors.Is(err, errTooMany), sqlState(err) == lockTimeout:
		s.stick(row{thread: drafts[0].sid})
		err = errBusy(err)
	case down(err):
		s.doubt(err, drafts)
	case stalled(err):
		err = definite(err)
	default: // a statement failed: each runs alone
		for _, d := range drafts {
			d.verdict = refused
		}
		return
	}
	for _, d := range drafts {
		d.err = err
	}
}

// addWaiting adds drafts of one conversation on a connection of the pool.
func (s *Store) addWaiting(drafts []*draft) error {
	var conn *pgxpool.Conn
	defer func() {
		if conn != nil {
			conn.Release()
		}
	}()
	return s.add(func() (*pgx.Conn, error) {
		if conn != nil && !conn.Conn().IsClosed() && s.claimed(conn.Conn()) {
			return conn.Conn(), nil
		}
		if conn != nil {
			conn.Release()
			conn = nil
		}
		ctx, cancel := context.WithTimeout(lifelong, s.config.LockWait+connectWithin)
		defer cancel()
		var err error
		if conn, err = s.pool.Acquire(ctx); err != nil {
			return nil, errAway(err)
		}
		return conn.Conn(), nil
	}, drafts, true)
}
