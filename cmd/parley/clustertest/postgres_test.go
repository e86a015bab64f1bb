package clustertest

import (
	"testing"
	"time"
)

// TestPostgres does to PostgreSQL, and to the ways to it, what may happen to them.
func TestPostgres(t *testing.T) {
	t.Parallel()
	c := Start(t, Config{})
	w := Found(c, 160)
	for _, h := range postgresHarms {
		t.Run(h.name, func(t *testing.T) {
			w.Through(t, func() { h.do(t, c, w) })
		})
	}
	w.Leave(t)
}

var postgresHarms = []harm{
	{"killed and restarted", postgresKilled},
	{"slow", postgresSlow},
	{"connections cut after COMMIT", commitsCut},
}

// postgresKilled has no store for a while: nothing may be acknowledged.
func postgresKilled(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	pid := c.Postgres.Pid()
	c.Postgres.Kill(t)
	stalled := Soon(time.Minute, func() bool { // acknowledgements may be on their way
		before := w.now()
		w.Await(200)
		return w.now().since(before, 0).Acked == 0
	})
	if !stalled {
		t.Error("messages are acknowledged though there is no store")
	}
	c.Postgres.Restart(t)
	if c.Postgres.Pid() == pid {
		t.Error("PostgreSQL was not restarted")
	}
}

// postgresSlow has every answer of the store come late: commits take longer, and some messages are acknowledged all the same.
func postgresSlow(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	const by = 150 * time.Millisecond
	sum, count := c.figures(t, "parley_commit_seconds_sum"), c.figures(t, "parley_commit_seconds_count")
	c.Each(func(h *Hub) { h.Postgres.Delay(by) })
	before := w.now()
	w.Await(600)
	if !Soon(time.Minute, func() bool { return w.now().since(before, 0).Acked > 0 }) {
		t.Error("nothing was acknowledged")
	}
	for _, h := range c.Hubs {
		mean := (h.Metric("parley_commit_seconds_sum") - sum[h]) / (h.Metric("parley_commit_seconds_count") - count[h])
		if mean < by.Seconds()/2 {
			t.Errorf("%s: commits took %.3f s on average", h.Name, mean)
		}
	}
	c.Each(func(h *Hub) { h.Postgres.Mend() })
}

func commitsCut(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	sent, done := c.Commits.Sent.Load(), c.Commits.Done.Load()
	c.Commits.Cut(0.2)
	w.Await(600)
	c.Commits.Cut(0)
	sent, done = c.Commits.Sent.Load()-sent, c.Commits.Done.Load()-done
	t.Logf("%d connections were cut when COMMIT was sent, %d when it was done", sent, done)
	if sent == 0 || done == 0 {
		t.Error("not both happened")
	}
}
