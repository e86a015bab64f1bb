package bus_test

import (
	"testing"

	"go.uber.org/goleak"

	"parley/hub"
	"parley/hub/bus"
	"parley/hub/bus/bustest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLocal(t *testing.T) {
	t.Parallel()
	local := bus.NewLocal()
	seats := func(*testing.T) hub.Bus { return local.Seat() }
	bustest.Run(t, seats)
	bustest.RunWhereabouts(t, seats)
}
