package postgres

import (
	"errors"

	"parley/hub"
)

// Commit implements hub.Committer. Messages that are added to conversations which the batch does nothing else with before go
// first, as data and in one round trip. All other ops, and the messages that did not qualify, run after them in their order.
func (s *Store) Commit(ops []*hub.Op) {
	if err := s.begin(lifelong); err != nil {
		fail(ops, err)
		return
	}
	defer s.end()
	c := split(ops)
	if len(c.drafts) > 0 {
		s.addAll(c)
	}
	s.runAll(s.passBy(c.rest(), false), false)
}

// fail gives ops an error.
func fail(ops []*hub.Op, err error) {
	for _, op := range ops {
		op.Err = err
	}
}

// target is what commands name as the conversation that they are about.
type target struct {
	service hub.ServiceSID
	ref     hub.ConversationRef
}

// commit is a batch on its way.
type commit struct {
	ops    []*hub.Op
	drafts []*draft
	done   map[*hub.Op]bool
	failed map[target]error // retryably, so that what follows on the same conversation must fail too (rule R10)
}

// split finds the messages that can be added as data without overtaking anything on the same conversation: events are
// published in the order of the batch, which must be that of their revisions. A unique name may stand for any conversation.
func split(ops []*hub.Op) *commit {
	c := &commit{ops: ops, done: map[*hub.Op]bool{}, failed: map[target]error{}}
	slow := map[target]bool{}
	anything, something := false, false // was written by what comes first
	for _, op := range ops {
		if op.Plan == nil {
			anything = true
			continue
		}
		w := op.Plan.Wants()
		at := target{w.Service, w.Conversation}
		byName := at.ref != "" && at.ref.SID() == ""
		if a := op.Plan.Append(); a != nil && !anything && !slow[at] && (!byName || !something) {
			c.drafts = append(c.drafts, &draft{op: op, append: a, at: at, sid: at.ref.SID()})
			continue
		}
		if at.ref != "" {
			slow[at], something = true, true
			anything = anything || byName
		}
	}
	return c
}

// settled notes what became of the drafts.
func (c *commit) settled(drafts []*draft) {
	for _, d := range drafts {
		switch {
		case d.err != nil:
			d.op.Err, c.done[d.op] = d.err, true
			c.failed[d.at] = d.err
		case d.verdict == taken:
			d.op.Err, c.done[d.op] = nil, true
			d.op.Plan.Added(d.append.Message)
		}
	}
}

// rest is what is left to be run.
func (c *commit) rest() (rest []*hub.Op) {
	for _, op := range c.ops {
		if c.done[op] {
			continue
		}
		if op.Plan != nil && len(c.failed) > 0 {
			w := op.Plan.Wants()
			if err := c.failed[target{w.Service, w.Conversation}]; err != nil {
				op.Err = err
				continue
			}
		}
		rest = append(rest, op)
	}
	return rest
}

// runAll runs ops in one transaction; where that fails, each in one of its own (rule R8). What is locked elsewhere is waited for
// once, unless nowait says that this was done: then the ops that want it fail, and the others go through.
func (s *Store) runAll(ops []*hub.Op, nowait bool) {
	if len(ops) == 0 {
		return
	}
	err := s.transact(ops, nowait)
	busy := sqlState(err) == lockTimeout
	switch {
	case err == nil:
		return
	case down(err):
		fail(ops, err)
		return
	case busy && !nowait:
		if left := s.passBy(ops, true); len(left) < len(ops) {
			s.runAll(left, true)
			return
		}
	}
	if stalled(err) || len(ops) == 1 && (busy || !retriedAlone(err)) {
		fail(ops, definite(err))
		return
	}
	s.runEach(ops, busy)
}

// runEach runs each op in a transaction of its own. Those behind one that fails retryably on the same conversation fail alike
// (rule R10).
func (s *Store) runEach(ops []*hub.Op, nowait bool) {
	c := &commit{ops: ops, done: map[*hub.Op]bool{}, failed: map[target]error{}}
	for i, op := range ops {
		if len(c.failed) > 0 && len((&commit{ops: []*hub.Op{op}, failed: c.failed}).rest()) == 0 {
			continue
		}
		err := s.transact([]*hub.Op{op}, nowait)
		if err == nil {
			continue
		}
		if stalled(err) {
			fail(ops[i:], definite(err))
			return
		}
		op.Err = err
		if !uncertain(err) {
			op.Err = definite(err)
		}
		if op.Plan != nil && hub.AsError(op.Err).Code.Info().Retry {
			w := op.Plan.Wants()
			c.failed[target{w.Service, w.Conversation}] = op.Err
		}
	}
}

// down reports whether an error concerns the whole store, so that nothing else need be tried now.
func down(err error) bool {
	known, ok := errors.AsType[*hub.Error](err)
	return uncertain(err) || ok && known.Code == hub.CodeUnavailable
}

// retriedAlone reports whether an op that failed so may go through when it makes sure of what it takes for new.
func retriedAlone(err error) bool { return sqlState(err) == uniqueViolation }
