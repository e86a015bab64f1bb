package bus_test

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"

	"parley/hub"
	"parley/hub/bus"
	"parley/hub/bus/bustest"
	"parley/hub/bus/redistest"
)

// A pair is two hubs: a speaks, b listens to some topics.
type pair struct {
	t            *testing.T
	busA, busB   *bus.Redis
	a, b         bustest.Desk
	topics       []string
	doubts, fell int // of b, before the fault
	round        int
}

func newPair(t *testing.T, urlA, urlB string) *pair {
	t.Helper()
	p := &pair{t: t, busA: open(t, urlA), busB: open(t, urlB)}
	p.a, p.b = bustest.Sit(t, p.busA), bustest.Sit(t, p.busB)
	for range 100 {
		p.topics = append(p.topics, bustest.Topic())
	}
	p.b.Follow(t, p.topics...)
	p.heard()
	p.doubts, p.fell = len(p.b.Doubts()), p.b.Illnesses()
	return p
}

// heard publishes to each topic, and now and then again, until b has heard something of each.
func (p *pair) heard() {
	p.t.Helper()
	p.round++
	round, polls := fmt.Sprint(" of round ", p.round), 0
	bustest.Eventually(p.t, "every topic is heard", func() bool {
		left := map[string]bool{}
		for _, topic := range p.topics {
			left[topic+round] = true
		}
		for _, payload := range p.b.All() {
			delete(left, payload)
		}
		if polls++; polls%50 == 1 {
			for payload := range maps.Keys(left) {
				p.a.Publish(strings.TrimSuffix(payload, round), []byte(payload))
			}
		}
		return len(left) == 0
	})
}

// noticed waits until b knows of the fault.
func (p *pair) noticed() {
	p.t.Helper()
	bustest.Eventually(p.t, "the fault is noticed", func() bool { return p.b.Illnesses() > p.fell })
	if p.busB.Unwell() == nil && !p.b.Well() {
		p.t.Error("the bus is well by its own word, and not by what it told")
	}
}

// recovers waits until both are well, b doubts, and all topics are heard again.
func (p *pair) recovers() {
	p.t.Helper()
	bustest.Eventually(p.t, "both are well", func() bool { return p.a.Well() && p.b.Well() })
	bustest.Eventually(p.t, "there is doubt", func() bool { return len(p.b.Doubts()) > p.doubts })
	p.heard()
	if p.busB.Stats().Rebuilds == 0 {
		p.t.Error("no connection was made anew")
	}
}

// misses publishes while that cannot work, and gives the topic.
func (p *pair) misses() string {
	p.t.Helper()
	topic := bustest.Topic()
	before := p.busA.Stats().Failed
	p.a.Publish(topic, []byte("into the void"))
	bustest.Eventually(p.t, "publishing fails", func() bool { return p.busA.Stats().Failed > before })
	return topic
}

// told waits until the topic was said to be missed.
func (p *pair) told(topic string) {
	p.t.Helper()
	bustest.Eventually(p.t, "what was missed is told", func() bool { return p.a.Missings()[topic] > 0 })
}

func TestRedisRestarts(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	p := newPair(t, s.URL(), s.URL())
	pid := s.Pid()
	s.Kill()
	p.noticed()
	topic := p.misses()
	late := bustest.Topic()
	p.b.Subscribe(late) // a wish while it is away
	s.Restart()
	p.recovers()
	p.told(topic)
	bustest.Eventually(t, "the wish came true", func() bool { return p.b.Sure(late) == 1 })
	if s.Pid() == pid {
		t.Error("it is the same process")
	}
	genuine(t, s)
}

// genuine checks that servers are processes of Redis 7 or later, by their own word.
func genuine(t *testing.T, servers ...*redistest.Server) {
	t.Helper()
	for _, s := range servers {
		major, _, _ := strings.Cut(s.Version(), ".")
		if n, err := strconv.Atoi(major); err != nil || n < 7 || s.Info("process_id") != strconv.Itoa(s.Pid()) {
			t.Errorf("version %s, process %s instead of %d", s.Version(), s.Info("process_id"), s.Pid())
		}
	}
}

func TestRedisStops(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	p := newPair(t, s.URL(), s.URL())
	s.Stop()
	p.noticed()
	topic := p.misses()
	if p.busB.Stats().ProbesLost == 0 {
		t.Error("no probe was lost")
	}
	s.Cont()
	p.recovers()
	p.told(topic)
	genuine(t, s)
}

// TestHalfOpen has all connections of one hub stand still without an error, while new ones work.
func TestHalfOpen(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	between := newProxy(t, strings.TrimPrefix(s.URL(), "redis://"), 0)
	p := newPair(t, s.URL(), between.url())
	ill := p.a.Illnesses()
	between.halfOpen()
	p.noticed()
	p.recovers()
	if p.busB.Stats().ProbesLost == 0 || between.swallowed.Load() == 0 {
		t.Error("no probe was lost, or nothing was swallowed")
	}
	if p.a.Illnesses() > ill {
		t.Error("the fault of one connection was that of another hub")
	}
	genuine(t, s)
}

func TestClientKill(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	p := newPair(t, s.URL(), s.URL())
	if killed := s.Do("client", "kill", "type", "pubsub"); killed != int64(2) {
		t.Errorf("%v connections were killed", killed)
	}
	p.noticed()
	p.recovers()
	s.Do("client", "kill", "type", "normal", "skipme", "yes")
	p.heard()
	genuine(t, s)
}

func TestFlushAll(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	p := newPair(t, s.URL(), s.URL())
	users, all := make([]hub.UserSID, 500), make([]bool, 500) // more than are said again bit by bit in the time of a test
	for i := range users {
		users[i], all[i] = hub.NewUserSID(), true
		p.busA.Arrive(users[i])
	}
	p.b.Online(t, "they came", users, all...)
	s.Do("flushall")
	bustest.Eventually(t, "Redis forgot", func() bool {
		n := s.Do("dbsize")
		online, err := p.busB.Online(t.Context(), users[:1])
		return n == int64(0) || err == nil && online[0]
	})
	p.b.Online(t, "it was said again", users, all...)
	p.heard()
}

// TestHubEnds cuts a hub off, as if it had been killed: after its lease nobody is there, and the others doubt. Then it
// comes back.
func TestHubEnds(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	between := newProxy(t, strings.TrimPrefix(s.URL(), "redis://"), 0)
	p := newPair(t, between.url(), s.URL())
	user := []hub.UserSID{hub.NewUserSID()}
	p.busA.Arrive(user[0])
	p.b.Online(t, "one came", user, true)
	bustest.Eventually(t, "b knows of a", func() bool { return p.busB.Stats().Hubs == 1 })
	between.part(true)
	p.b.Online(t, "the lease ended", user, false)
	bustest.Eventually(t, "there is doubt", func() bool {
		doubts := p.b.Doubts()
		return len(doubts) == 1 && strings.HasPrefix(doubts[0], "hub test-") && p.busB.Stats().Departures == 1
	})
	if p.b.Illnesses() > 0 {
		t.Error("another hub's end was an illness of this one")
	}
	online, err := p.busA.Online(t.Context(), append(user, hub.NewUserSID()))
	if err == nil || !online[0] {
		t.Error("a hub that is cut off does not know itself, or believes to know all")
	}
	between.part(false)
	p.b.Online(t, "it is back", user, true)
}

func TestAbsentAtStart(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	s.Kill()
	b, ear := open(t, s.URL()), bustest.NewEar()
	b.Join(ear)
	t.Cleanup(b.Close)
	topic, missed := bustest.Topic(), bustest.Topic()
	b.Subscribe(topic)
	b.Publish(missed, []byte("nobody is there"))
	bustest.Eventually(t, "it says so", func() bool { return ear.Illnesses() == 1 && b.Unwell() != nil })
	bustest.Eventually(t, "publishing fails", func() bool { return b.Stats().Failed == 1 })
	s.Restart()
	bustest.Eventually(t, "it works", func() bool {
		return ear.Well() && ear.Sure(topic) == 1 && ear.Missings()[missed] == 1
	})
}

// TestOverflow: what finds the queue full is remembered, one by one and then as a whole.
func TestOverflow(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	b, err := bus.Open(bus.Config{URL: s.URL(), Probe: 250e6, QueueMessages: 10})
	if err != nil {
		t.Fatal(err)
	}
	d := bustest.Sit(t, b)
	s.Stop()
	bustest.Eventually(t, "it is noticed", func() bool { return !d.Well() })
	for range 20_000 {
		d.Publish(bustest.Topic(), nil)
	}
	if b.Stats().Dropped == 0 {
		t.Error("nothing was dropped")
	}
	s.Cont()
	bustest.Eventually(t, "it is told", func() bool { return d.Missings()[""] == 1 })
}

// TestSmallChunks has everything come byte by byte: a reader that gives up in the middle, or looks ahead, would break.
func TestSmallChunks(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	between := newProxy(t, strings.TrimPrefix(s.URL(), "redis://"), 1)
	p := newPair(t, s.URL(), between.url())
	p.b.Follow(t, "s") // a short name
	before := len(p.b.All())
	for i := range 200 {
		p.a.Publish("s", fmt.Append(nil, i))
	}
	bustest.Eventually(t, "the last is heard", func() bool { return p.b.Has("199") })
	for i, payload := range p.b.All()[before:] {
		if payload != fmt.Sprint(i) {
			t.Fatalf("%q came where %d was due", payload, i)
		}
	}
	if doubts := p.b.Doubts(); len(doubts) > 0 {
		t.Errorf("doubts: %q", doubts)
	}
}
