package hub_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub"
)

// stopped is a store that stops at an error which leaves nothing uncertain, as one that reads damage does.
type stopped struct {
	hub.Store
	now    atomic.Bool
	opened chan struct{} // closed when it was opened again
}

func (s *stopped) Commit(ops []*hub.Op) {
	if !s.now.Load() {
		s.Store.Commit(ops)
		return
	}
	for _, op := range ops {
		op.Err = &hub.Error{Code: hub.CodeUnavailable, Msg: "the store has stopped", RetryAfter: time.Second}
	}
}

func (s *stopped) Reopen(ctx context.Context) error {
	if s.now.CompareAndSwap(true, false) {
		close(s.opened)
	}
	return s.Store.Reopen(ctx)
}

// TestStoppedStoreComesBack: whatever stopped a store, it is opened again without anybody's help (rule R11).
func TestStoppedStoreComesBack(t *testing.T) {
	s := &stopped{opened: make(chan struct{})}
	w := newWorld(t, func(c *hub.Config) { s.Store, c.Store = c.Store, s })
	ref := w.thread("bob")
	s.now.Store(true)
	w.refused(hub.CodeUnavailable, w.as("ann"), &hub.SendMessage{Conversation: ref, Body: "x", ReplyTo: hub.NoIndex})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	select {
	case <-s.opened:
	case <-ctx.Done():
		t.Fatal("nobody opened it again")
	}
	w.say("ann", ref, "after")
}
