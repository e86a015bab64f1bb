package clustertest

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	code := m.Run()
	Cleanup()
	// A toxic that is removed with bytes on the way leaves a goroutine of the library behind.
	left := goleak.IgnoreTopFunction("github.com/Shopify/toxiproxy/v2/toxics.(*NoopToxic).Pipe")
	if err := goleak.Find(left); err != nil && code == 0 {
		println(err.Error())
		code = 1
	}
	os.Exit(code)
}
