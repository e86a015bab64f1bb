package session

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub"
)

// limited is a session of a server with nothing but limits.
func limited(s *Server, user string) *Session {
	ses := &Session{server: s}
	ses.limiter = newLimiter(s.config.Rate)
	if err := ses.enter(hub.Actor{Identity: user}); err != nil {
		panic(err)
	}
	return ses
}

// pass lets the time of the test's bubble go on.
func pass(d time.Duration) { <-time.NewTimer(d).C }

// outcomes asks n times: w for each that is served, - for each that is not.
func outcomes(s *Session, n int, writes bool) (out string) {
	for range n {
		if s.afford(writes) == nil {
			out += "w"
		} else {
			out += "-"
		}
	}
	return out
}

// TestRefusedWriteBarsThoseBehind: after a write that was refused for its rate nothing is written until the client was
// told to come back, however soon the limiter has room again; reads go on (rule R10).
func TestRefusedWriteBarsThoseBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := limited(&Server{config: Config{Rate: 10}, shares: newShares(0, 0)}, "ann")
		s.framesIn = 1
		if got := outcomes(s, 42, true); got[38:] != "ww--" {
			t.Fatalf("a burst of 40 gave %s", got)
		}
		s.framesIn = 2
		pass(500 * time.Millisecond) // room for five
		if got := outcomes(s, 2, true) + outcomes(s, 2, false); got != "--ww" {
			t.Errorf("behind a refused write: two writes and two reads gave %s", got)
		}
		e := s.afford(true)
		if e == nil || e.Code != hub.CodeRate || e.RetryAfter != time.Second || !e.Code.Definite() {
			t.Errorf("refused with %+v", e)
		}
		pass(500 * time.Millisecond)
		if got := outcomes(s, 1, true); got != "w" {
			t.Error("refused after the wait that it was told")
		}
		if n := s.server.counts.refusedSession.Load() + 100*s.server.counts.refusedBehind.Load(); n != 401 {
			t.Errorf("%d refusals are counted, want 1 for the rate and 4 behind it", n)
		}
	})
}

// TestRefusedWriteBarsItsFrame: the rest of the frame is refused however long it takes, and so is what waited unread.
func TestRefusedWriteBarsItsFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := limited(&Server{config: Config{Rate: 0.25}, shares: newShares(0, 0)}, "ann")
		s.framesIn = 1
		if got := outcomes(s, 2, true); got != "w-" {
			t.Fatal(got)
		}
		pass(time.Hour)
		if got := outcomes(s, 1, true); got != "-" {
			t.Error("one of the same frame passed after a pause")
		}
		s.framesIn = 2
		if got := outcomes(s, 1, true); got != "w" {
			t.Error("the next frame is refused, an hour later")
		}
	})
}

// TestTimeUnreadDoesNotCount: what lay unread while too much was under way is refused as if it had come before.
func TestTimeUnreadDoesNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := limited(&Server{config: Config{Rate: 1, InFlight: 1}, shares: newShares(0, 0)}, "ann")
		s.feed, s.room.L = &hub.Feed{}, &s.mu
		s.framesIn = 1
		if got := outcomes(s, 5, true); got != "wwww-" {
			t.Fatal(got)
		}
		s.begin()
		time.AfterFunc(10*time.Second, s.over)
		s.mayRead()
		s.framesIn = 2
		if got := outcomes(s, 1, true); got != "-" {
			t.Error("what came behind a refused write was served after a pause in reading")
		}
		pass(time.Second)
		if got := outcomes(s, 1, true); got != "w" {
			t.Error("refused for longer than the wait")
		}
	})
}

// TestUserShares: sessions of one user share one rate, also those that come later; another's is another.
func TestUserShares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &Server{config: Config{Rate: 2, UserRate: 2}, shares: newShares(2, 0)}
		first, second, other := limited(server, "ann"), limited(server, "ann"), limited(server, "bob")
		if got := outcomes(first, 4, false) + outcomes(second, 4, false) + outcomes(other, 7, false); got != "wwwwww--wwwwwww" {
			t.Errorf("two connects, then 4, 4 and another's 7 gave %s", got)
		}
		if got := outcomes(first, 4, false); got != "----" {
			t.Error("one socket has what the other has not")
		}
		server.shares.leave(first.share)
		server.shares.leave(second.share)
		if err := (&Session{server: server}).enter(hub.Actor{Identity: "ann"}); err == nil || err.RetryAfter != time.Second {
			t.Errorf("connecting again is a way around the rate: %v", err)
		}
		frugal := &Session{server: server, reader: reader{pace: pace{limiter: newLimiter(0.25), share: first.share}}}
		if got := outcomes(frugal, 1, false); got != "-" {
			t.Error("the user has nothing left, and it passed")
		}
		pass(500 * time.Millisecond)
		if got := outcomes(frugal, 4, false); got != "w---" {
			t.Errorf("after half a second: %s; what the user's rate refused took from the session's", got)
		}
	})
}

// TestSharesAreForgotten: what a user left behind is gone when it no longer says anything.
func TestSharesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares(10, 1)
		for round := range 100 {
			for i := range 100 {
				mine, _ := s.enter(identity{name: fmt.Sprint(i + round%2*100)})
				s.leave(mine)
			}
			pass(time.Second)
		}
		if len(s.of) != 200 || len(s.left) > 500 {
			t.Fatalf("%d shares, %d departures", len(s.of), len(s.left))
		}
		stays, _ := s.enter(identity{name: "0"})
		if _, ok := s.enter(identity{name: "0"}); ok {
			t.Error("a second one came in")
		}
		pass(time.Minute)
		last, _ := s.enter(identity{name: "last"})
		if len(s.of) != 2 || s.left != nil {
			t.Errorf("%d shares and %d departures are left", len(s.of), len(s.left))
		}
		s.leave(last)
		s.leave(stays)
		if again, ok := s.enter(identity{name: "0"}); !ok || again != stays {
			t.Error("one who comes back at once is another")
		}
	})
}
