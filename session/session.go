package session

import (
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"parley/hub"
	"parley/session/wire"
)

// Session is one connected client: requests in, answers and events out.
type Session struct {
	server *Server // static
	conn   Conn
	feed   *hub.Feed
	peer   Peer
	number uint64
	began  time.Time
	tick   int // of the wheel that looks at it next; guarded by the wheel's mu

	reader // owned by the reading goroutine

	framesOut atomic.Int64
	slow      atomic.Bool // a goroutine of its own writes

	mu       sync.Mutex
	phase    phase
	actor    hub.Actor // once connected
	expires  time.Time // of the token
	warned   bool      // of its end
	inFlight int
	waiting  bool // the reader waits for inFlight or the backlog to fall
	room     sync.Cond
	code     int // to close with once everything is out; 0 while nothing ends the session
	reason   string
	cause    string // why it ended, for the log
}

// phase is where a session is in its life.
type phase int

const (
	phaseNew       phase = iota // no connect has succeeded
	phaseConnected              // events flow
	phaseEnding                 // no more requests are taken; what is owed goes out, then the close
	phaseClosing                // the close is being said
)

var sessionNumbers atomic.Uint64

func newSession(server *Server, conn Conn, peer Peer) *Session {
	s := &Session{server: server, conn: conn, peer: peer, number: sessionNumbers.Add(1), began: time.Now()}
	s.room.L = &s.mu
	s.feed = server.hub.NewFeed(s)
	s.limiter = newLimiter(server.config.Rate)
	conn.Limit(firstFrameBytes)
	return s
}

// Wake puts the session in line for a writer.
func (s *Session) Wake() { s.server.writers.push(s) }

// End implements hub.Subscriber.
func (s *Session) End(code hub.Code) {
	if end := wire.CloseCode(code.Info().Close); end != 0 { // barred, or of a service that is there no more
		s.finish(int(end), end.Reason())
		return
	}
	s.finish(int(wire.CloseDraining), wire.WaitReason(time.Second))
}

func (s *Session) now() phase {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phase
}

// finish ends the session in good order: no more requests are taken, those under way are answered, then the close
// is said. Only the first call counts.
func (s *Session) finish(code int, reason string) {
	s.mu.Lock()
	if s.phase >= phaseEnding {
		s.mu.Unlock()
		return
	}
	s.phase, s.code, s.reason = phaseEnding, code, reason
	s.room.Broadcast()
	s.mu.Unlock()
	s.Wake()
}

// flushed notes that nothing is ready; a session that ends says goodbye once nothing is owed.
func (s *Session) flushed() {
	s.mu.Lock()
	if s.phase != phaseEnding || s.inFlight > 0 || s.feed.Backlog() > 0 {
		s.mu.Unlock()
		return
	}
	s.phase = phaseClosing
	code, reason := s.code, s.reason
	s.mu.Unlock()
	s.server.writers.wg.Go(func() { s.conn.Close(code, reason) })
}

// wroteSome lets a reader go on that waits for the backlog to fall.
func (s *Session) wroteSome() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting {
		s.room.Broadcast()
	}
}

// fail ends the session for a broken connection. One that is closed already is left alone: the close frame may be on
// its way, and an abort could overtake it.
func (s *Session) fail(err error) {
	if errors.Is(err, net.ErrClosed) {
		return
	}
	s.mu.Lock()
	if s.cause == "" {
		s.cause = err.Error()
	}
	s.mu.Unlock()
	s.conn.Abort()
}

// look does what is due and says when to look again; 0 when the session is over.
func (s *Session) look(now time.Time) time.Duration {
	s.mu.Lock()
	phase, stalled, expires, warned := s.phase, s.waiting, s.expires, s.warned
	s.mu.Unlock()
	switch phase {
	case phaseNew:
		if left := s.began.Add(s.server.config.ConnectWithin).Sub(now); left > 0 {
			return left
		}
		s.finish(int(wire.CloseNoConnect), wire.CloseNoConnect.Reason())
		return time.Second
	case phaseConnected:
	case phaseEnding, phaseClosing:
		if !s.registered() {
			return 0
		}
		return s.lookEnding(now)
	}
	next := s.lookSilent(now, stalled)
	if left := expires.Sub(now); left <= 0 {
		s.finish(int(wire.CloseToken), "token expired")
		return time.Second
	} else if until := left - tokenWarning; until > 0 {
		next = min(next, until)
	} else if !warned {
		s.warn(expires)
		next = min(next, left)
	} else {
		next = min(next, left)
	}
	return next
}

// tokenWarning is how long before its token's end a client is told (Twilio's figure).
const tokenWarning = 3 * time.Minute

func (s *Session) warn(expires time.Time) {
	s.mu.Lock()
	s.warned = true
	s.mu.Unlock()
	s.feed.Signal("token", wire.AppendTokenAboutToExpire(nil, expires))
}

// lookSilent pings a quiet client and gives up one that was silent for two heartbeats. A session whose
// requests are not being read is not silent: then the write timeout watches it.
func (s *Session) lookSilent(now time.Time, stalled bool) time.Duration {
	beat := s.server.config.Heartbeat
	heard := s.conn.Heard()
	if silent := now.Sub(heard); silent >= 2*beat && !stalled {
		s.fail(errSilent)
		return time.Second
	}
	last := heard
	if wrote := s.conn.Wrote(); wrote.After(last) {
		last = wrote
	}
	if now.Sub(heard) >= beat && now.Sub(last) >= beat/2 || now.Sub(last) >= beat {
		s.conn.Ping()
		return beat / 2
	}
	return max(time.Second, min(last.Add(beat).Sub(now), heard.Add(2*beat).Sub(now)))
}

// lookEnding gives up a client that does not let the session end.
func (s *Session) lookEnding(now time.Time) time.Duration {
	if now.Sub(s.conn.Wrote()) > 2*s.server.config.Heartbeat {
		s.conn.Abort()
	}
	return 2 * time.Second
}

func (s *Session) registered() bool {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	_, ok := s.server.sessions[s]
	return ok
}

// end clears up after the reader, and writes the session's one log line.
func (s *Session) end(err error) {
	s.conn.Abort()
	s.feed.Close()
	s.mu.Lock()
	s.phase = phaseClosing
	s.room.Broadcast()
	cause, code, identity := s.cause, s.code, s.actor.Identity
	s.mu.Unlock()
	if cause == "" && err != nil {
		cause = err.Error()
	}
	s.server.shares.leave(s.share)
	s.server.forget(s)
	s.server.log.Info("session ended",
		slog.String("session", s.feed.Name()), slog.String("identity", identity), slog.String("peer", s.peer.Addr), slog.String("client", s.client),
		slog.Duration("lasted", time.Since(s.began)), slog.Int64("frames_in", s.framesIn),
		slog.Int64("frames_out", s.framesOut.Load()), slog.Int("code", code), slog.String("cause", cause))
}
