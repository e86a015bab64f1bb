package clustertest

import (
	"strings"
	"testing"
	"time"
)

// TestRedis does to Redis, and to the ways to it, what may happen to them. The store is sound throughout, so that the hubs
// must go on acknowledging at the full rate.
func TestRedis(t *testing.T) {
	c := Start(t, Config{})
	w := Found(c, 160)
	through := func(t *testing.T, harm func()) {
		t.Helper()
		span := w.Through(t, harm)
		if rate := float64(span.Acked) / span.Took.Seconds(); rate < leastRate {
			t.Errorf("only %.0f messages a second were acknowledged through it", rate)
		}
	}
	t.Run("killed and restarted", func(t *testing.T) {
		pid := c.Redis.Pid()
		through(t, func() {
			c.Redis.Kill()
			c.await(t, "the hubs notice", unwell)
			w.Await(200)
			c.Redis.Restart()
			c.await(t, "the bus is rebuilt", well)
		})
		if c.Redis.Pid() == pid {
			t.Error("Redis was not restarted")
		}
	})
	t.Run("stopped", func(t *testing.T) {
		lost := c.figures(t, "parley_bus_probes_lost_total")
		through(t, func() {
			c.Redis.Stop()
			c.await(t, "a probe is lost", more("parley_bus_probes_lost_total", lost))
			c.Redis.Cont()
			c.await(t, "the bus is rebuilt", well)
		})
	})
	t.Run("half-open", func(t *testing.T) {
		lost := c.figures(t, "parley_bus_probes_lost_total")
		through(t, func() {
			c.Each(func(h *Hub) { h.Redis.Swallow() })
			c.await(t, "a probe is lost", more("parley_bus_probes_lost_total", lost))
			c.Each(func(h *Hub) { h.Redis.Mend() })
			c.await(t, "the bus is rebuilt", well)
		})
	})
	t.Run("partitioned from one hub", func(t *testing.T) {
		through(t, func() {
			alone := c.Hubs[2]
			alone.Redis.Cut()
			c.await(t, "that hub notices, and no other", func(h *Hub) bool { return unwell(h) == (h == alone) })
			w.Await(200)
			alone.Redis.Mend()
			c.await(t, "the bus is rebuilt", well)
		})
	})
	t.Run("FLUSHALL", func(t *testing.T) {
		through(t, func() {
			if n := c.Redis.Do("dbsize").(int64); n == 0 {
				t.Error("Redis was empty before")
			}
			c.Redis.Do("flushall")
			c.await(t, "leases are back", func(*Hub) bool { return c.Redis.Do("dbsize").(int64) > 0 })
		})
	})
	t.Run("CLIENT KILL", func(t *testing.T) {
		rebuilt := c.figures(t, "parley_bus_rebuilds_total")
		through(t, func() {
			if n := c.Redis.Do("client", "kill", "type", "pubsub").(int64); n < int64(len(c.Hubs)) {
				t.Errorf("%d connections were killed", n)
			}
			c.Redis.Do("client", "kill", "type", "normal")
			c.await(t, "the bus is rebuilt", more("parley_bus_rebuilds_total", rebuilt))
		})
	})
	w.Leave(t)
}

// unwell and well report what a hub thinks of its bus.
func unwell(h *Hub) bool { return h.Metric("parley_bus_well") == 0 }
func well(h *Hub) bool   { return h.Metric("parley_bus_well") == 1 }

// figures reads a figure of each hub.
func (c *Cluster) figures(t *testing.T, name string) map[*Hub]float64 {
	t.Helper()
	all := map[*Hub]float64{}
	for _, h := range c.Hubs {
		all[h] = h.Metric(name)
	}
	return all
}

// more reports whether a hub's figure is larger than it was.
func more(name string, before map[*Hub]float64) func(*Hub) bool {
	return func(h *Hub) bool { return h.Metric(name) > before[h] }
}

// await waits until something is so on every hub.
func (c *Cluster) await(t *testing.T, what string, so func(*Hub) bool) {
	t.Helper()
	for _, h := range c.Hubs {
		if !Soon(time.Minute, func() bool { return so(h) }) {
			t.Fatalf("%s: it never came about: %s", h.Name, what)
		}
	}
}

// away waits until everybody who was on a hub that is gone is on another one.
func (c *Cluster) away(w *Town, gone *Hub) {
	Soon(time.Minute, func() bool {
		for _, p := range w.People {
			p.mu.Lock()
			home := p.home
			p.mu.Unlock()
			if home == gone || !strings.EqualFold(p.State().String(), "connected") {
				return false
			}
		}
		return true
	})
}
