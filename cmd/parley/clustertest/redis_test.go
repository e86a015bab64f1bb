package clustertest

import (
	"testing"
	"time"
)

// TestRedis does to Redis, and to the ways to it, what may happen to them. The store is sound throughout, so that the hubs
// must go on acknowledging while Redis is away.
func TestRedis(t *testing.T) {
	t.Parallel()
	c := Start(t, Config{})
	w := Found(c, 160)
	for _, h := range redisHarms {
		t.Run(h.name, func(t *testing.T) {
			w.Through(t, func() { h.do(t, c, w) })
		})
	}
	w.Leave(t)
}

// A harm does something bad to a cluster under load, sees to it that it really happened, and ends it.
type harm struct {
	name string
	do   func(t *testing.T, c *Cluster, w *Town)
}

var redisHarms = []harm{
	{"killed and restarted", redisKilled},
	{"stopped", redisStopped},
	{"half-open", redisHalfOpen},
	{"partitioned from one hub", redisParted},
	{"FLUSHALL", redisFlushed},
	{"CLIENT KILL", redisClientsKilled},
}

const (
	probesLost = "parley_bus_probes_lost_total"
	rebuilds   = "parley_bus_rebuilds_total"
	received   = "parley_bus_received_total"
)

func redisKilled(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	pid := c.Redis.Pid()
	c.Redis.Kill()
	c.await(t, "the hubs notice", unwell)
	w.Aside(t)
	w.Heed(t, 200)
	c.Redis.Restart()
	c.await(t, "the bus is rebuilt", well)
	if c.Redis.Pid() == pid {
		t.Error("Redis was not restarted")
	}
}

// redisStopped has Redis stand still until each hub lost a probe, and for 30 s where there is time.
func redisStopped(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	lost := c.figures(t, probesLost)
	c.Redis.Stop()
	w.Aside(t)
	c.await(t, "a probe is lost", more(probesLost, lost))
	w.Heed(t, 100)
	if soaking() > 0 {
		w.linger(30 * time.Second)
	}
	c.Redis.Cont()
	c.await(t, "the bus is rebuilt", well)
}

func redisHalfOpen(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	lost := c.figures(t, probesLost)
	c.Each(func(h *Hub) { h.Redis.Swallow() })
	w.Aside(t)
	c.await(t, "a probe is lost", more(probesLost, lost))
	w.Heed(t, 100)
	c.Each(func(h *Hub) { h.Redis.Mend() })
	c.await(t, "the bus is rebuilt", well)
}

func redisParted(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	alone := c.Hubs[2]
	alone.Redis.Cut()
	c.await(t, "that hub notices, and no other", func(h *Hub) bool { return unwell(h) == (h == alone) })
	w.Aside(t)
	w.Heed(t, 200)
	alone.Redis.Mend()
	c.await(t, "the bus is rebuilt", well)
}

func redisFlushed(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	if n := c.Redis.Do("dbsize").(int64); n == 0 {
		t.Error("Redis was empty before")
	}
	c.Redis.Do("flushall")
	w.Heed(t, 100)
	c.await(t, "leases are back", func(*Hub) bool { return c.Redis.Do("dbsize").(int64) > 0 })
}

func redisClientsKilled(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	rebuilt := c.figures(t, rebuilds)
	if n := c.Redis.Do("client", "kill", "type", "pubsub").(int64); n < int64(len(c.Hubs)) {
		t.Errorf("%d connections were killed", n)
	}
	c.Redis.Do("client", "kill", "type", "normal")
	w.Heed(t, 400)
	c.await(t, "the bus is rebuilt", more(rebuilds, rebuilt))
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
