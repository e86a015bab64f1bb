package client

import (
	"math/rand/v2"
	"time"

	"parley/session/wire"
)

// Backoff is how long to wait before connecting again: First, doubling up to Most, each time varied by a share Jitter
// either way. Zero values are those of the protocol: 1 s, 2 min, 0.2.
type Backoff struct {
	First  time.Duration
	Most   time.Duration
	Jitter float64 // negative for none
}

func (b Backoff) withDefaults() Backoff {
	b.First = or(b.First, time.Second)
	b.Most = max(or(b.Most, 2*time.Minute), b.First)
	switch {
	case b.Jitter == 0:
		b.Jitter = 0.2
	case b.Jitter < 0:
		b.Jitter = 0
	}
	return b
}

// delay is the wait after so many failures in a row, counted from 0.
func (b Backoff) delay(failures int) time.Duration {
	d := b.First
	for range failures {
		if d *= 2; d >= b.Most {
			d = b.Most
			break
		}
	}
	return time.Duration(float64(d) * (1 + b.Jitter*(2*rand.Float64()-1)))
}

// atLeast is a wait that the server asked for: jitter only makes it longer.
func (b Backoff) atLeast(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (1 + b.Jitter*rand.Float64()))
}

// slower is how many failures a close with wire.BackOff counts for: a minute passes before the next attempt.
const slower = 6

// after says what to do when a connection, or the attempt to make one, ended with e: stop for good, or wait.
func (b Backoff) after(e *Error, failures int) (stop bool, wait time.Duration) {
	if e.Close != 0 && !e.Close.Reconnect() {
		return true, 0
	}
	switch {
	case e.again:
		return false, 0
	case e.RetryAfter > 0:
		return false, b.atLeast(e.RetryAfter)
	case e.Close.Advice() == wire.BackOff:
		return false, b.delay(max(failures, slower))
	}
	return false, b.delay(failures)
}
