package hub_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"parley/hub"
	"parley/session/wire"
	"parley/store/sqlite"
)

// clock is a store's clock, and goes as it is told. The hub's own, inside of synctest, is 26 years behind it.
type clock struct {
	ms    atomic.Int64
	shake func(*clock) // done at each look, as where the time is set under load
}

func (c *clock) Now() time.Time {
	if c.shake != nil {
		c.shake(c)
	}
	return time.UnixMilli(c.ms.Load())
}

func (c *clock) move(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// atTheDoor is a store that lets something happen between finding what is due and acting on it.
type atTheDoor struct {
	hub.Store
	found atomic.Pointer[func()]
	looks atomic.Int64
}

func (s *atTheDoor) Due(ctx context.Context, limit int) ([]hub.DueMark, time.Duration, error) {
	due, next, err := s.Store.Due(ctx, limit)
	if found := s.found.Load(); found != nil && len(due) > 0 {
		(*found)()
	}
	s.looks.Add(1)
	return due, next, err
}

// newClockWorld is a hub on a store with this clock.
func newClockWorld(t *testing.T, c *clock) (w *world, door *atTheDoor) {
	t.Helper()
	c.ms.Store(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixMilli())
	store, err := sqlite.Open(t.Context(), sqlite.Config{
		Path: filepath.Join(t.TempDir(), "parley.db"), Synchronous: "normal", Now: c.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	door = &atTheDoor{Store: store}
	w = &world{t: t, store: store, hub: hub.New(hub.Config{Store: door, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits()})}
	t.Cleanup(func() {
		w.hub.Close()
		if err := store.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	w.service = w.newService("tests")
	return w, door
}

func (w *world) timed(timers hub.Timers) hub.ConversationRef {
	w.t.Helper()
	v := w.do(hub.Actor{Service: w.service}, &hub.CreateConversation{Timers: timers}).(*hub.ConversationView)
	return hub.ConversationRef(v.SID)
}

func (w *world) view(ref hub.ConversationRef) *hub.ConversationView {
	w.t.Helper()
	v, err := w.hub.Conversation(w.t.Context(), hub.Actor{Service: w.service}, ref)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func (w *world) all(ref hub.ConversationRef) []*hub.Message {
	w.t.Helper()
	page, err := w.hub.Messages(w.t.Context(), hub.Actor{Service: w.service}, ref, hub.MessageQuery{Anchor: hub.NoIndex, Forward: true, Limit: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	return page.Messages
}

// TestClockJumps: whatever the clock does between sends, messages follow each other by index, and each bears the later of
// the store's time and the previous one's date (rule R15).
func TestClockJumps(t *testing.T) {
	c := &clock{}
	w, _ := newClockWorld(t, c)
	rapid.Check(t, func(t *rapid.T) {
		ref := w.timed(hub.Timers{})
		var want []time.Time
		active := w.view(ref).Activity
		for i := range rapid.IntRange(1, 12).Draw(t, "messages") {
			c.move(rapid.SampledFrom([]time.Duration{0, time.Second, time.Hour, -time.Hour, -time.Millisecond}).Draw(t, "jump"))
			due := c.Now()
			if i > 0 && due.Before(want[i-1]) {
				due = want[i-1]
			}
			want = append(want, due)
			if due.After(active) {
				active = due
			}
			w.do(hub.Actor{Service: w.service}, &hub.SendMessage{Conversation: ref, Body: fmt.Sprint(i), ReplyTo: hub.NoIndex})
		}
		for i, m := range w.all(ref) {
			if m.Index != int64(i) || m.Body != fmt.Sprint(i) || !m.DateCreated.Equal(want[i]) {
				t.Fatalf("message %d is %d, %q of %v, want %v", i, m.Index, m.Body, m.DateCreated, want[i])
			}
		}
		if v := w.view(ref); !v.Activity.Equal(active) || !v.Last.DateCreated.Equal(want[len(want)-1]) {
			t.Fatalf("last active %v, want %v; the last message is of %v", v.Activity, active, v.Last.DateCreated)
		}
	})
}

// TestClockJumpsDuringSends: the clock is set back and forth while many send at once.
func TestClockJumpsDuringSends(t *testing.T) {
	var looks atomic.Int64
	w, _ := newClockWorld(t, &clock{shake: func(c *clock) {
		c.move([]time.Duration{time.Hour, -time.Hour, time.Millisecond}[looks.Add(1)%3])
	}})
	ref := w.timed(hub.Timers{})
	const senders, each = 8, 30
	var sending sync.WaitGroup
	for s := range senders {
		sending.Go(func() {
			for i := range each {
				send := &hub.SendMessage{Conversation: ref, Author: fmt.Sprint(s), Body: fmt.Sprint(i), ReplyTo: hub.NoIndex}
				if _, err := w.try(hub.Actor{Service: w.service}, send); err != nil {
					t.Error(err)
				}
			}
		})
	}
	sending.Wait()
	said, before := map[string]int{}, time.Time{}
	messages := w.all(ref)
	for i, m := range messages {
		if m.Index != int64(i) || m.Body != fmt.Sprint(said[m.Author]) || m.DateCreated.Before(before) {
			t.Fatalf("message %d is %d, %q of %s, dated %v after %v", i, m.Index, m.Body, m.Author, m.DateCreated, before)
		}
		said[m.Author]++
		before = m.DateCreated
	}
	if len(messages) != senders*each {
		t.Errorf("%d messages", len(messages))
	}
}

// looked waits until the hub has looked for what is due since it was called, and has acted on it.
func (s *atTheDoor) looked() {
	from := s.looks.Load()
	for s.looks.Load() < from+2 { // the second look begins after the first one's work
		<-time.NewTimer(31 * time.Second).C // of the bubble: just over the longest that the hub waits between looks
	}
	synctest.Wait()
}

// TestTimersByTheStoresClock: a timer fires when its time has come by the store's clock, whatever the hub's says and however
// the store's jumps, and not before; a deadline found early is armed anew (rule R15).
func TestTimersByTheStoresClock(t *testing.T) {
	const timer = 10 * time.Minute
	for _, step := range []struct {
		name       string
		jump, then time.Duration // before a message, and after it
		want       hub.State
	}{
		{"not yet", 9 * time.Minute, timer - time.Second, hub.StateActive}, // the first deadline has come, and is early
		{"in time", 9 * time.Minute, timer, hub.StateInactive},
		{"ahead", time.Hour, timer - time.Second, hub.StateActive},
		{"ahead and then", time.Hour, timer, hub.StateInactive},
		{"back", -time.Hour, timer - time.Second, hub.StateActive},
		{"back and then", -time.Hour, timer, hub.StateInactive},
		{"ahead without a message", 0, time.Hour, hub.StateInactive},
		{"back without a message", 0, -time.Hour, hub.StateActive},
	} {
		t.Run(step.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &clock{}
				w, door := newClockWorld(t, c)
				ref := w.timed(hub.Timers{Inactive: timer})
				c.move(step.jump)
				w.do(hub.Actor{Service: w.service}, &hub.SendMessage{Conversation: ref, Body: "x", ReplyTo: hub.NoIndex})
				c.move(step.then)
				door.looked()
				if v := w.view(ref); v.State != step.want {
					t.Errorf("it is %s at %v, touched at %v, to be looked at at %v", v.State, c.Now(), v.Touched, v.Deadline)
				}
			})
		})
	}
}

// TestWokenBetween: what wakes up after it was found due, and before that is acted on, is not closed (rule R15).
func TestWokenBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const timer = 10 * time.Minute
		c := &clock{}
		w, door := newClockWorld(t, c)
		ref := w.timed(hub.Timers{Inactive: timer, Closed: timer})
		found := 0
		door.found.Store(new(func() {
			if found++; found == 1 {
				w.do(hub.Actor{Service: w.service}, &hub.SendMessage{Conversation: ref, Body: "wait", ReplyTo: hub.NoIndex})
			}
		}))
		c.move(timer)
		door.looked()
		if v := w.view(ref); v.State != hub.StateActive || v.LastIndex != 0 || found != 1 || !v.Deadline.Equal(c.Now().Add(timer)) {
			t.Errorf("it is %s; found due %d times, the next deadline is %v at %v", v.State, found, v.Deadline, c.Now())
		}
		c.move(timer)
		door.looked()
		if v := w.view(ref); v.State != hub.StateClosed {
			t.Errorf("with its time over it is %s", v.State)
		}
	})
}
