package bustest

import (
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/hub"
)

// An Ear is a hub.Listener that remembers what it is told.
type Ear struct {
	mu     sync.Mutex
	heard  []string
	sure   map[string]int
	health []bool
	doubts []string
	missed map[string]int // "" when it is not known what
}

var _ hub.Listener = (*Ear)(nil)

// NewEar makes one that was told nothing.
func NewEar() *Ear { return &Ear{sure: map[string]int{}, missed: map[string]int{}} }

// Heard implements hub.Listener.
func (e *Ear) Heard(payload []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, string(payload))
}

// Subscribed implements hub.Listener.
func (e *Ear) Subscribed(topics []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, topic := range topics {
		e.sure[topic]++
	}
}

// Health implements hub.Listener.
func (e *Ear) Health(well bool, _ error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.health = append(e.health, well)
}

// Doubt implements hub.Listener.
func (e *Ear) Doubt(reason string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.doubts = append(e.doubts, reason)
}

// Missed implements hub.Listener.
func (e *Ear) Missed(topics []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(topics) == 0 {
		e.missed[""]++
	}
	for _, topic := range topics {
		e.missed[topic]++
	}
}

// All is everything heard so far, in its order.
func (e *Ear) All() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.heard)
}

// Has reports whether a payload was heard.
func (e *Ear) Has(payload string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Contains(e.heard, payload)
}

// Sure reports how often a topic was confirmed.
func (e *Ear) Sure(topic string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.sure[topic]
}

// Well reports whether the bus last said that it works.
func (e *Ear) Well() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.health) > 0 && e.health[len(e.health)-1]
}

// Illnesses is how often the bus said that it does not work.
func (e *Ear) Illnesses() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, well := range e.health {
		if !well {
			n++
		}
	}
	return n
}

// Doubts are the reasons for doubt so far.
func (e *Ear) Doubts() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.doubts)
}

// Missings is how often each topic was said to be missed; "" stands for it not being known which.
func (e *Ear) Missings() map[string]int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.missed)
}

// Eventually polls until something is so, for at most half a minute.
func Eventually(tb testing.TB, what string, so func() bool) {
	tb.Helper()
	deadline := time.Now().Add(30 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		if time.Now().After(deadline) {
			tb.Fatalf("it never came about: %s", what)
		}
		<-tick.C
	}
}
