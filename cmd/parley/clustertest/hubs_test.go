package clustertest

import "testing"

// TestHubs has hubs come and go.
func TestHubs(t *testing.T) {
	c := Start(t, Config{})
	w := Found(c, 160)
	t.Run("killed", func(t *testing.T) {
		victim := c.Hubs[1]
		pid := victim.Pid()
		w.Through(t, func() {
			victim.Kill()
			c.away(w, victim)
			victim.Start()
		})
		if victim.Pid() == pid {
			t.Error("the hub was not killed")
		}
	})
	t.Run("rolling restart", func(t *testing.T) {
		before := w.now()
		w.Through(t, func() {
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
		})
		if after := w.now(); after.Refused > before.Refused || after.Unsure > before.Unsure {
			t.Errorf("%d messages were refused, of %d the outcome is unknown", after.Refused-before.Refused, after.Unsure-before.Unsure)
		}
	})
	w.Leave(t)
}
