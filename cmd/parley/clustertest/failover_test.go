package clustertest

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/hub/bus/redistest"
)

// TestFailover has hubs whose Redis is several servers, and kills one that is a master. A replica takes over, and the hubs
// find it by themselves.
func TestFailover(t *testing.T) {
	t.Parallel()
	t.Run("Sentinel", func(t *testing.T) {
		t.Parallel()
		s := redistest.StartSentinels(t)
		failover(t, s.URL(), 0, func() []*redistest.Server {
			if m := s.Master(); m != nil && m.Running() && m.Info("role") == "master" {
				return []*redistest.Server{m}
			}
			return nil
		})
	})
	t.Run("Redis Cluster", func(t *testing.T) {
		t.Parallel()
		cluster := redistest.StartCluster(t)
		failover(t, cluster.URL(), 64, cluster.Masters) // one connection for each partition
	})
}

// failover kills a master under load, one by which a quiet conversation is heard, and waits until as many are there as before
// and every hub hears the others by them. The store is sound throughout, so that the hubs must go on acknowledging
// meanwhile. A hub may keep some connections for a minute after it needed them.
func failover(t *testing.T, url string, kept float64, masters func() []*redistest.Server) {
	t.Helper()
	c := Start(t, Config{Redis: url})
	w := Found(c, 160)
	w.Through(t, func() {
		before, rebuilt := masters(), c.figures(t, rebuilds)
		at := slices.IndexFunc(before, func(m *redistest.Server) bool { return carries(m, w.still.SID) })
		if at < 0 {
			t.Fatal("nobody listens to a conversation")
		}
		victim, pid := before[at], before[at].Pid()
		victim.Kill()
		w.Aside(t)
		w.Heed(t, 100)
		var now []*redistest.Server
		if !Soon(time.Minute, func() bool { now = masters(); return len(now) == len(before) }) {
			t.Fatalf("of %d masters there are %d", len(before), len(now))
		}
		c.await(t, "the bus is rebuilt", more(rebuilds, rebuilt))
		c.await(t, "it works", well)
		for _, m := range now {
			genuine(t, m)
			if m == victim || m.Pid() == pid {
				t.Error("there was no failover")
			}
		}
		heard := c.figures(t, received)
		w.Await(200)
		c.await(t, "others are heard again", more(received, heard))
		t.Logf("%s with pid %d was killed; the first master is %s with pid %d", victim.Addr(), pid, now[0].Addr(), now[0].Pid())
	})
	for i := range c.base {
		c.base[i].Files, c.base[i].Goroutines = c.base[i].Files+kept, c.base[i].Goroutines+kept
	}
	w.Leave(t)
}

// carries reports whether somebody listens to a conversation by a server.
func carries(s *redistest.Server, sid string) bool {
	return len(s.Do("pubsub", "channels", sid).([]any))+len(s.Do("pubsub", "shardchannels", "*"+sid).([]any)) > 0
}

// genuine checks that a server is a process of Redis 7 or later, by its own word.
func genuine(t *testing.T, s *redistest.Server) {
	t.Helper()
	major, _, _ := strings.Cut(s.Version(), ".")
	if n, err := strconv.Atoi(major); err != nil || n < 7 || s.Info("process_id") != strconv.Itoa(s.Pid()) {
		t.Errorf("version %s, process %s instead of %d", s.Version(), s.Info("process_id"), s.Pid())
	}
}
