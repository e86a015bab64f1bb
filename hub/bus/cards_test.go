package bus_test

import (
	"testing"

	"parley/hub"
	"parley/hub/bus/bustest"
	"parley/hub/bus/redistest"
)

// TestHubs: hubs see each other's cards, one that shows none has its id alone, and one that said goodbye is there no more.
func TestHubs(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	shown, silent := open(t, s.URL()), open(t, s.URL())
	a, b := bustest.Sit(t, shown), bustest.Sit(t, silent)
	rooms := int64(0)
	shown.Show(func() hub.Card { rooms++; return hub.Card{Name: "a hub", Rooms: rooms} })
	see := func(what string, so func(all []hub.Card) bool) {
		t.Helper()
		bustest.Eventually(t, what, func() bool {
			all, err := silent.Hubs(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return so(all)
		})
	}
	see("both", func(all []hub.Card) bool {
		return len(all) == 2 && all[0].Name == "a hub" && all[0].ID != "" && all[0].Rooms > 0 && all[1].Name == all[1].ID
	})
	see("what is new", func(all []hub.Card) bool { return all[0].Rooms > 2 })
	_, _ = a, b
	shown.Close()
	see("one alone", func(all []hub.Card) bool { return len(all) == 1 && all[0].Name == all[0].ID })
}
