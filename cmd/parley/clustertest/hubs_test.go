package clustertest

import (
	"testing"
	"time"

	"parley/session/client"
)

// TestHubs has hubs, and the ways of clients to them, come and go.
func TestHubs(t *testing.T) {
	t.Parallel()
	c := Start(t, Config{Flags: []string{"--heartbeat", "2s"}})
	w := Found(c, 160)
	for _, h := range hubHarms {
		t.Run(h.name, func(t *testing.T) {
			w.Through(t, func() { h.do(t, c, w) })
		})
	}
	w.Leave(t)
}

var hubHarms = []harm{
	{"killed", hubKilled},
	{"rolling restart", rollingRestart},
	{"half-open clients", halfOpenClients},
	{"slow clients", slowClients},
	{"a removal races a join on another hub", removalRacesJoin},
}

// hubKilled kills a hub while it has commits done that it has not heard of, so that what is sent again is there already;
// waits until everybody is on another hub, and starts it again.
func hubKilled(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	victim := c.Hubs[1]
	pid := victim.Pid()
	victim.Postgres.Delay(200 * time.Millisecond)
	w.Await(100)
	victim.Kill()
	victim.Postgres.Mend()
	ok := Soon(time.Minute, func() bool {
		for _, p := range w.People {
			if p.at() == victim || p.State() != client.StateConnected {
				return false
			}
		}
		return true
	})
	if !ok {
		t.Error("not everybody gets to another hub")
	}
	w.Await(100)
	victim.Start()
	if victim.Pid() == pid {
		t.Error("the hub was not killed")
	}
}

// rollingRestart stops and starts each hub in good order. No message may fail.
func rollingRestart(t *testing.T, c *Cluster, w *Town) {
	t.Helper()
	before := w.now()
	for _, h := range c.Hubs {
		pid := h.Pid()
		if err := h.Terminate(); err != nil {
			t.Errorf("%s ended with %v", h.Name, err)
		}
		h.Start()
		if h.Pid() == pid {
			t.Errorf("%s was not restarted", h.Name)
		}
	}
	if span := w.now().since(before, 0); span.Refused+span.Unsure > 0 {
		t.Errorf("%d messages were refused, of %d the outcome is unknown", span.Refused, span.Unsure)
	}
}
