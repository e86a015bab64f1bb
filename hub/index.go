package hub

import (
	"context"
	"errors"
	"time"
)

// The index of words follows the commits at a distance (rule R13). Each hub brings it up to date for the conversations
// that it committed to; what a hub leaves behind that was killed is found by looking through all of them, which one hub
// does for all.
const (
	// indexAfter gathers what is said in a conversation, so that its index is written once for it.
	indexAfter = 500 * time.Millisecond
	// indexMost is how many conversations are taken at a time.
	indexMost = 64
	// indexRows bounds what is taken at a time, indexStep and indexBytes a step of one conversation: on SQLite commits wait for it.
	indexRows  = 300
	indexStep  = 30
	indexBytes = 512 << 10
	// indexRest is how many times as long as it worked the index rests while there is something to commit.
	indexRest = 19
	// indexWaiting bounds the conversations that wait; more of them are found by looking.
	indexWaiting = 50_000

	indexJob   = "search"
	indexLease = 90 * time.Second
	// surveyLook is how often a hub asks whether it is the one to look, surveyEvery how often that one looks.
	surveyLook  = time.Minute
	surveyEvery = 5 * time.Minute
	// surveyMost is how many conversations are looked at in one read.
	surveyMost = 500
)

// indexLater has a conversation indexed soon. It never waits.
func (h *Hub) indexLater(sid ConversationSID) {
	if h.unindexed.size() >= indexWaiting {
		h.counters.overlooked.Store(true)
		return
	}
	h.unindexed.add(sid, indexAfter)
}

// indexLoop brings the index up to date for what waits.
func (h *Hub) indexLoop(ctx context.Context) {
	for sids := h.unindexed.take(ctx, indexMost); sids != nil; sids = h.unindexed.take(ctx, indexMost) {
		began := time.Now()
		left, err := h.index(ctx, sids)
		again := time.Duration(0)
		if err != nil {
			if again = time.Second; ctx.Err() == nil {
				h.log.WarnContext(ctx, "indexing failed, it will be tried again", "err", err)
			}
		}
		for _, sid := range left {
			h.unindexed.add(sid, again)
		}
		if !pause(ctx, max(again, h.restAfter(time.Since(began)))) {
			return
		}
	}
}

// restAfter is how long the index rests after a step: the store belongs to commits first, and what is behind by then is made
// up for when they are done.
func (h *Hub) restAfter(step time.Duration) time.Duration {
	if h.committer.working() {
		return indexRest * step
	}
	return step
}

// pause waits, and reports whether to go on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// index takes a step with each of these conversations, as long as a transaction has room, and gives those that are not
// up to date after it.
func (h *Hub) index(ctx context.Context, sids []ConversationSID) (left []ConversationSID, err error) {
	h.counters.indexing.Add(1)
	defer h.counters.indexing.Add(-1)
	epoch := h.store.Epoch()
	marks, err := h.store.Indexed(ctx, sids)
	if err != nil {
		return sids, err
	}
	var steps []IndexStep
	rows := 0
	for _, m := range marks {
		if m.Indexed >= m.Revision {
			continue
		}
		if rows >= indexRows {
			left = append(left, m.Conversation)
			continue
		}
		more, err := h.indexSteps(ctx, m, indexRows-rows, func(step IndexStep) {
			rows += len(step.Put) + len(step.Drop)
			steps = append(steps, step)
		})
		if err != nil {
			return sids, err
		}
		if more {
			left = append(left, m.Conversation)
		}
	}
	switch {
	case len(steps) == 0:
		return nil, nil
	case h.store.Epoch() != epoch: // another history (rule R4)
		return sids, nil
	}
	if err := h.store.Index(ctx, steps); err != nil {
		return sids, err
	}
	h.counters.indexed.Add(int64(rows))
	return left, nil
}

// indexSteps gives the steps that a conversation needs, and whether it needs more of them than there is room for.
func (h *Hub) indexSteps(ctx context.Context, m IndexMark, room int, add func(IndexStep)) (more bool, err error) {
	for since := m.Indexed; ; {
		changes, err := h.store.Changes(ctx, Viewer{Service: m.Service}, m.Conversation, ChangeQuery{
			Since: since, Limit: indexStep, Bytes: indexBytes,
		})
		if errors.Is(err, ErrAbsent) {
			return false, nil // deleted just now
		}
		if err != nil {
			return false, err
		}
		step := NewIndexStep(m.Conversation, since, changes)
		add(step)
		if room -= 1 + len(step.Put) + len(step.Drop); room <= 0 || !changes.More {
			return changes.More, nil
		}
		since = step.To
	}
}

// surveyLoop looks for conversations whose index is behind and that nobody here waits for: at the start, after another
// hub was the one to look, and now and then.
func (h *Hub) surveyLoop(ctx context.Context) {
	var surveyed time.Time // zero: not since this hub is the one
	for {
		wait := surveyLook
		switch held, err := h.store.Lease(ctx, indexJob, indexLease); {
		case err != nil:
			wait = time.Second
		case !held:
			surveyed = time.Time{}
			h.counters.surveyed.Store(true) // another hub sees to it
		case surveyed.IsZero() || time.Since(surveyed) >= surveyEvery || h.counters.overlooked.Load():
			h.counters.overlooked.Store(false)
			if err := h.survey(ctx); err != nil {
				wait = time.Second
				break
			}
			surveyed = time.Now()
			h.counters.surveyed.Store(true)
		}
		if !pause(ctx, wait) {
			return
		}
	}
}

// survey looks through all conversations once, in small portions and not faster than what it finds is worked off.
func (h *Hub) survey(ctx context.Context) error {
	after := ConversationSID("")
	for {
		behind, next, err := h.store.Behind(ctx, after, surveyMost)
		if err != nil {
			if ctx.Err() == nil {
				h.log.WarnContext(ctx, "looking for what is not indexed failed", "err", err)
			}
			return err
		}
		for _, m := range behind {
			h.unindexed.add(m.Conversation, 0)
		}
		if after = next; after == "" {
			return nil
		}
		for rest := 20 * time.Millisecond; rest > 0; rest = h.surveyRest(ctx) {
			if !pause(ctx, rest) {
				return ctx.Err()
			}
		}
	}
}

// surveyRest is how long to wait before more is looked for. It keeps the lease meanwhile.
func (h *Hub) surveyRest(ctx context.Context) time.Duration {
	if h.unindexed.size() < indexWaiting/2 {
		return 0
	}
	h.store.Lease(ctx, indexJob, indexLease) //nolint:errcheck // another hub looks then, too
	return time.Second
}
