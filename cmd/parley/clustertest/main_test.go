package clustertest

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	code := m.Run()
	Cleanup()
	// Where a connection ends, or a toxic is removed, with bytes on the way the library leaves goroutines behind.
	noop := goleak.IgnoreTopFunction("github.com/Shopify/toxiproxy/v2/toxics.(*NoopToxic).Pipe")
	write := goleak.IgnoreTopFunction("github.com/Shopify/toxiproxy/v2/stream.(*ChanWriter).Write")
	if err := goleak.Find(noop, write); err != nil && code == 0 {
		println(err.Error())
		code = 1
	}
	os.Exit(code)
}
