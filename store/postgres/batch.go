package postgres

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"parley/hub"
)

// transact runs ops in one transaction, again where that may help. An error concerns all of them, and unless it is an
// *hub.UncertainError nothing happened; an op's own failure is in its Err. With nowait conversations must be free.
func (s *Store) transact(ops []*hub.Op, nowait bool) error {
	for tries := 1; ; tries++ {
		conn, err := s.writer()
		if err != nil {
			return err
		}
		err = s.transactOnce(conn, ops, nowait)
		switch {
		case err == nil || uncertain(err):
			return err
		case tries < 3 && (again(err) || errors.Is(err, errNever) || conn.IsClosed()):
		case tries < 3 && len(ops) == 1 && retriedAlone(err):
		case conn.IsClosed() || errors.Is(err, errNever):
			return errAway(err)
		default:
			return err
		}
	}
}

func (s *Store) transactOnce(conn *pgx.Conn, ops []*hub.Op, nowait bool) error {
	ctx, cancel := context.WithTimeout(lifelong, s.config.Timeout)
	defer cancel()
	t := &tx{ctx: ctx, conn: conn, base: newLayer(), alone: len(ops) == 1}
	if err := t.begin(ops, nowait); err != nil {
		return s.rollback(conn, err)
	}
	for _, op := range ops {
		if err := t.run(op); err != nil {
			return s.rollback(conn, err)
		}
	}
	return s.finish(t, ops)
}

// finish writes what waits and commits, in one round trip.
func (s *Store) finish(t *tx, ops []*hub.Op) error {
	t.op = nil
	if !t.wrote && len(t.base.writes) == 0 && len(t.base.heads) == 0 {
		return s.rollback(t.conn, nil) // nothing to make durable: spares a sync
	}
	b := &pgx.Batch{}
	t.flush(b)
	t.queueHeads(b)
	id, reached := newOutcome(t.now), false
	b.Queue(insertOutcome, id).Exec(func(pgconn.CommandTag) error {
		reached = true
		return nil
	})
	b.Queue(`COMMIT`)
	err := t.conn.SendBatch(t.ctx, b).Close()
	if err == nil {
		return nil
	}
	err = s.rollback(t.conn, commitError(err, reached))
	if !errors.As(err, new(*lostCommitError)) {
		return err
	}
	if err = s.settle(id, err); uncertain(err) {
		for _, op := range ops {
			if op.Err == nil { // one that failed by itself has done nothing in any case
				op.Err = err
			}
		}
		return nil
	}
	return err
}

// queueHeads queues the heads that changed, in the order of their keys.
func (t *tx) queueHeads(b *pgx.Batch) {
	sids := slices.Sorted(maps.Keys(t.base.heads))
	if len(sids) == 0 {
		return
	}
	var n [10][]int64
	deleted := make([]bool, len(sids))
	for i, sid := range sids {
		h := &t.base.threads[sid].Head
		for j, v := range [...]int64{
			int64(h.Revision), h.LastIndex, h.LastLive, millis(h.LastTime), h.Messages, h.Participants, h.NonChat,
			millis(h.Activity), millis(h.Touched), millis(h.Deadline),
		} {
			n[j] = append(n[j], v)
		}
		deleted[i] = h.Deleted
	}
	b.Queue(`UPDATE head h SET revision = d.revision, last_index = d.last_index, last_live = d.last_live, last_time = d.last_time,
		messages = d.messages, participants = d.participants, non_chat = d.non_chat, activity = d.activity, touched = d.touched,
		deadline = d.deadline, deleted = d.deleted
		FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
			$9::bigint[], $10::bigint[], $11::bigint[], $12::boolean[])
		AS d(conversation, revision, last_index, last_live, last_time, messages, participants, non_chat, activity, touched, deadline, deleted)
		WHERE h.conversation = d.conversation`,
		texts(sids), n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], deleted)
}
