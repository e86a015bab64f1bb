package history_test

import (
	"fmt"
	"math/rand/v2"

	"parley/cmd/parley/history"
)

// dice gives a number below n. Everything that happens in a world follows from its throws.
type dice func(n int) int

func seeded(seed uint64) dice {
	rng := rand.New(rand.NewPCG(seed, 0))
	return rng.IntN
}

// world is a server that keeps every promise, with its clients, as a model: one step at a time and no sockets. What its
// clients do and see makes a correct history.
type world struct {
	throw   dice
	record  history.Recorder
	threads []*thread
	clients []*client
	nonces  int
}

// thread is a conversation of the world.
type thread struct {
	sid      string
	log      []entry // its events; that of revision r is log[r-1]
	messages []history.Message
	deleted  map[int64]bool
	members  map[string]int64 // identity to the revision at which it came
}

// entry is one revision of a thread.
type entry struct {
	name  string
	index int64 // of a message
	who   string
}

// client is one user of the world. The first is in everything and may do everything.
type client struct {
	name     string
	up       bool
	position map[*thread]int64
	replay   map[*thread]int64 // revision up to which is replayed, on this connection
	owes     bool              // resumed is not out
	outbox   []*sending
}

// sending is a message on its way.
type sending struct {
	op      *history.Op
	to      *thread
	message history.Message
	stored  bool
}

func (t *thread) revision() int64 { return int64(len(t.log)) }

func (t *thread) last() int64 {
	for i := int64(len(t.messages)) - 1; i >= 0; i-- {
		if !t.deleted[i] {
			return i
		}
	}
	return -1
}

func newWorld(throw dice) *world {
	w := &world{throw: throw}
	for i := range 1 + throw(3) {
		w.threads = append(w.threads, &thread{sid: fmt.Sprintf("CH%d", i), deleted: map[int64]bool{}, members: map[string]int64{}})
	}
	for i := range 2 + throw(4) {
		c := &client{name: fmt.Sprintf("user%d", i), position: map[*thread]int64{}}
		w.clients = append(w.clients, c)
		w.connect(c)
		for _, t := range w.threads {
			if i == 0 || throw(3) > 0 {
				w.record.Invoke(c.name, history.Call{Action: history.Join, Conversation: t.sid}).Acked(history.Message{})
				w.admit(t, c.name)
			}
		}
	}
	return w
}

// run lets the world go on for a number of steps and then come to rest.
func (w *world) run(steps int) history.History {
	for range steps {
		c := w.clients[w.throw(len(w.clients))]
		t := w.threads[w.throw(len(w.threads))]
		switch w.throw(24) {
		case 0:
			w.cut(c)
		case 1, 2:
			w.connect(c)
		case 3:
			w.delete(t)
		case 4:
			w.edit(t)
		case 5:
			w.move(t, c)
		case 6, 7, 8:
			w.send(c, t)
		case 9, 10, 11, 12:
			w.store(c)
		case 13, 14, 15, 16:
			w.answer(c)
		default:
			w.deliver(c, t)
		}
	}
	w.rest()
	return w.record.History()
}

// rest ends everything that is under way, and reads the store.
func (w *world) rest() {
	for _, c := range w.clients {
		w.connect(c)
		for len(c.outbox) > 0 {
			w.store(c)
			w.answer(c)
		}
	}
	for _, t := range w.threads {
		for _, c := range w.clients {
			for w.deliver(c, t) {
			}
		}
		var all []history.Message
		for i, m := range t.messages {
			if !t.deleted[int64(i)] {
				all = append(all, m)
			}
		}
		w.record.Read(t.sid, all)
		for _, c := range w.clients {
			if t.members[c.name] > 0 {
				w.record.Settled(c.name, t.sid)
			}
		}
	}
}

func (t *thread) append(e entry) { t.log = append(t.log, e) }

// sometimes reports true once in n times.
func (w *world) sometimes(n int) bool { return w.throw(n) == 0 }
