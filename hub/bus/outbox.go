package bus

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// An outbox publishes. One goroutine takes all that waits and sends it as one pipeline; what comes in meanwhile waits for
// the next. No timer gathers. What could not be published is not tried again, since it would be late: its topics are
// remembered, and told when publishing works.
type outbox struct {
	bus  *Redis
	wake chan struct{}

	mu     sync.Mutex
	queue  []letter
	bytes  int
	missed missed
}

type letter struct {
	topic   string
	payload []byte
}

const (
	// Bounds of one pipeline: it is to be through well within the time of a probe.
	pipelineLetters = 1024
	pipelineBytes   = 1 << 20
)

func newOutbox(b *Redis) *outbox { return &outbox{bus: b, wake: make(chan struct{}, 1)} }

// add queues a payload, or remembers its topic when the queue is full.
func (o *outbox) add(topic string, payload []byte) {
	config := &o.bus.config
	o.mu.Lock()
	full := len(o.queue) >= config.QueueMessages || o.bytes+len(payload) > config.QueueBytes
	if full {
		o.missed.add(topic)
	} else {
		o.queue = append(o.queue, letter{topic, payload})
		o.bytes += len(payload)
	}
	o.mu.Unlock()
	if full {
		o.bus.counters.dropped.Add(1)
	}
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// run publishes until ctx ends, and then what still waits, as far as that goes at once.
func (o *outbox) run(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		worked := o.send(ctx)
		if o.owes() {
			worked = o.settle(ctx) || worked
		}
		if worked {
			failures = 0
		} else {
			failures++
			pause(ctx, failures, o.bus.config.Probe)
		}
		o.await(ctx)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.bus.config.Probe)
	defer cancel()
	for more := o.waits(); more; {
		more = o.send(last) && o.waits()
	}
}

// await waits until there is something to do.
func (o *outbox) await(ctx context.Context) {
	if o.waits() {
		return
	}
	var again <-chan time.Time
	if o.owes() {
		timer := time.NewTimer(o.bus.config.Probe / 4)
		defer timer.Stop()
		again = timer.C
	}
	select {
	case <-o.wake:
	case <-again:
	case <-ctx.Done():
	}
}

func (o *outbox) waits() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.queue) > 0
}

// owes reports whether something was missed that was not told.
func (o *outbox) owes() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.missed.none()
}

// take gives the next pipeline's letters.
func (o *outbox) take() []letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, size := 0, 0
	for n < len(o.queue) && n < pipelineLetters && (n == 0 || size+len(o.queue[n].payload) <= pipelineBytes) {
		size += len(o.queue[n].payload)
		n++
	}
	letters := o.queue[:n:n]
	if o.queue = o.queue[n:]; len(o.queue) == 0 {
		o.queue = nil // else what was sent would be held by the rest of its array
	}
	o.bytes -= size
	return letters
}

// send publishes one pipeline. It reports whether any of it worked, or there was nothing to do.
func (o *outbox) send(ctx context.Context) (worked bool) {
	letters := o.take()
	if len(letters) == 0 {
		return true
	}
	service, count := o.bus.service, &o.bus.counters
	sent := make([]*redis.IntCmd, len(letters))
	o.pipeline(ctx, func(ctx context.Context, pipe redis.Pipeliner) {
		for i, l := range letters {
			sent[i] = service.publish(ctx, pipe, service.channel(l.topic), l.payload)
		}
	})
	count.batches.Add(1)
	var lost []string
	for i, l := range letters {
		if sent[i].Err() != nil {
			lost = append(lost, l.topic)
			continue
		}
		count.published.Add(1)
		count.publishedBytes.Add(int64(len(l.payload)))
	}
	if len(lost) > 0 {
		service.relearn(ctx)
	}
	count.failed.Add(int64(len(lost)))
	o.mu.Lock()
	o.missed.add(lost...)
	o.mu.Unlock()
	return len(lost) < len(letters)
}

// pipeline runs commands as one, within the time of a probe. Each command knows whether it failed.
func (o *outbox) pipeline(ctx context.Context, fill func(context.Context, redis.Pipeliner)) {
	ctx, cancel := context.WithTimeout(ctx, o.bus.config.Probe)
	defer cancel()
	pipe := o.bus.service.Pipeline()
	fill(ctx, pipe)
	pipe.Exec(ctx) //nolint:errcheck // see above
}

// settle finds out where publishing works again, by a payload that nobody hears, and tells what was missed there. It
// reports whether it works anywhere.
func (o *outbox) settle(ctx context.Context) bool {
	service := o.bus.service
	o.mu.Lock()
	where := o.missed.partitions(service)
	o.mu.Unlock()
	sent := map[int]*redis.IntCmd{}
	o.pipeline(ctx, func(ctx context.Context, pipe redis.Pipeliner) {
		for p := range where {
			sent[p] = service.publish(ctx, pipe, service.tag(p)+service.prefix+"nobody", nil)
		}
	})
	works := map[int]bool{}
	for p, cmd := range sent {
		if cmd.Err() == nil {
			works[p] = true
		}
	}
	o.mu.Lock()
	topics, all := o.missed.take(service, works)
	o.mu.Unlock()
	if all {
		o.bus.listener.Missed(nil)
	} else if len(topics) > 0 {
		o.bus.listener.Missed(topics)
	}
	return len(works) > 0
}

// missed is the topics of what was not published.
type missed struct {
	topics map[string]struct{}
	all    bool // too many to know
}

// mostMissed is how many topics are remembered one by one.
const mostMissed = 10_000

func (m *missed) none() bool { return len(m.topics) == 0 && !m.all }

func (m *missed) add(topics ...string) {
	for _, topic := range topics {
		if m.all {
			return
		}
		if m.topics == nil {
			m.topics = map[string]struct{}{}
		}
		if m.topics[topic] = struct{}{}; len(m.topics) > mostMissed {
			m.topics, m.all = nil, true
		}
	}
}

// partitions is where something was missed.
func (m *missed) partitions(s *service) map[int]struct{} {
	where := map[int]struct{}{}
	for topic := range m.topics {
		where[s.partition(topic)] = struct{}{}
	}
	for p := range s.partitions() {
		if m.all {
			where[p] = struct{}{}
		}
	}
	return where
}

// take gives and forgets what was missed in the partitions that work. That it is not known what is given when all do.
func (m *missed) take(s *service, works map[int]bool) (topics []string, all bool) {
	if m.all {
		all = len(works) == s.partitions()
		m.all = !all
		return nil, all
	}
	for topic := range m.topics {
		if works[s.partition(topic)] {
			topics = append(topics, topic)
			delete(m.topics, topic)
		}
	}
	return topics, false
}
