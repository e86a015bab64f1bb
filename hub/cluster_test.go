package hub_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/bus"
	"parley/session/wire"
	"parley/store/sqlite"
)

// cluster is some hubs on one store, joined by a bus.
type cluster struct {
	*testing.T
	hubs  []*world
	rough []*rough
	local *bus.Local
	mu    sync.Mutex // of the store's commits
}

// oneByOne lets several hubs share a store that serves one.
type oneByOne struct {
	hub.Store
	mu *sync.Mutex
}

func (s oneByOne) Commit(ops []*hub.Op) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Store.Commit(ops)
}

func newCluster(t *testing.T, n int, rates roughness, change ...func(*hub.Config)) *cluster {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "parley.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	c := &cluster{T: t, local: bus.NewLocal()}
	for i := range n {
		seat := c.local.Seat()
		r := &rough{Bus: seat, rates: rates, rng: rand.New(rand.NewPCG(uint64(i), 1))}
		config := hub.Config{
			Store: oneByOne{store, &c.mu}, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits(),
			Bus: r, Whereabouts: seat, Compare: 300 * time.Millisecond,
		}
		for _, f := range change {
			f(&config)
		}
		w := &world{t: t, hub: hub.New(config), store: store}
		t.Cleanup(func() {
			if err := w.hub.Check(); err != nil {
				t.Errorf("consistency: %v", err)
			}
			w.hub.Close()
		})
		c.hubs, c.rough = append(c.hubs, w), append(c.rough, r)
	}
	service := c.hubs[0].newService("tests")
	for _, w := range c.hubs {
		w.service = service
	}
	return c
}

// roughness is what a bus does to payloads, each as a share of them.
type roughness struct{ drop, repeat, delay float64 }

// rough is a bus that loses, repeats, delays and so reorders.
type rough struct {
	hub.Bus
	rates roughness

	mu    sync.Mutex
	rng   *rand.Rand
	wg    sync.WaitGroup
	count struct{ dropped, repeated, delayed int }
	cut   bool // everything is lost
}

func (r *rough) Publish(topic string, payload []byte) {
	r.mu.Lock()
	fate, wait := r.rng.Float64(), time.Duration(r.rng.IntN(60))*time.Millisecond
	times := 1
	switch drop, repeat := r.rates.drop, r.rates.drop+r.rates.repeat; {
	case r.cut || fate < drop:
		r.count.dropped++
		times = 0
	case fate < repeat:
		r.count.repeated++
		times = 2
	case fate < repeat+r.rates.delay:
		r.count.delayed++
		r.mu.Unlock()
		r.wg.Add(1)
		time.AfterFunc(wait, func() { defer r.wg.Done(); r.Bus.Publish(topic, payload) })
		return
	}
	r.mu.Unlock()
	for range times {
		r.Bus.Publish(topic, payload)
	}
}

// lose begins to lose everything, or ends that.
func (r *rough) lose(everything bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = everything
}

func (r *rough) Close() {
	r.wg.Wait()
	r.Bus.Close()
}

// follow is what a subscriber knows by its notes: how far it is in the conversations that it is in.
type follow struct {
	revision map[hub.ConversationSID]hub.Revision
	next     map[hub.ConversationSID]int64
	skipped  []skip
	bodies   map[skip]string                         // of messages that exist
	joined   map[hub.ConversationSID]map[string]bool // identities, of those who came while it was there
}

// skip is a message's place. One that never came must have been removed before its session was told of it.
type skip struct {
	conversation hub.ConversationSID
	index        int64
}

// judge holds the notes of one subscriber against what is promised: revisions rise, each message comes once and in
// order, nothing comes of a conversation that was left.
func judge(notes []note) (f follow, err error) {
	f = follow{
		revision: map[hub.ConversationSID]hub.Revision{}, next: map[hub.ConversationSID]int64{},
		bodies: map[skip]string{}, joined: map[hub.ConversationSID]map[string]bool{},
	}
	left := map[hub.ConversationSID]bool{}
	for i, n := range notes {
		sid, p := n.Params.Conversation, &n.Params
		switch n.Method {
		case wire.EventConversationJoined:
			if _, in := f.revision[sid]; in {
				return f, fmt.Errorf("note %d: joined %s twice", i, sid)
			}
			f.revision[sid], f.next[sid], left[sid] = p.Revision, 0, false
			if last := p.Thread.Last; last != nil {
				f.next[sid] = last.Index + 1
			}
		case wire.EventConversationReset:
			f.revision[sid], f.next[sid] = p.Revision, 0
			if last := p.Thread.Last; last != nil {
				f.next[sid] = last.Index + 1
			}
		case wire.EventConversationReplayed:
			f.revision[sid] = max(f.revision[sid], p.Revision)
		case wire.EventConversationLeft:
			left[sid] = true
			delete(f.revision, sid)
			delete(f.next, sid)
		case wire.EventMessageAdded, wire.EventMessageUpdated, wire.EventMessageRemoved, wire.EventParticipantJoined,
			wire.EventParticipantLeft, wire.EventParticipantUpdated, wire.EventConversationUpdated:
			if left[sid] {
				return f, fmt.Errorf("note %d: %s of %s after it was left", i, n.Method, sid)
			}
			if p.Revision <= f.revision[sid] {
				return f, fmt.Errorf("note %d: revision %d of %s after %d", i, p.Revision, sid, f.revision[sid])
			}
			f.revision[sid] = p.Revision
			f.learn(&n)
			if n.Method != wire.EventMessageAdded {
				continue
			}
			due, known := f.next[sid]
			if known && p.Message.Index < due {
				return f, fmt.Errorf("note %d: message %d of %s where %d was due", i, p.Message.Index, sid, due)
			}
			for ; known && due < p.Message.Index; due++ {
				f.skipped = append(f.skipped, skip{sid, due})
			}
			f.next[sid] = p.Message.Index + 1
		}
	}
	return f, nil
}

// learn keeps what an event says of a message or participant.
func (f *follow) learn(n *note) {
	sid, p := n.Params.Conversation, &n.Params
	if f.joined[sid] == nil {
		f.joined[sid] = map[string]bool{}
	}
	switch n.Method {
	case wire.EventMessageAdded, wire.EventMessageUpdated:
		f.bodies[skip{sid, p.Message.Index}] = p.Message.Body
	case wire.EventMessageRemoved:
		delete(f.bodies, skip{sid, p.Message.Index})
	case wire.EventParticipantJoined:
		f.joined[sid][p.Participant.Identity] = true
	case wire.EventParticipantLeft:
		delete(f.joined[sid], p.Participant.Identity)
	}
}

// knows reports whether an event that never came would tell nothing new: what is changed or ended while a session is behind
// is merged into an earlier event, or is nothing to it.
func (f *follow) knows(e *hub.Event) bool {
	switch e.Kind { //nolint:exhaustive // all others are news
	case hub.MessageUpdated:
		return f.bodies[skip{e.Conversation, e.Message.Index}] == e.Message.Body
	case hub.MessageRemoved:
		_, exists := f.bodies[skip{e.Conversation, e.Message.Index}]
		return !exists
	case hub.ParticipantLeft:
		return !f.joined[e.Conversation][e.Participant.Identity]
	}
	return false
}

// told is all that the subscriber was told, in earlier sessions too.
func (l *listener) told() []note {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Concat(l.before, l.notes)
}

// move ends a session in the middle of whatever it is told, and resumes it on another hub.
func (c *cluster) move(l *listener, who string, to *world) *listener {
	c.Helper()
	l.close()
	before := l.told()
	f, err := judge(before)
	if err != nil {
		c.Errorf("%s: %v", who, err)
	}
	next, _ := to.listen(who, &hub.Resume{Epoch: to.hub.Epoch(), Positions: f.revision})
	next.mu.Lock()
	defer next.mu.Unlock()
	next.before = before
	return next
}

// settled waits until a subscriber knows all that its user is in, as it stands in the store, and nothing else.
func (c *cluster) settled(who string, l *listener) {
	c.Helper()
	var wrong error
	deadline := time.Now().Add(time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for time.Now().Before(deadline) {
		if wrong = c.compare(who, l); wrong == nil {
			return
		}
		<-tick.C
	}
	c.Errorf("%s: %v", who, wrong)
}

func (c *cluster) compare(who string, l *listener) error {
	f, err := judge(l.told())
	if err != nil {
		return err
	}
	account := hub.Viewer{Service: c.hubs[0].service}
	for _, s := range f.skipped {
		m, err := c.hubs[0].store.Message(c.Context(), account, hub.ConversationRef(s.conversation), hub.MessageRef{Index: s.index})
		if err == nil {
			return fmt.Errorf("message %d of %s never came: %+v", s.index, s.conversation, m)
		}
	}
	_, in, err := c.hubs[0].store.Memberships(c.Context(), c.hubs[0].service, who)
	if err != nil {
		return err
	}
	for _, m := range in {
		known := f.revision[m.Conversation]
		missing, bad := c.hubs[0].store.Changes(c.Context(), account, m.Conversation, hub.ChangeQuery{Since: known, Limit: 100})
		if bad != nil || slices.ContainsFunc(missing.Events, func(e *hub.Event) bool { return !f.knows(e) }) {
			err = errors.Join(err, bad, fmt.Errorf("%s is at %d, known to it is %d", m.Conversation, m.Revision, known))
			for i, w := range c.hubs {
				err = errors.Join(err, fmt.Errorf("hub %d: %s", i, w.hub.Describe(m.Conversation)))
			}
		}
		delete(f.revision, m.Conversation)
	}
	for sid := range f.revision {
		err = errors.Join(err, fmt.Errorf("it follows %s, which its user is not in", sid))
	}
	return err
}
