package hub

import (
	"errors"
	"time"
)

var errLane = errors.New("an earlier write of this session to the conversation failed")

// lane reports whether two commands must keep their order: same session, same conversation.
func (p *pending) lane(other *pending) bool {
	feed := p.turn.actor.Feed
	return feed != nil && feed == other.turn.actor.Feed && p.cmd.target() == other.cmd.target()
}

// blocks reports whether something before p in its lane failed retryably.
func (b *batch) blocks(p *pending) bool {
	for _, before := range b.all {
		if before == p {
			return false
		}
		if before.Err != nil && before.lane(p) && AsError(before.Err).Code.Info().Retry {
			return true
		}
	}
	return false
}

// failLane fails alike what waits behind p in its lane, and what comes before the client was to try again: it may have been
// sent before the client could know.
func (h *Hub) failLane(p *pending, err *Error) {
	q := &h.committer
	var failed []*pending
	q.mu.Lock()
	p.shut(time.Now().Add(err.RetryAfter))
	kept := q.queue[:0:0]
	for _, other := range q.queue {
		if p.lane(other) {
			failed = append(failed, other)
		} else {
			kept = append(kept, other)
		}
	}
	q.queue = kept
	q.mu.Unlock()
	for _, other := range failed {
		definite := unavailable(err)
		definite.Op = other.cmd.op()
		other.done(nil, definite)
	}
}

// shut refuses what comes in p's lane until a time. The committer is locked.
func (p *pending) shut(until time.Time) {
	feed := p.turn.actor.Feed
	if feed == nil {
		return
	}
	if feed.shut == nil {
		feed.shut = map[ConversationRef]time.Time{}
	}
	feed.shut[p.cmd.target()] = until
}

// shutOut is why p is refused, nil where its lane is open. The committer is locked.
func (p *pending) shutOut() *Error {
	feed := p.turn.actor.Feed
	if feed == nil || feed.shut == nil {
		return nil
	}
	until, found := feed.shut[p.cmd.target()]
	left := time.Until(until)
	if !found || left <= 0 {
		delete(feed.shut, p.cmd.target())
		return nil
	}
	err := unavailable(errLane)
	err.Op, err.RetryAfter = p.cmd.op(), left.Truncate(time.Second)+time.Second // told in whole seconds
	return err
}
