package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/hub"
	"parley/session/wire"
	"parley/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a hub on a real store.
type world struct {
	t       testing.TB
	hub     *hub.Hub
	store   *sqlite.Store
	service hub.ServiceSID
}

func newWorld(tb testing.TB, change ...func(*hub.Config)) *world {
	tb.Helper()
	store, err := sqlite.Open(tb.Context(), sqlite.Config{Path: filepath.Join(tb.TempDir(), "parley.db")})
	if err != nil {
		tb.Fatal(err)
	}
	config := hub.Config{Store: store, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits()}
	for _, f := range change {
		f(&config)
	}
	w := &world{t: tb, hub: hub.New(config), store: store}
	tb.Cleanup(func() {
		if err := w.hub.Check(); err != nil {
			tb.Errorf("consistency: %v", err)
		}
		w.hub.Close()
		if err := store.Close(); err != nil {
			tb.Errorf("closing the store: %v", err)
		}
	})
	w.service = w.newService("tests")
	return w
}

func (w *world) newService(name string) hub.ServiceSID {
	w.t.Helper()
	s, roles := hub.NewService(name, time.Now().UTC().Truncate(time.Millisecond))
	w.do(hub.Actor{Service: s.SID}, &hub.PutService{Service: s, Roles: roles})
	return s.SID
}

func (w *world) as(identity string) hub.Actor {
	return hub.Actor{Service: w.service, Identity: identity}
}

// try runs a command.
func (w *world) try(a hub.Actor, cmd hub.Command) (any, error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	return w.hub.Do(ctx, a, cmd)
}

// do runs a command that must succeed.
func (w *world) do(a hub.Actor, cmd hub.Command) any {
	w.t.Helper()
	answer, err := w.try(a, cmd)
	if err != nil {
		w.t.Fatalf("%T: %v", cmd, err)
	}
	return answer
}

// refused runs a command that must fail with a code.
func (w *world) refused(code hub.Code, a hub.Actor, cmd hub.Command) {
	w.t.Helper()
	_, err := w.try(a, cmd)
	var e *hub.Error
	if !errors.As(err, &e) || e.Code != code {
		w.t.Fatalf("%T as %q: got %v, want code %d", cmd, a.Identity, err, code)
	}
}

// thread makes a conversation of ann's with everybody in it.
func (w *world) thread(others ...string) hub.ConversationRef {
	w.t.Helper()
	creator := "ann"
	w.do(w.as(creator), &hub.OpenUser{})
	v := w.do(w.as(creator), &hub.CreateConversation{}).(*hub.ConversationView)
	ref := hub.ConversationRef(v.SID)
	w.do(w.as(creator), &hub.JoinConversation{Conversation: ref})
	for _, who := range others {
		w.do(w.as(creator), &hub.AddParticipant{Conversation: ref, Identity: who})
	}
	return ref
}

func (w *world) say(who string, ref hub.ConversationRef, body string) {
	w.t.Helper()
	w.do(w.as(who), &hub.SendMessage{Conversation: ref, Body: body, ReplyTo: hub.NoIndex})
}

// note is one message that a subscriber took.
type note struct {
	Method string `json:"method"`
	Params struct {
		Conversation hub.ConversationSID `json:"conversation_sid"`
		Revision     hub.Revision        `json:"revision"`
		Replay       bool                `json:"replay"`
		Reason       string              `json:"reason"`
		Message      struct {
			Index int64  `json:"index"`
			Body  string `json:"body"`
		} `json:"message"`
		Participant struct {
			Identity string `json:"identity"`
		} `json:"participant"`
		Thread struct {
			Last *struct {
				Index int64 `json:"index"`
			} `json:"last_message"`
		} `json:"conversation"`
		Identity string `json:"identity"`
		Horizons []struct {
			Identity string `json:"identity"`
		} `json:"horizons"`
	} `json:"params"`
}

// listener is a subscriber that takes whatever comes, unless it is told to pause.
type listener struct {
	t    testing.TB
	feed *hub.Feed

	mu     sync.Mutex
	change sync.Cond
	woken  bool
	paused bool
	ended  hub.Code
	closed bool
	notes  []note
	before []note // of sessions that this one goes on from
	done   chan struct{}
}

func (w *world) listen(identity string, resume *hub.Resume) (*listener, []hub.ConversationSID) {
	w.t.Helper()
	l := &listener{t: w.t, done: make(chan struct{})}
	l.change.L = &l.mu
	l.feed = w.hub.NewFeed(l)
	_, replaying, err := l.feed.Attach(w.t.Context(), w.as(identity), resume)
	if err != nil {
		w.t.Fatal(err)
	}
	l.feed.Release([]byte(`{"method":"connected"}`))
	go l.run()
	w.t.Cleanup(l.close)
	return l, replaying
}

func (l *listener) Wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.woken = true
	l.change.Broadcast()
}

// End only notes the code.
func (l *listener) End(code hub.Code) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = code
	l.change.Broadcast()
}

func (l *listener) run() {
	defer close(l.done)
	for {
		l.mu.Lock()
		for !l.closed && (!l.woken || l.paused) {
			l.change.Wait()
		}
		l.woken = false
		closed := l.closed
		l.mu.Unlock()
		if closed {
			return
		}
		l.drain()
	}
}

func (l *listener) drain() {
	b := hub.Batch{Limit: 64 << 10}
	for {
		b.Reset(0)
		l.feed.Take(&b)
		if b.Count == 0 {
			return
		}
		var notes []note
		if err := json.Unmarshal([]byte("["+string(b.Bytes)+"]"), &notes); err != nil {
			l.t.Errorf("taken: %v: %s", err, b.Bytes)
			return
		}
		l.mu.Lock()
		l.notes = append(l.notes, notes...)
		l.change.Broadcast()
		l.mu.Unlock()
	}
}

func (l *listener) pause(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.paused = on
	l.change.Broadcast()
}

func (l *listener) close() {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return
	}
	l.closed = true
	l.change.Broadcast()
	l.mu.Unlock()
	<-l.done
	l.feed.Close()
}

// until waits until the notes satisfy a condition, and gives them.
func (l *listener) until(what string, ok func([]note) bool) []note {
	l.t.Helper()
	expired := false
	timer := time.AfterFunc(time.Minute, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		expired = true
		l.change.Broadcast()
	})
	defer timer.Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	for !ok(l.notes) {
		if expired {
			l.t.Fatalf("waited in vain for %s; got %d notes: %s", what, len(l.notes), methods(l.notes))
		}
		l.change.Wait()
	}
	return append([]note(nil), l.notes...)
}

func methods(notes []note) (all []string) {
	for _, n := range notes {
		all = append(all, n.Method)
	}
	return all
}

func count(notes []note, method string) (n int) {
	for _, x := range notes {
		if x.Method == method {
			n++
		}
	}
	return n
}

func has(method string, times int) func([]note) bool {
	return func(notes []note) bool { return count(notes, method) >= times }
}
