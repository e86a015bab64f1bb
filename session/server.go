package session

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"parley/hub"
	"parley/session/token"
)

// Config is what a Server is made from. Hub, Verify and Service are required; every other zero value is
// useful.
type Config struct {
	Hub     *hub.Hub
	Verify  func(raw string) (token.Claims, error)
	Service hub.ServiceSID // of tokens that name none
	HubName string         // told to clients
	// SignMedia gives the path under which the content of a media is to be had, and until when; nil: there are no media.
	SignMedia func(hub.MediaSID) (path string, until time.Time)
	Logger    *slog.Logger // none: discarded

	Heartbeat       time.Duration // silence after which the server pings; 25 s
	ConnectWithin   time.Duration // for the first request; 10 s
	FrameBytes      int           // of a client's frame once connected; 256 KiB
	ServerFrame     int           // of one message to a client; 1 MiB
	Rate            float64       // requests a second of a session, burst four times that; 0: no limit
	UserRate        float64       // the same of all sessions of a user together; 0: no limit
	MaxConnections  int           // 0: no limit
	UserConnections int           // of one user; 0: no limit
	InFlight        int           // requests of a session under way before reading stops; 64
	Writers         int           // goroutines that write to clients; GOMAXPROCS
}

// Limits of the protocol that no flag changes.
const (
	firstFrameBytes = 64 << 10 // of a frame before connect has succeeded
	gatherBytes     = 64 << 10 // gathered into one server frame
	backlogBytes    = 64 << 10 // of queued replies, past which requests are not read (rule R24)
	maxResume       = 1000     // entries of a resume
	tokenBytes      = 8 << 10

	badFrames   = 10   // a minute, then 1008
	badRequests = 1000 // refused for rate or validity in a minute, then 4429
)

func (c *Config) setDefaults() {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = 25 * time.Second
	}
	if c.ConnectWithin == 0 {
		c.ConnectWithin = 10 * time.Second
	}
	def := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	def(&c.FrameBytes, 256<<10)
	def(&c.ServerFrame, 1<<20)
	def(&c.InFlight, 64)
	def(&c.Writers, defaultWriters())
}

// Server runs the sessions of one hub. It owns their goroutines: one reader for each, a fixed number of writers for
// all, one for the wheel that finds the silent, and short-lived ones for what must wait.
type Server struct {
	config  Config // static
	hub     *hub.Hub
	log     *slog.Logger
	writers *writers
	wheel   *wheel
	shares  *shares
	counts  counts
	ctx     context.Context //nolint:containedctx // the server's own lifetime, which no request's outlives
	stop    context.CancelFunc

	mu       sync.Mutex
	sessions map[*Session]struct{}
	draining bool
	closed   bool
	gone     sync.Cond // a session ended
	wg       sync.WaitGroup
}

// counts is what the server counts about itself.
type counts struct {
	accepted, frames, bytes, slow atomic.Int64

	refusedSession, refusedUser, refusedBehind, refusedConnects atomic.Int64
}

// NewServer starts a server. It runs until Close.
func NewServer(config Config) *Server {
	config.setDefaults()
	s := &Server{config: config, hub: config.Hub, log: config.Logger, sessions: map[*Session]struct{}{}}
	s.gone.L = &s.mu
	s.ctx, s.stop = context.WithCancel(context.Background()) //nolint:forbidigo // the root of that lifetime
	s.writers = newWriters(config.Writers, &s.wg)
	s.wheel = newWheel(&s.wg)
	s.shares = newShares(config.UserRate, config.UserConnections)
	return s
}

// Peer is what is known of the other end before it says a word, for logs and limits.
type Peer struct {
	Addr      string // remote address, after trusted proxies
	UserAgent string
	Base      string // what absolute URLs for it begin with: scheme://host[:port], and a path where there is one
}

// Serve runs a session on conn and returns at once; the server owns conn from now on.
func (s *Server) Serve(conn Conn, peer Peer) {
	ses := newSession(s, conn, peer)
	s.mu.Lock()
	if s.closed || s.draining {
		s.mu.Unlock()
		s.counts.accepted.Add(1)
		conn.Abort()
		return
	}
	s.sessions[ses] = struct{}{}
	s.wg.Add(1)
	s.mu.Unlock()
	s.counts.accepted.Add(1)
	s.wheel.add(ses)
	go func() {
		defer s.wg.Done()
		ses.readLoop()
	}()
}

// forget drops a session that ended.
func (s *Server) forget(ses *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, ses)
	s.gone.Broadcast()
}

// errBusy says why a connection is not accepted.
var (
	errDraining = hub.Errorf(hub.CodeUnavailable, "this hub is draining")
	errFull     = hub.Errorf(hub.CodeUnavailable, "this hub has as many connections as it may")
)

// Busy says why no connection can be accepted now, nil when one can: the hub is full or draining. The duration is
// the advice for Retry-After.
func (s *Server) Busy() (retryAfter time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.draining || s.closed:
		return 2 * time.Second, errDraining
	case s.config.MaxConnections > 0 && len(s.sessions) >= s.config.MaxConnections:
		return 5 * time.Second, errFull
	}
	return 0, nil
}

// Stats is a moment's figures of a server.
type Stats struct {
	Sessions int64 // connected or connecting
	// Since the start.
	Accepted int64
	Frames   int64 // written
	Bytes    int64 // of their payload
	Slow     int64 // frames that the socket did not take at once
	// Refused, by what: the rate of a session, that of a user, a write because of one refused before it, and connects
	// of users with as many connections as they may have.
	RefusedSession, RefusedUser, RefusedBehind, RefusedConnects int64
}

// Stats gathers the server's figures.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	n := int64(len(s.sessions))
	s.mu.Unlock()
	return Stats{
		Sessions: n, Accepted: s.counts.accepted.Load(), Frames: s.counts.frames.Load(),
		Bytes: s.counts.bytes.Load(), Slow: s.counts.slow.Load(),
		RefusedSession: s.counts.refusedSession.Load(), RefusedUser: s.counts.refusedUser.Load(),
		RefusedBehind: s.counts.refusedBehind.Load(), RefusedConnects: s.counts.refusedConnects.Load(),
	}
}
