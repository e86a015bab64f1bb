package hub_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"parley/hub"
)

// pages is a store that counts the events which it read for those who are behind, and which nobody took yet.
type pages struct {
	hub.Store
	read, taken atomic.Int64
	most        atomic.Int64 // that waited when another page was asked for
}

func (s *pages) Changes(ctx context.Context, v hub.Viewer, c hub.ConversationSID, q hub.ChangeQuery) (*hub.Changes, error) {
	s.most.Store(max(s.most.Load(), s.read.Load()-s.taken.Load()))
	ch, err := s.Store.Changes(ctx, v, c, q)
	if err == nil {
		s.read.Add(int64(len(ch.Events)))
	}
	return ch, err
}

// Indexed has nothing indexed: that would read changes, too.
func (*pages) Indexed(context.Context, []hub.ConversationSID) ([]hub.IndexMark, error) {
	return nil, nil
}

// sipper takes a little at a time, when it is woken.
type sipper struct{ wake chan struct{} }

func (s sipper) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (sipper) End(hub.Code) {}

// TestOnePageAtATime: of all the conversations in which a session is behind, one page is read, and the next when that one
// has been taken (rule R24).
func TestOnePageAtATime(t *testing.T) {
	s := &pages{}
	w := newWorld(t, func(c *hub.Config) { s.Store, c.Store = c.Store, s })
	const threads, each = 5, 150
	resume := &hub.Resume{Positions: map[hub.ConversationSID]hub.Revision{}}
	for range threads {
		ref := w.thread("bob")
		for i := range each {
			w.say("ann", ref, fmt.Sprint(i))
		}
		resume.Positions[ref.SID()] = 3
	}
	sub := sipper{wake: make(chan struct{}, 1)}
	feed := w.hub.NewFeed(sub)
	defer feed.Close()
	if _, _, err := feed.Attach(t.Context(), w.as("bob"), resume); err != nil {
		t.Fatal(err)
	}
	feed.Release([]byte(`{}`))
	b := hub.Batch{Limit: 4 << 10} // a few messages
	largest, notices := int64(0), int64(1+threads+1)
	for got := int64(0); got < threads*each+notices; {
		<-sub.wake
		for b.Reset(0); ; b.Reset(0) {
			if feed.Take(&b); b.Count == 0 {
				break
			}
			got += int64(b.Count)
			largest = max(largest, int64(b.Count))
			s.taken.Store(got)
		}
	}
	if most := s.most.Load(); most > largest+notices || largest > 50 {
		t.Errorf("another page was read while %d events of the last were not taken; %d fit into a frame", most, largest)
	}
}
