package hub

import (
	"context"
	"time"
)

// timersLook is how often due timers are looked for where none is known to fall due earlier.
const timersLook = 30 * time.Second

// The jobs that one hub does for all, and for how long it may count on that without asking again.
const (
	timersJob   = "timers"
	purgeJob    = "purge"
	timersLease = 45 * time.Second
	purgeLease  = 90 * time.Second
)

// resign lets another hub do the jobs at once.
func (h *Hub) resign() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second) //nolint:forbidigo // the hub ends; nobody else waits
	defer cancel()
	for _, job := range []string{timersJob, purgeJob, indexJob, mediaJob} {
		h.store.Lease(ctx, job, 0) //nolint:errcheck // then the lease runs out
	}
}

// timerLoop moves conversations on whose timers have run out.
func (h *Hub) timerLoop(ctx context.Context) {
	for {
		wait := h.runTimers(ctx)
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-h.counters.armed:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// runTimers submits what is due and says how long to wait for more.
func (h *Hub) runTimers(ctx context.Context) time.Duration {
	const most = 100
	held, err := h.store.Lease(ctx, timersJob, timersLease)
	if err != nil {
		return time.Second
	}
	if !held {
		return timersLook / 2 // another hub does it
	}
	due, next, err := h.store.Due(ctx, most)
	if err != nil {
		if ctx.Err() == nil {
			h.log.WarnContext(ctx, "looking for due timers failed", "err", err)
		}
		return time.Second
	}
	for _, d := range due {
		if _, err := h.Do(ctx, Actor{Service: d.Service}, &expireTimers{d.Conversation}); err != nil {
			return time.Second
		}
	}
	switch {
	case len(due) == most:
		return 0
	case next == 0:
		return timersLook
	default:
		return min(max(next, 10*time.Millisecond), timersLook)
	}
}

// rearm is armed on every hub: another may be the one to look at timers.
func (h *Hub) rearm() {
	h.armed()
	h.tell(everyHub, &packet{kind: packetArmed})
}

// armed says that a deadline was set that may be the next.
func (h *Hub) armed() {
	select {
	case h.counters.armed <- struct{}{}:
	default:
	}
}

// poke wakes the keeper: a commit failed, or content waits to be purged.
func (h *Hub) poke() {
	select {
	case h.counters.keep <- struct{}{}:
	default:
	}
}

// keepLoop brings a stopped store back and clears away what was deleted.
func (h *Hub) keepLoop(ctx context.Context) {
	for {
		next, err := h.keep(ctx)
		wake := h.counters.keep
		if err != nil {
			h.log.ErrorContext(ctx, "the store does not come back yet", "err", err)
			wake = nil // every commit that fails would ask again
		}
		wait := time.NewTimer(next)
		select {
		case <-wake:
		case <-wait.C:
		case <-ctx.Done():
		}
		wait.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// keep does what is to be done and says when to look again. An error is the store's.
func (h *Hub) keep(ctx context.Context) (next time.Duration, err error) {
	// An error may have stopped the store also where nothing was uncertain.
	uncertain := h.counters.uncertain.Swap(false)
	if err := h.store.Reopen(ctx); err != nil {
		h.counters.uncertain.CompareAndSwap(false, uncertain)
		return time.Second, err
	}
	if uncertain {
		// What was uncertain may be durable: rooms learn it from the store.
		if err := h.syncAll(ctx, h.rooms.all()); err != nil {
			h.counters.uncertain.Store(true)
			return time.Second, err
		}
		h.counters.overlooked.Store(true)
		h.log.InfoContext(ctx, "the store is back")
	}
	held, err := h.store.Lease(ctx, purgeJob, purgeLease)
	if err != nil {
		return time.Second, err
	}
	if !held {
		return time.Minute, nil // another hub does it
	}
	more, err := h.store.Purge(ctx)
	switch {
	case err != nil:
		return time.Second, err
	case more:
		return 100 * time.Millisecond, nil
	}
	return time.Minute, nil
}
