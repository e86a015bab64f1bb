package bustest

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parley/hub"
)

// Rates are the shares, from 0 to 1, of payloads that something happens to on their way to a hub.
type Rates struct {
	Drop    float64
	Repeat  float64       // heard twice
	Delay   float64       // heard up to Most later
	Reorder float64       // heard after the next one, or Most later
	Most    time.Duration // 50 ms
}

// HostileBus does to what one hub hears what a bus may do, and says nothing of it.
type HostileBus struct {
	hub.Bus
	rates Rates
	ear   hub.Listener // static after Join
	quit  context.CancelFunc
	done  sync.WaitGroup
	wake  chan struct{}

	mu   sync.Mutex
	rng  *rand.Rand
	held []holding

	Dropped, Repeated, Delayed, Reordered atomic.Int64
}

// A holding is a payload that is heard later.
type holding struct {
	payload []byte
	due     time.Time
	next    bool // or after the next one
}

// Hostile makes a bus hostile. It owns the bus and the source of chance.
func Hostile(bus hub.Bus, rng *rand.Rand, rates Rates) *HostileBus {
	if rates.Most <= 0 {
		rates.Most = 50 * time.Millisecond
	}
	return &HostileBus{Bus: bus, rng: rng, rates: rates, wake: make(chan struct{}, 1)}
}

// Join implements hub.Bus.
func (h *HostileBus) Join(l hub.Listener) {
	ctx, quit := context.WithCancel(context.Background())
	h.ear, h.quit = l, quit
	h.done.Go(func() { h.run(ctx) })
	h.Bus.Join(&hostileEar{Listener: l, bus: h})
}

// Close implements hub.Bus.
func (h *HostileBus) Close() {
	h.Bus.Close()
	if h.quit != nil {
		h.quit()
	}
	h.done.Wait()
}

// hostileEar stands before a listener.
type hostileEar struct {
	hub.Listener
	bus *HostileBus
}

// Heard implements hub.Listener.
func (e *hostileEar) Heard(payload []byte) {
	for _, p := range e.bus.fate(payload) {
		e.Listener.Heard(p)
	}
}

// fate decides about a payload and gives what is heard now.
func (h *HostileBus) fate(payload []byte) (now [][]byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	later := h.release(func(k holding) bool { return k.next })
	switch chance := h.rng.Float64(); {
	case chance < h.rates.Drop:
		h.Dropped.Add(1)
	case chance < h.rates.Drop+h.rates.Delay:
		h.Delayed.Add(1)
		h.hold(payload, time.Duration(h.rng.Int64N(int64(h.rates.Most))), false)
	case chance < h.rates.Drop+h.rates.Delay+h.rates.Reorder:
		h.Reordered.Add(1)
		h.hold(payload, h.rates.Most, true)
	default:
		now = append(now, payload)
	}
	if h.rng.Float64() < h.rates.Repeat {
		h.Repeated.Add(1)
		h.hold(payload, time.Duration(h.rng.Int64N(int64(h.rates.Most))), false)
	}
	return append(now, later...)
}

// hold keeps a copy of a payload for later. The caller has mu.
func (h *HostileBus) hold(payload []byte, span time.Duration, next bool) {
	h.held = append(h.held, holding{bytes.Clone(payload), time.Now().Add(span), next})
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// release takes out what is held and due. The caller has mu.
func (h *HostileBus) release(due func(holding) bool) (payloads [][]byte) {
	h.held = slices.DeleteFunc(h.held, func(k holding) bool {
		if due(k) {
			payloads = append(payloads, k.payload)
			return true
		}
		return false
	})
	return payloads
}

// run has heard what was held until its time came.
func (h *HostileBus) run(ctx context.Context) {
	for ctx.Err() == nil {
		h.mu.Lock()
		now := time.Now()
		due := h.release(func(k holding) bool { return !k.due.After(now) })
		var soonest time.Time
		for _, k := range h.held {
			if soonest.IsZero() || k.due.Before(soonest) {
				soonest = k.due
			}
		}
		h.mu.Unlock()
		for _, payload := range due {
			h.ear.Heard(payload)
		}
		h.await(ctx, soonest)
	}
}

// await waits until something is due or held.
func (h *HostileBus) await(ctx context.Context, soonest time.Time) {
	var due <-chan time.Time
	if !soonest.IsZero() {
		timer := time.NewTimer(time.Until(soonest))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-due:
	case <-h.wake:
	case <-ctx.Done():
	}
}
