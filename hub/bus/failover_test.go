package bus_test

import (
	"slices"
	"testing"

	"parley/hub"
	"parley/hub/bus/bustest"
	"parley/hub/bus/redistest"
)

func TestSentinel(t *testing.T) {
	t.Parallel()
	s := redistest.StartSentinels(t)
	seats := func(t *testing.T) hub.Bus {
		t.Helper()
		return open(t, s.URL())
	}
	bustest.Run(t, seats)
	bustest.RunWhereabouts(t, seats)
	t.Run("Failover", func(t *testing.T) {
		p := newPair(t, s.URL(), s.URL())
		master := s.Master()
		master.Kill()
		p.noticed()
		topic := p.misses()
		p.recovers()
		p.told(topic)
		if now := s.Master(); now == nil || now == master || now.Info("role") != "master" {
			t.Error("there was no failover")
		}
		genuine(t, s.Master())
	})
}

func TestCluster(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t)
	seats := func(t *testing.T) hub.Bus {
		t.Helper()
		return open(t, c.URL())
	}
	bustest.Run(t, seats)
	bustest.RunWhereabouts(t, seats)
	t.Run("Failover", func(t *testing.T) {
		p := newPair(t, c.URL(), c.URL())
		if used := shards(c); !slices.ContainsFunc(used, func(n int) bool { return n > 0 }) {
			t.Error("no node has a sharded channel")
		}
		masters := c.Masters()
		masters[0].Kill()
		p.noticed()
		p.recovers()
		now := c.Masters()
		if len(masters) != 3 || len(now) != 3 || slices.Contains(now, masters[0]) {
			t.Error("there was no failover")
		}
		genuine(t, now...)
	})
}

// shards is how many sharded channels each node has.
func shards(c *redistest.Cluster) (counts []int) {
	for _, n := range c.Nodes {
		counts = append(counts, len(n.Do("pubsub", "shardchannels").([]any)))
	}
	return counts
}
