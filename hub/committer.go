package hub

import (
	"context"
	"errors"
	"sync"
	"time"
)

// committer is the queue of commands that wait for the next commit. There is no gathering timer: a batch is what
// arrived while the last one was being made durable (rule R10).
type committer struct {
	mu     sync.Mutex
	queue  []*pending
	busy   bool      // a batch is under way
	worked time.Time // when the last one was through
	closed bool
	idle   sync.Cond     // queue empty, nothing under way
	wake   chan struct{} // size 1: the queue is not empty
}

func (q *committer) init() {
	q.idle.L = &q.mu
	q.wake = make(chan struct{}, 1)
}

// pending is a command on its way.
type pending struct {
	Op
	turn   turn
	cmd    Command
	answer any
	done   func(answer any, err error)
	batch  *batch // that it rides in
	queued time.Time
}

// batch is what one commit carries.
type batch struct {
	all     []*pending
	ops     []*Op
	failing bool // some op failed retryably: those of its lane behind it must not run (rule R10)
}

// Submit hands over a command. It never waits for the store. done is called exactly once, by the hub's committing
// goroutine, when the command is durable or refused, in commit order and before its events go out; it must not
// block and must not call back into the hub.
func (h *Hub) Submit(actor Actor, cmd Command, done func(answer any, err error)) {
	p := &pending{cmd: cmd, done: done, queued: time.Now()}
	p.turn = turn{hub: h, limits: &h.config.Limits, actor: actor}
	p.Run, p.Plan = p.run, p
	q := &h.committer
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		done(nil, &Error{Code: CodeUnavailable, Op: cmd.op(), Msg: "the hub is stopping", RetryAfter: time.Second})
		return
	}
	if err := p.shutOut(); err != nil {
		q.mu.Unlock()
		done(nil, err)
		return
	}
	q.queue = append(q.queue, p)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default: // a token is there: the loop will see the queue
	}
}

// Do is Submit for callers that wait. Where ctx ends first the outcome is unknown, and the error says so.
func (h *Hub) Do(ctx context.Context, actor Actor, cmd Command) (any, error) {
	type outcome struct {
		answer any
		err    error
	}
	out := make(chan outcome, 1) // size 1: the committer never waits for a caller that gave up
	h.Submit(actor, cmd, func(answer any, err error) { out <- outcome{answer, err} })
	select {
	case o := <-out:
		return o.answer, o.err
	case <-ctx.Done():
		return nil, &Error{Code: CodeInternal, Op: cmd.op(), Msg: "gave up waiting; it may still happen", Err: ctx.Err()}
	}
}

// run is one run of the command inside a transaction.
func (p *pending) run(tx Tx) error {
	if p.batch.failing && p.batch.blocks(p) {
		return unavailable(errLane)
	}
	t := &p.turn
	t.Tx, t.now, t.events, t.first, t.after = tx, tx.Now(), t.events[:0], nil, nil
	var err error
	p.answer, err = p.cmd.run(t)
	if err != nil && AsError(err).Code.Info().Retry {
		p.batch.failing = true
	}
	return err
}

// Wants implements Plan.
func (p *pending) Wants() Wants {
	w := Wants{Service: p.turn.actor.Service, Conversation: p.cmd.target()}
	if !p.turn.actor.account() {
		w.Identities = append(w.Identities, p.turn.actor.Identity)
	}
	if cmd, ok := p.cmd.(interface{ subject() string }); ok && cmd.subject() != "" {
		w.Identities = append(w.Identities, cmd.subject())
	}
	if cmd, ok := p.cmd.(interface{ subjects() []string }); ok {
		w.Identities = append(w.Identities, cmd.subjects()...)
	}
	return w
}

// Append implements Plan.
func (p *pending) Append() *Append {
	if cmd, ok := p.cmd.(*SendMessage); ok && cmd.plain() && cmd.check(&p.turn) == nil {
		return cmd.plan(p.turn.actor)
	}
	return nil
}

// Added implements Plan.
func (p *pending) Added(m *Message) {
	p.answer = m
	p.turn.events = append(p.turn.events[:0], &Event{
		Kind: MessageAdded, Service: p.turn.actor.Service, Conversation: m.Conversation, Revision: m.Created, Message: m,
	})
	p.turn.first, p.turn.after = nil, nil
}

func (h *Hub) commitLoop(ctx context.Context) {
	for {
		select {
		case <-h.committer.wake:
		case <-ctx.Done():
			return
		}
		for b := h.committer.take(h.config.BatchOps); b != nil; b = h.committer.take(h.config.BatchOps) {
			h.commit(b)
		}
	}
}

// take is the next batch, nil when nothing waits.
func (q *committer) take(most int) *batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.queue), most)
	if q.busy = n > 0; !q.busy {
		q.worked = time.Now()
		q.queue = nil // let go of the array: idle hubs hold nothing
		q.idle.Broadcast()
		return nil
	}
	b := &batch{all: q.queue[:n:n], ops: make([]*Op, n)}
	q.queue = q.queue[n:]
	for i, p := range b.all {
		p.batch = b
		b.ops[i] = &p.Op
	}
	return b
}

// commit makes a batch durable, answers and delivers, in order (rule R10).
func (h *Hub) commit(b *batch) {
	began := time.Now()
	h.store.Commit(b.ops)
	h.counters.committed(len(b.all), time.Since(began))
	h.checkEpoch()
	for _, p := range b.all {
		h.finish(p)
	}
}

func (h *Hub) finish(p *pending) {
	if p.Err != nil {
		err := h.failure(p)
		p.done(nil, err)
		if err.Code.Info().Retry {
			h.failLane(p, err)
		}
		return
	}
	for _, first := range p.turn.first {
		first(h)
	}
	p.done(p.answer, nil) // before the events: the sender gets answer and event in one write
	for _, e := range p.turn.events {
		h.publish(e)
	}
	for _, after := range p.turn.after {
		after(h)
	}
}

// failure is what the caller is told of a failed command.
func (h *Hub) failure(p *pending) *Error {
	known, ok := errors.AsType[*Error](p.Err)
	if !ok {
		if _, uncertain := errors.AsType[*UncertainError](p.Err); uncertain {
			known = &Error{
				Code: CodeInternal, Msg: "it may or may not have happened; send the same nonce again", RetryAfter: time.Second, Err: p.Err,
			}
			h.counters.uncertain.Store(true)
			h.poke()
		} else {
			known = unavailable(p.Err)
		}
		h.log.Error("commit failed", "op", p.cmd.op(), "err", p.Err)
	}
	if known.Code == CodeUnavailable {
		h.poke() // the store may have stopped
	}
	told := *known
	told.Op = p.cmd.op()
	h.counters.failed(told.Code)
	return &told
}

// waiting is how many commands are queued.
func (q *committer) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.queue)
}

// calm is how long nothing was committed when the store is held to be free: at some messages a second it mostly has a moment.
const calm = 100 * time.Millisecond

// working reports whether there is something to commit, or was just now.
func (q *committer) working() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.busy || len(q.queue) > 0 || time.Since(q.worked) < calm
}

func (q *committer) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
}

// drained waits until everything accepted is answered.
func (q *committer) drained() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.busy || len(q.queue) > 0 {
		q.idle.Wait()
	}
}
