package bus

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// A link keeps one partition's topics subscribed: it makes a connection, proves by probes that payloads come through it,
// and makes another one when they do not. Without a cluster there is one link for everything.
type link struct {
	bus       *Redis
	partition int
	probe     string // the channel that its probes go through
	wake      chan struct{}

	mu     sync.Mutex
	wishes wishes
	sure   []string // topics to tell the listener about
}

const (
	// batch is how many topics one command names.
	batch = 512
	// restAfter is how many probes a connection that nobody needs lives on for.
	restAfter = 30
)

func newLink(b *Redis, partition int) *link {
	return &link{
		bus: b, partition: partition, wishes: newWishes(), wake: make(chan struct{}, 1),
		probe: b.service.tag(partition) + b.service.prefix + "probe:" + b.id,
	}
}

// nudge has the link look at what changed.
func (l *link) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

var errNeedless = errors.New("no topics")

// run keeps the link up until ctx ends.
func (l *link) run(ctx context.Context) {
	failures := 0
	for l.awaitNeed(ctx) {
		began := time.Now()
		err := l.live(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, errNeedless):
			l.bus.state.rest(l.partition)
			continue
		}
		l.bus.state.broke(l.partition, err)
		l.bus.service.relearn(ctx)
		if failures++; time.Since(began) > 10*l.bus.config.Probe {
			failures = 1
		}
		pause(ctx, failures, l.bus.config.Probe)
	}
}

// pause waits before the next attempt: at once after the first failure, then longer, never in step with other hubs.
func pause(ctx context.Context, failures int, most time.Duration) {
	span := min(most/64<<min(failures, 10), most)
	timer := time.NewTimer(span/2 + rand.N(span/2+1))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// needed reports whether the link has something to do. The first one always has: it shows whether the bus works.
func (l *link) needed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.partition == 0 || l.wishes.wanted > 0
}

// awaitNeed waits until the link has something to do, and reports false when ctx ended.
func (l *link) awaitNeed(ctx context.Context) bool {
	for !l.needed() {
		select {
		case <-l.wake:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return false
		}
	}
	return ctx.Err() == nil
}

// live is the life of one connection. It returns why it ended.
func (l *link) live(ctx context.Context) error {
	c, err := l.open(ctx)
	if err != nil {
		return err
	}
	l.bus.counters.connections.Add(1)
	defer l.bus.counters.connections.Add(-1)
	defer c.close()
	tick := time.NewTicker(l.bus.config.Probe)
	defer tick.Stop()
	for needless := 0; needless < restAfter; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-c.ended:
			return err
		case <-l.wake:
			err = l.serve(ctx, c)
		case <-tick.C:
			if needless++; l.needed() {
				needless = 0
			}
			err = l.tick(ctx, c)
		}
		if err != nil {
			return err
		}
	}
	return errNeedless
}

// open makes a connection and subscribes it to all that is wished for, at last to its probes: when that is confirmed all
// else is.
func (l *link) open(ctx context.Context) (*conn, error) {
	c := &conn{link: l, ps: l.bus.service.pubSub(ctx), ended: make(chan error, 1)}
	c.heard.Store(time.Now().UnixNano())
	l.mu.Lock()
	l.wishes.untell(l.sure)
	topics := l.wishes.restart()
	l.sure = nil
	l.mu.Unlock()
	err := l.send(ctx, c, l.bus.service.subscribe, topics)
	if err == nil {
		err = l.bus.service.subscribe(ctx, c.ps, []string{l.probe})
	}
	if err != nil {
		c.ps.Close() //nolint:errcheck // it has failed already
		return nil, err
	}
	c.done.Go(func() { c.ended <- c.receive(ctx) })
	return c, nil
}

type subscribing func(ctx context.Context, ps *redis.PubSub, channels []string) error

// send sends a command about topics, in batches.
func (l *link) send(ctx context.Context, c *conn, command subscribing, topics []string) error {
	for some := range slices.Chunk(topics, batch) {
		channels := make([]string, len(some))
		for i, topic := range some {
			channels[i] = l.bus.service.tag(l.partition) + topic
		}
		if err := command(ctx, c.ps, channels); err != nil {
			return err
		}
	}
	return nil
}

// serve sends what changed and tells what is sure.
func (l *link) serve(ctx context.Context, c *conn) error {
	if c.confirmed.Load() && c.probes == 0 {
		l.sendProbe(ctx, c)
	}
	if !c.proven && c.back.Load() > 0 {
		c.proven = true
		l.bus.state.works(l.partition)
		l.bus.leases.sayAgain()
	}
	l.mu.Lock()
	more, less := l.wishes.take()
	sure := l.sure
	l.sure = nil
	l.mu.Unlock()
	if len(sure) > 0 {
		l.bus.listener.Subscribed(sure)
	}
	if err := l.send(ctx, c, l.bus.service.unsubscribe, less); err != nil {
		return err
	}
	return l.send(ctx, c, l.bus.service.subscribe, more)
}

// tick sends a probe, unless one has been away for two of its intervals.
func (l *link) tick(ctx context.Context, c *conn) error {
	limit := 2 * l.bus.config.Probe
	if away := c.away(); away >= limit {
		l.bus.counters.probesLost.Add(1)
		return lost(away, c.refused)
	}
	if c.probes > 0 {
		l.sendProbe(ctx, c)
		l.bus.state.tell(true)
		return nil
	}
	if silent := time.Since(time.Unix(0, c.heard.Load())); silent >= limit {
		return fmt.Errorf("a new connection said nothing for %s", silent.Round(time.Millisecond))
	}
	return nil
}

func lost(away time.Duration, why error) error {
	if why == nil {
		return fmt.Errorf("a probe did not come back within %s", away.Round(time.Millisecond))
	}
	return fmt.Errorf("a probe could not be published: %w", why)
}

// sendProbe publishes the next probe. Where that fails the probe does not come back, which is when this matters.
func (l *link) sendProbe(ctx context.Context, c *conn) {
	l.bus.counters.probes.Add(1)
	c.probes++
	c.sent = append(c.sent, time.Now())
	ctx, cancel := context.WithTimeout(ctx, l.bus.config.Probe)
	defer cancel()
	payload := strconv.AppendInt(nil, c.probes, 10)
	c.refused = l.bus.service.publish(ctx, l.bus.service, l.probe, payload).Err()
}
