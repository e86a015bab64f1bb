package bus

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"parley/hub"
)

// Config is what a Redis bus is made from. URL is required; every other zero value is useful.
type Config struct {
	URL    string       // as the package's doc has it
	Name   string       // of this hub, for people; "hub"
	Logger *slog.Logger // none: discarded

	Probe         time.Duration // between two probes of a connection; a fault is found within three. 2 s
	Lease         time.Duration // for how long a hub that was killed is believed to live; 15 s
	QueueMessages int           // payloads that wait to be published, at most; 65,536
	QueueBytes    int           // of them together; 32 MiB
}

func (c *Config) setDefaults() {
	if c.Name == "" {
		c.Name = "hub"
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Probe <= 0 {
		c.Probe = 2 * time.Second
	}
	if c.Lease <= 0 {
		c.Lease = 15 * time.Second
	}
	if c.QueueMessages <= 0 {
		c.QueueMessages = 65_536
	}
	if c.QueueBytes <= 0 {
		c.QueueBytes = 32 << 20
	}
}

// Redis carries hints over a Redis, and keeps the whereabouts of users there.
type Redis struct {
	config  Config // static after Open
	id      string // of this process; a new one never takes for its own what an old one left
	service *service

	listener hub.Listener // static after Join
	links    []*link
	outbox   *outbox
	leases   *leases
	counters counters
	state    state

	stop    context.CancelFunc // nil before Join
	hearing sync.WaitGroup
	writing sync.WaitGroup
}

var (
	_ hub.Bus         = (*Redis)(nil)
	_ hub.Whereabouts = (*Redis)(nil)
)

// Open makes a bus. It fails only for a URL or files that cannot be used: whether there is a Redis shows later, and its
// absence is degraded service. The error holds no secret.
func Open(config Config) (*Redis, error) {
	config.setDefaults()
	address, err := parseAddress(config.URL)
	if err != nil {
		return nil, err
	}
	b := &Redis{config: config, id: config.Name + "-" + rand.Text()[:12], service: connect(address, config.Probe)}
	for p := range b.service.partitions() {
		b.links = append(b.links, newLink(b, p))
	}
	b.outbox = newOutbox(b)
	b.leases = newLeases(b)
	b.state.init(b)
	return b, nil
}

// Join implements hub.Bus.
func (b *Redis) Join(l hub.Listener) {
	ctx, stop := context.WithCancel(context.Background()) //nolint:forbidigo // the root of the bus's own lifetime; Close ends it
	b.listener, b.stop = l, stop
	for _, l := range b.links {
		b.hearing.Go(func() { l.run(ctx) })
	}
	b.writing.Go(func() { b.outbox.run(ctx) })
	b.writing.Go(func() { b.leases.run(ctx) })
}

// Subscribe implements hub.Bus.
func (b *Redis) Subscribe(topics ...string) {
	b.wish(topics, (*wishes).want)
}

// Unsubscribe implements hub.Bus.
func (b *Redis) Unsubscribe(topics ...string) {
	b.wish(topics, (*wishes).drop)
}

func (b *Redis) wish(topics []string, change func(*wishes, string)) {
	for _, topic := range topics {
		l := b.links[b.service.partition(topic)]
		l.mu.Lock()
		change(&l.wishes, topic)
		l.mu.Unlock()
		l.nudge()
	}
}

// Publish implements hub.Bus.
func (b *Redis) Publish(topic string, payload []byte) { b.outbox.add(topic, payload) }

// Close implements hub.Bus. What was published is sent, and this hub's whereabouts are taken back, as far as that works
// within the time of a probe.
func (b *Redis) Close() {
	if b.stop != nil {
		b.stop()
	}
	b.hearing.Wait()
	b.writing.Wait()
	b.service.Close() //nolint:errcheck // nothing is left that could be lost
}

// Unwell says why the bus does not work, or nil when it does.
func (b *Redis) Unwell() error { return b.state.unwell() }
