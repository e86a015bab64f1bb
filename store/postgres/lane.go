package postgres

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"parley/hub"
)

// laneWidth is how many conversations that other hubs have locked are waited for at a time.
const laneWidth = 4

// addLocked adds the drafts whose conversations were locked elsewhere: waiting for the lock, each conversation in a
// transaction of its own, so that one that stays locked keeps up none but itself (rule R8).
func (s *Store) addLocked(drafts []*draft) {
	groups := map[hub.ConversationSID][]*draft{}
	var order []hub.ConversationSID
	for _, d := range drafts {
		if d.verdict == unlocked {
			if groups[d.sid] == nil {
				order = append(order, d.sid)
			}
			groups[d.sid] = append(groups[d.sid], d)
		}
	}
	if len(order) == 0 {
		return
	}
	errs := make([]error, len(order))
	room := make(chan struct{}, laneWidth)
	var lanes sync.WaitGroup
	for i, sid := range order {
		room <- struct{}{}
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

// judge notes what a lane's error means to its drafts.
func (s *Store) judge(drafts []*draft, err error) {
	switch {
	case err == nil:
	case down(err):
		s.doubt(err, drafts)
	case sqlState(err) == lockTimeout:
		err = errBusy(err)
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
		if conn != nil && !conn.Conn().IsClosed() {
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
