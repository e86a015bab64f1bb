package hub_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub"
)

// between is a store that does something once, between two of an Attach's steps.
type between struct {
	hub.Store
	memberships, before, after atomic.Pointer[func()] // behind the reading of memberships; before and behind that of heads
}

func once(p *atomic.Pointer[func()]) {
	if f := p.Swap(nil); f != nil {
		(*f)()
	}
}

func (s *between) Memberships(ctx context.Context, service hub.ServiceSID, who string) (*hub.User, []hub.Membership, error) {
	defer once(&s.memberships)
	return s.Store.Memberships(ctx, service, who)
}

func (s *between) Heads(ctx context.Context, sids []hub.ConversationSID) ([]hub.HeadMark, error) {
	once(&s.before)
	defer once(&s.after)
	return s.Store.Heads(ctx, sids)
}

// TestBetweenReadingAndSubscribing: a change that falls between any two steps of an Attach comes, once and in order (rule
// R18).
func TestBetweenReadingAndSubscribing(t *testing.T) {
	for name, step := range map[string]func(*between) *atomic.Pointer[func()]{
		"behind the memberships": func(s *between) *atomic.Pointer[func()] { return &s.memberships },
		"before the heads":       func(s *between) *atomic.Pointer[func()] { return &s.before },
		"behind the heads":       func(s *between) *atomic.Pointer[func()] { return &s.after },
	} {
		t.Run(name, func(t *testing.T) {
			s := &between{}
			w := newWorld(t, func(c *hub.Config) { s.Store, c.Store, c.Compare = c.Store, s, 24*time.Hour })
			ref := w.thread("bob")
			w.say("ann", ref, "before")
			fall := func() { w.say("ann", ref, "one"); w.say("ann", ref, "two") }
			step(s).Store(&fall)
			bob, _ := w.listen("bob", nil)
			bodies := checkOrder(t, bob.until("what fell between", has("messageAdded", 2)), ref.SID())
			w.say("ann", ref, "three")
			bodies = append(bodies[:0], checkOrder(t, bob.until("the next", has("messageAdded", 3)), ref.SID())...)
			if len(bodies) != 3 || bodies[0] != "one" || bodies[2] != "three" {
				t.Errorf("bob saw %q", bodies)
			}
		})
	}
}
