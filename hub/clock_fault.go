//go:build fault

package hub

import "time"

// SkewClock has this process make sids by a clock that is ahead of its own, or behind.
func SkewClock(by time.Duration) {
	clock = func() time.Time { return time.Now().Add(by) }
}
