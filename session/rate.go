package session

import (
	"math"
	"time"

	"golang.org/x/time/rate"

	"parley/hub"
)

// pace is how fast a session may ask; the reading goroutine's. Once a write was refused for its rate, those that the
// client may have sent before it could know are refused alike: a later message is never stored where an earlier one
// was refused (rule R10). Which conversation they are for does not matter; the advice to wait is for the session.
type pace struct {
	limiter *rate.Limiter // nil: no limit
	share   *share        // of the user, once connected
	shut    time.Time     // until then writes are refused, which is when the client was told to come back
	frame   int64         // in which a write was refused: the rest of it is too, however long it takes
}

func newLimiter(r float64) *rate.Limiter {
	if r <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(r), max(1, int(4*r)))
}

// afford takes one request out of what the session and its user may ask now, nil where both allow it.
func (s *Session) afford(writes bool) *hub.Error {
	now := time.Now()
	if writes && (now.Before(s.shut) || s.frame != 0 && s.frame == s.framesIn) {
		s.server.counts.refusedBehind.Add(1)
		e := hub.Errorf(hub.CodeRate, "an earlier write was refused for its rate")
		e.RetryAfter = wholeSeconds(s.shut.Sub(now))
		return e
	}
	e := s.spend(now)
	if e != nil && writes {
		s.shut, s.frame = now.Add(e.RetryAfter), s.framesIn
	}
	return e
}

// spend takes the request from both limits or from none.
func (s *Session) spend(now time.Time) *hub.Error {
	own, wait := take(s.limiter, now)
	if wait > 0 {
		s.server.counts.refusedSession.Add(1)
		return tooFast(s.server.config.Rate, "", wait)
	}
	if _, wait = take(s.share.limit(), now); wait > 0 {
		if own != nil {
			own.CancelAt(now)
		}
		s.server.counts.refusedUser.Add(1)
		return tooFast(s.server.config.UserRate, " of all sessions of a user", wait)
	}
	return nil
}

// take takes one request out of l, or says how long to wait for the next.
func take(l *rate.Limiter, now time.Time) (*rate.Reservation, time.Duration) {
	if l == nil {
		return nil, 0
	}
	slot := l.ReserveN(now, 1)
	wait := slot.DelayFrom(now)
	if wait > 0 {
		slot.CancelAt(now)
	}
	return slot, wait
}

func tooFast(limit float64, whose string, wait time.Duration) *hub.Error {
	e := hub.Errorf(hub.CodeRate, "too many requests, at most %g a second%s are allowed", limit, whose)
	e.RetryAfter = wholeSeconds(wait)
	return e
}

// wholeSeconds is what a client is told of a wait, at least one second: the server keeps to it as well.
func wholeSeconds(d time.Duration) time.Duration {
	return time.Duration(max(1, math.Ceil(d.Seconds()))) * time.Second
}
