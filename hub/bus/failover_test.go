package bus_test

import (
	"fmt"
	"slices"
	"strings"
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
	t.Run("SlotMigration", func(t *testing.T) { migrate(t, c) })
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

// migrate moves the slot of a partition to another master while its topics are listened to and published to. Until the
// slot has moved nothing may be lost; then there is doubt, and all is heard again.
func migrate(t *testing.T, c *redistest.Cluster) {
	t.Helper()
	p := newPair(t, c.URL(), c.URL())
	rebuilt := p.busB.Stats().Rebuilds
	masters := c.Masters()
	from := masters[slices.IndexFunc(masters, func(s *redistest.Server) bool { return len(channels(s)) > 1 })]
	to := masters[(slices.Index(masters, from)+1)%len(masters)]
	channel := channels(from)[0]
	topic := channel[strings.IndexByte(channel, '}')+1:]
	settle := c.Move(c.Slot(channel), from, to)
	for i := range 100 {
		p.a.Publish(topic, fmt.Append(nil, "on the move ", i))
	}
	bustest.Eventually(t, "nothing is lost on the move", func() bool { return p.b.Has("on the move 99") })
	for i := range 100 {
		if !p.b.Has(fmt.Sprint("on the move ", i)) {
			t.Errorf("%d was lost on the move", i)
		}
	}
	settle()
	p.noticed()
	p.recovers()
	if slices.Contains(channels(from), channel) || !slices.Contains(channels(to), channel) {
		t.Error("the channel has not moved")
	}
	if n := p.busB.Stats().Rebuilds - rebuilt; n != 1 {
		t.Errorf("%d connections were made anew for one partition", n)
	}
	genuine(t, from, to)
}

// channels are the topics' sharded channels on a node.
func channels(s *redistest.Server) (names []string) {
	for _, name := range s.Do("pubsub", "shardchannels", "{p*}CH*").([]any) {
		names = append(names, name.(string))
	}
	return names
}

// shards is how many sharded channels each node has.
func shards(c *redistest.Cluster) (counts []int) {
	for _, n := range c.Nodes {
		counts = append(counts, len(n.Do("pubsub", "shardchannels").([]any)))
	}
	return counts
}
