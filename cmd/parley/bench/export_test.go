//go:build linux

package bench

import (
	"testing"
	"time"
)

// SetPatience makes lost deliveries be given up sooner, until the test ends.
func SetPatience(t *testing.T, d time.Duration) {
	t.Helper()
	before := patience
	patience = d
	t.Cleanup(func() { patience = before })
}
