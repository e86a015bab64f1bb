package bus_test

import (
	"testing"
	"time"

	"parley/hub"
	"parley/hub/bus"
	"parley/hub/bus/bustest"
	"parley/hub/bus/redistest"
)

// open makes a bus with times for tests: quick, and yet such that a busy machine does not look like a fault.
func open(t *testing.T, url string) *bus.Redis {
	t.Helper()
	b, err := bus.Open(bus.Config{URL: url, Name: "test", Probe: 250 * time.Millisecond, Lease: 3 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRedis(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	seats := func(t *testing.T) hub.Bus {
		t.Helper()
		return open(t, s.URL())
	}
	bustest.Run(t, seats)
	bustest.RunWhereabouts(t, seats)
}
