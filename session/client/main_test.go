package client_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of a test. Inside a synctest bubble it passes at once when nothing can happen any more.
const patience = 20 * time.Second

// next receives from a channel, or fails the test.
func next[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case v, ok := <-from:
		if !ok {
			t.Fatalf("waiting for %s: it ended", what)
		}
		return v
	case <-timer.C:
		t.Fatalf("waiting for %s: nothing came", what)
		panic("unreachable")
	}
}
