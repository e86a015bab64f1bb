package session

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"parley/hub"
)

// comeBack is when a user with too many connections may try again: one of them may be gone by then.
const comeBack = 5 * time.Second

// enter takes the session's place among those of its user, which it has until its end. Its connect is the first
// request that counts against the user's rate.
func (s *Session) enter(a hub.Actor) *hub.Error {
	mine, ok := s.server.shares.enter(identity{a.Service, a.Identity})
	if !ok {
		s.server.counts.refusedConnects.Add(1)
		e := hub.Errorf(hub.CodeRate, "this user has %d connections, more are not allowed", s.server.shares.most)
		e.RetryAfter = comeBack
		return e
	}
	s.share = mine
	if _, wait := take(mine.limit(), time.Now()); wait > 0 {
		s.server.counts.refusedUser.Add(1)
		return tooFast(s.server.config.UserRate, " of all sessions of a user", wait)
	}
	return nil
}

// shares is what each user with a session here may do with all of them together. Its mutex is held for moments, and
// no other is taken under it.
type shares struct {
	rate float64 // requests a second; 0: no limit
	most int     // sessions; 0: no limit
	// refill is how long a limiter that was used up takes to be full again. A user who comes back sooner goes on with
	// what is left, or connecting again would be a way around the rate.
	refill time.Duration

	mu   sync.Mutex
	of   map[identity]*share
	left []departure // within refill, oldest first
}

// departure is when a user's last session ended; the user may be back since.
type departure struct {
	mine *share
	at   time.Time
}

// identity is who a user is, over all services.
type identity struct {
	service hub.ServiceSID
	name    string
}

// share is one user's.
type share struct {
	who     identity
	limiter *rate.Limiter // nil: no limit

	// Guarded by shares.mu.
	sessions int
	since    time.Time // when the last of them ended
}

func newShares(perSecond float64, most int) *shares {
	s := &shares{rate: perSecond, most: most, of: map[identity]*share{}}
	if l := newLimiter(perSecond); l != nil {
		s.refill = time.Duration(float64(l.Burst()) / perSecond * float64(time.Second))
	}
	return s
}

// limit is the user's limiter, nil before there is a user.
func (s *share) limit() *rate.Limiter {
	if s == nil {
		return nil
	}
	return s.limiter
}

// enter counts one session of the user in, nil where there are as many as there may be. Where nothing is limited
// nothing is counted.
func (s *shares) enter(who identity) (mine *share, ok bool) {
	if s.rate <= 0 && s.most <= 0 {
		return nil, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(time.Now())
	mine = s.of[who]
	switch {
	case mine == nil:
		mine = &share{who: who, limiter: newLimiter(s.rate)}
		s.of[who] = mine
	case s.most > 0 && mine.sessions >= s.most:
		return nil, false
	}
	mine.sessions++
	return mine, true
}

// leave counts one out. The share is kept until its limiter is full again.
func (s *shares) leave(mine *share) {
	if mine == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if mine.sessions--; mine.sessions == 0 {
		mine.since = now
		s.left = append(s.left, departure{mine, now})
	}
	s.forget(now)
}

// forget drops the shares of users who have been gone long enough.
func (s *shares) forget(now time.Time) {
	n := 0
	for ; n < len(s.left) && now.Sub(s.left[n].at) >= s.refill; n++ {
		if gone := s.left[n]; gone.mine.sessions == 0 && gone.mine.since.Equal(gone.at) {
			delete(s.of, gone.mine.who)
		}
	}
	if s.left = s.left[n:]; len(s.left) == 0 {
		s.left = nil // let go of the array
	}
}
