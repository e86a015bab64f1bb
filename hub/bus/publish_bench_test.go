package bus_test

import (
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"parley/hub/bus"
	"parley/hub/bus/bustest"
	"parley/hub/bus/redistest"
)

// counting is an ear that only counts, and wakes who waits for a number.
type counting struct {
	*bustest.Ear
	n    atomic.Int64
	want int64
	done chan struct{}
}

// Heard implements hub.Listener.
func (c *counting) Heard([]byte) {
	if c.n.Add(1) == c.want {
		close(c.done)
	}
}

// BenchmarkPublishToHeard compares the bus, which publishes what waits as one pipeline, with one round trip for each
// payload: how long a payload takes from a publishing hub to a listening one.
func BenchmarkPublishToHeard(b *testing.B) {
	s := redistest.Start(b)
	payload, topic := make([]byte, 512), bustest.Topic()
	open := func(b *testing.B, l interface{ Well() bool }, join func(*bus.Redis)) *bus.Redis {
		b.Helper()
		r, err := bus.Open(bus.Config{URL: s.URL()})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(r.Close)
		join(r)
		bustest.Eventually(b, "the bus works", l.Well)
		return r
	}
	measure := func(publish func(*testing.B) func()) func(*testing.B) {
		return func(b *testing.B) {
			b.Helper()
			c := &counting{Ear: bustest.NewEar(), want: int64(b.N), done: make(chan struct{})}
			r := open(b, c, func(r *bus.Redis) { r.Join(c) })
			r.Subscribe(topic)
			bustest.Eventually(b, "it is sure", func() bool { return c.Sure(topic) > 0 })
			next := publish(b)
			b.ResetTimer()
			for i := range b.N {
				for int64(i)-c.n.Load() > 10_000 { // no more than the queue holds
					next := c.n.Load()
					bustest.Eventually(b, "some are heard", func() bool { return c.n.Load() > next })
				}
				next()
			}
			<-c.done
		}
	}
	b.Run("pipelined", measure(func(b *testing.B) func() {
		b.Helper()
		ear := bustest.NewEar()
		r := open(b, ear, func(r *bus.Redis) { r.Join(ear) })
		return func() { r.Publish(topic, payload) }
	}))
	b.Run("one-by-one", measure(func(b *testing.B) func() {
		b.Helper()
		client := redis.NewClient(&redis.Options{Addr: s.Addr(), Protocol: 2})
		b.Cleanup(func() { client.Close() }) //nolint:errcheck // it is over
		return func() {
			if err := client.Publish(b.Context(), topic, payload).Err(); err != nil {
				b.Error(err)
			}
		}
	}))
}
