package session

import (
	"context"
	"math/rand/v2"
	"time"

	"parley/session/wire"
)

// Drain tells clients to move, spreads the closes over the window so that they do not all come back at once, and
// returns when the last session ended or ctx did. Requests accepted before a session's close are answered first.
func (s *Server) Drain(ctx context.Context, window time.Duration) error {
	s.mu.Lock()
	s.draining = true
	all := make([]*Session, 0, len(s.sessions))
	for ses := range s.sessions {
		all = append(all, ses)
	}
	s.mu.Unlock()
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	began := time.Now()
	for i, ses := range all {
		at := time.Duration(float64(window) * float64(i) / float64(len(all)))
		ses.feed.Reply(wire.AppendServerDraining(nil, at))
	}
	for i, ses := range all {
		at := time.Duration(float64(window) * float64(i) / float64(len(all)))
		if !waitUntil(ctx, began.Add(at)) {
			break
		}
		ses.finish(int(wire.CloseDraining), wire.WaitReason(time.Duration(1+rand.IntN(3))*time.Second))
	}
	return s.waitEmpty(ctx)
}

func waitUntil(ctx context.Context, t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// waitEmpty waits until no session is left.
func (s *Server) waitEmpty(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.gone.Broadcast()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.sessions) > 0 && ctx.Err() == nil {
		s.gone.Wait()
	}
	return ctx.Err()
}

// Close ends all sessions at once and waits for everything the server started.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for ses := range s.sessions {
		ses.conn.Abort()
	}
	for len(s.sessions) > 0 {
		s.gone.Wait()
	}
	s.mu.Unlock()
	s.stop()
	s.wheel.close()
	s.writers.close()
	s.wg.Wait()
}
