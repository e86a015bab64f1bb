package session

import (
	"context"
	"time"
)

// Peer is what is known of the other end before it says a word, for logs and limits.
type Peer struct {
	Addr      string // remote address, after trusted proxies
	UserAgent string
}

// Server runs the sessions of one hub.
type Server struct{}

// Serve runs a session on conn and returns at once; the server owns conn from now on.
func (s *Server) Serve(conn Conn, peer Peer) {}

// Busy says why no connection can be accepted now, nil when one can: the hub is full or draining. The
// duration is the advice for Retry-After.
func (s *Server) Busy() (retryAfter time.Duration, err error) { return 0, nil }

// Drain tells clients to move, spreads the closes over the window and returns when the last session ended or
// ctx did.
func (s *Server) Drain(ctx context.Context, window time.Duration) error { return nil }

// Close ends all sessions and waits for them.
func (s *Server) Close() {}
