package bus_test

import (
	"testing"

	"go.uber.org/goleak"

	"parley/hub"
	"parley/hub/bus"
	"parley/hub/bus/bustest"
)

func TestMain(m *testing.M) {
	// A pool of the client library that could not connect looks once a second whether it was closed.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

func TestLocal(t *testing.T) {
	t.Parallel()
	local := bus.NewLocal()
	seats := func(*testing.T) hub.Bus { return local.Seat() }
	bustest.Run(t, seats)
	bustest.RunWhereabouts(t, seats)
}
