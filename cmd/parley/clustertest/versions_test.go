package clustertest

import "testing"

// TestVersions has a hub of the previous commit beside two of this one, as during an upgrade, and then the upgrade and a
// step back under load.
func TestVersions(t *testing.T) {
	t.Parallel()
	old, now := Previous(t), Binary(t, "")
	c := Start(t, Config{Binary: func(hub int) string { return []string{old, now, now}[hub] }})
	w := Found(c, 160)
	t.Run("the previous commit beside this one", func(t *testing.T) {
		w.Through(t, func() {
			w.Await(200)
			for i, path := range []string{now, old} {
				h := c.Hubs[i]
				if err := h.Terminate(); err != nil {
					t.Errorf("%s ended with %v", h.Name, err)
				}
				if h.path == path {
					t.Errorf("%s was of %s before", h.Name, path)
				}
				h.path = path
				h.Start()
			}
			w.Await(200)
		})
	})
	w.Leave(t)
}
