package bustest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"parley/hub"
	"parley/hub/bus"
	"parley/hub/bus/bustest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestHostile: each unkindness happens about as often as asked for, and nothing else happens.
func TestHostile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, topic := bus.NewLocal(), bustest.Topic()
		a := bustest.Sit(t, local.Seat())
		h := bustest.Hostile(local.Seat(), rand.New(rand.NewPCG(1, 2)), bustest.Rates{Drop: .1, Repeat: .1, Delay: .1, Reorder: .1})
		b := bustest.Sit(t, h)
		b.Follow(t, topic)
		const sent = 1000
		for i := range sent {
			a.Publish(topic, fmt.Append(nil, i))
		}
		bustest.Eventually(t, "all is heard", func() bool {
			return len(b.All()) == sent-int(h.Dropped.Load())+int(h.Repeated.Load())
		})
		for name, n := range map[string]int64{
			"dropped": h.Dropped.Load(), "repeated": h.Repeated.Load(), "delayed": h.Delayed.Load(), "reordered": h.Reordered.Load(),
		} {
			if n < sent/20 || n > sent/5 {
				t.Errorf("%d of %d were %s", n, sent, name)
			}
		}
		heard := b.All()
		slices.Sort(heard)
		if different := len(slices.Compact(heard)); different < sent-int(h.Dropped.Load()) {
			t.Errorf("only %d different payloads came", different)
		}
	})
}

// TestKind: without rates nothing happens to what is carried.
func TestKind(t *testing.T) {
	local := bus.NewLocal()
	bustest.Run(t, func(*testing.T) hub.Bus {
		return bustest.Hostile(local.Seat(), rand.New(rand.NewPCG(1, 2)), bustest.Rates{})
	})
}
