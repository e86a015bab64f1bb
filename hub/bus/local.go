package bus

import (
	"context"
	"sync"

	"parley/hub"
)

// Local joins hubs of one process. It is a bus like the others: what is published is heard a little later, and when a hub
// does not keep up with what it hears, some of it is lost and there is doubt.
type Local struct {
	mu     sync.Mutex
	topics map[string]map[*Seat]struct{}
	users  map[hub.UserSID]map[*Seat]struct{}
}

// NewLocal makes a bus that nobody sits in yet.
func NewLocal() *Local {
	return &Local{topics: map[string]map[*Seat]struct{}{}, users: map[hub.UserSID]map[*Seat]struct{}{}}
}

// A Seat is one hub's place in a Local.
type Seat struct {
	bus  *Local
	wake chan struct{}
	quit context.CancelFunc // nil before Join
	done sync.WaitGroup

	mu    sync.Mutex
	queue []note
	lost  bool // something was dropped since the listener was told last
}

// A note is one thing that a hub is to be told.
type note struct {
	payload    []byte
	subscribed []string
}

var (
	_ hub.Bus         = (*Seat)(nil)
	_ hub.Whereabouts = (*Seat)(nil)
)

// mostNotes is how many wait for one hub, at most.
const mostNotes = 4096

// Seat makes a place for one more hub.
func (l *Local) Seat() *Seat { return &Seat{bus: l, wake: make(chan struct{}, 1)} }

// Join implements hub.Bus.
func (s *Seat) Join(l hub.Listener) {
	ctx, quit := context.WithCancel(context.Background()) //nolint:forbidigo // the root of the seat's own lifetime; Close ends it
	s.quit = quit
	s.done.Go(func() { s.run(ctx, l) })
}

// run tells the listener what comes in.
func (s *Seat) run(ctx context.Context, l hub.Listener) {
	l.Health(true, nil)
	for ctx.Err() == nil {
		select {
		case <-s.wake:
		case <-ctx.Done():
		}
		notes, lost := s.take()
		for _, n := range notes {
			if ctx.Err() != nil {
				return
			}
			if n.subscribed != nil {
				l.Subscribed(n.subscribed)
			} else {
				l.Heard(n.payload)
			}
		}
		if lost {
			l.Doubt("this hub did not keep up with its bus")
		}
	}
}

func (s *Seat) take() ([]note, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	notes, lost := s.queue, s.lost
	s.queue, s.lost = nil, false
	return notes, lost
}

// put queues a note. Confirmations are never dropped: they are as few as the wishes.
func (s *Seat) put(n note) {
	s.mu.Lock()
	if n.payload != nil && len(s.queue) >= mostNotes {
		s.lost = true
	} else {
		s.queue = append(s.queue, n)
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Subscribe implements hub.Bus.
func (s *Seat) Subscribe(topics ...string) {
	if len(topics) == 0 {
		return
	}
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	for _, topic := range topics {
		include(s.bus.topics, topic, s)
	}
	s.put(note{subscribed: append([]string(nil), topics...)})
}

// Unsubscribe implements hub.Bus.
func (s *Seat) Unsubscribe(topics ...string) {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	for _, topic := range topics {
		exclude(s.bus.topics, topic, s)
	}
}

// Publish implements hub.Bus. Every hub that hears it gets the same bytes.
func (s *Seat) Publish(topic string, payload []byte) {
	if payload == nil {
		payload = []byte{}
	}
	s.bus.mu.Lock() // held to the end, for one order at all seats
	defer s.bus.mu.Unlock()
	for seat := range s.bus.topics[topic] {
		seat.put(note{payload: payload})
	}
}

// Close implements hub.Bus.
func (s *Seat) Close() {
	s.bus.leave(s)
	if s.quit != nil {
		s.quit()
	}
	s.done.Wait()
}

func (l *Local) leave(s *Seat) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for topic := range l.topics {
		exclude(l.topics, topic, s)
	}
	for user := range l.users {
		exclude(l.users, user, s)
	}
}

// Arrive implements hub.Whereabouts.
func (s *Seat) Arrive(user hub.UserSID) {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	include(s.bus.users, user, s)
}

// Depart implements hub.Whereabouts.
func (s *Seat) Depart(user hub.UserSID) {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	exclude(s.bus.users, user, s)
}

// Online implements hub.Whereabouts.
func (s *Seat) Online(_ context.Context, users []hub.UserSID) ([]bool, error) {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	online := make([]bool, len(users))
	for i, user := range users {
		online[i] = len(s.bus.users[user]) > 0
	}
	return online, nil
}

func include[K comparable](m map[K]map[*Seat]struct{}, key K, s *Seat) {
	if m[key] == nil {
		m[key] = map[*Seat]struct{}{}
	}
	m[key][s] = struct{}{}
}

func exclude[K comparable](m map[K]map[*Seat]struct{}, key K, s *Seat) {
	if delete(m[key], s); len(m[key]) == 0 {
		delete(m, key)
	}
}
