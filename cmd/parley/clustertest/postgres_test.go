package clustertest

import (
	"testing"
	"time"
)

// TestPostgres does to PostgreSQL, and to the ways to it, what may happen to them.
func TestPostgres(t *testing.T) {
	c := Start(t, Config{})
	w := Found(c, 160)
	t.Run("killed and restarted", func(t *testing.T) {
		pid := c.Postgres.Pid()
		var stalled Span
		w.Through(t, func() {
			c.Postgres.Kill(t)
			w.Await(50) // what was on its way is over
			before := w.now()
			w.Await(200)
			stalled = w.now().since(before, 0)
			c.Postgres.Restart(t)
		})
		if c.Postgres.Pid() == pid {
			t.Error("PostgreSQL was not restarted")
		}
		if stalled.Acked > 0 {
			t.Errorf("%d messages were acknowledged while there was no store", stalled.Acked)
		}
	})
	t.Run("slow", func(t *testing.T) {
		const by = 150 * time.Millisecond
		sum, count := c.figures(t, "parley_commit_seconds_sum"), c.figures(t, "parley_commit_seconds_count")
		w.Through(t, func() {
			c.Each(func(h *Hub) { h.Postgres.Delay(by) })
			w.Await(400)
			c.Each(func(h *Hub) { h.Postgres.Mend() })
		})
		for _, h := range c.Hubs {
			mean := (h.Metric("parley_commit_seconds_sum") - sum[h]) / (h.Metric("parley_commit_seconds_count") - count[h])
			if mean < by.Seconds()/4 {
				t.Errorf("%s: commits took %.3f s on average", h.Name, mean)
			}
		}
	})
	t.Run("connections cut after COMMIT", func(t *testing.T) {
		w.Through(t, func() {
			c.Commits.Cut(0.2)
			w.Await(600)
			c.Commits.Cut(0)
		})
		if sent, done := c.Commits.Sent.Load(), c.Commits.Done.Load(); sent == 0 || done == 0 {
			t.Errorf("%d connections were cut when COMMIT was sent, %d when it was done", sent, done)
		} else {
			t.Logf("%d connections were cut when COMMIT was sent, %d when it was done", sent, done)
		}
	})
	w.Leave(t)
}
