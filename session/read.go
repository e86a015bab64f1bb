package session

import (
	"errors"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"parley/hub"
	"parley/session/wire"
)

// reader is what only the reading goroutine touches, and the one that it waits for.
type reader struct {
	pace
	framesIn int64
	bad      tally      // malformed frames
	refused  tally      // refused requests
	handled  chan error // that a frame is dealt with, and why no other will be
	client   string     // what the client says it is

	// Of the token in use.
	unnamed    bool // it names no service
	credential hub.CredentialSID
}

// tally counts within the running minute.
type tally struct {
	since time.Time
	n     int
}

// over counts one more and reports whether that makes limit within a minute.
func (t *tally) over(now time.Time, limit int) bool {
	if now.Sub(t.since) >= time.Minute {
		t.since, t.n = now, 0
	}
	t.n++
	return t.n >= limit
}

var (
	errSilent   = errors.New("silent for two heartbeats")
	errBinary   = errors.New("binary frame")
	errUTF8     = errors.New("frame is not UTF-8")
	errFinished = errors.New("finished")
)

// frames holds buffers for messages being read, so that an idle session holds none.
var frames = sync.Pool{New: func() any { b := make([]byte, 0, 4<<10); return &b }}

// readLoop reads until the connection ends. There is one for each connection, so it keeps to the 2 KiB of stack that it begins
// with: whatever goes deep is done by a goroutine that it waits for. A stack of 4 KiB would never shrink again, and 10,000 idle
// connections had 43 MB of stacks when their readers went deep, 25 MB now (parley bench idle).
func (s *Session) readLoop() {
	s.handled = make(chan error)
	for {
		s.conn.Await()
		go s.next()
		if err := <-s.handled; err != nil {
			s.end(err)
			return
		}
	}
}

// next reads a frame and deals with it, for the reader, which waits.
func (s *Session) next() {
	err := s.receive()
	if err == nil && !s.mayRead() {
		err = s.discard()
	}
	s.handled <- err
}

func (s *Session) receive() error {
	r, text, err := s.conn.Next()
	if err != nil {
		return err
	}
	if !text {
		s.finishNow(wire.CloseBinary, wire.CloseBinary.Reason())
		return errBinary
	}
	buf := frames.Get().(*[]byte)
	*buf, err = readAll(r, (*buf)[:0])
	if err == nil && !utf8.Valid(*buf) {
		s.finishNow(wire.CloseUTF8, wire.CloseUTF8.Reason())
		err = errUTF8
	}
	if err == nil {
		s.framesIn++
		s.handle(*buf)
	}
	if cap(*buf) <= maxKept {
		frames.Put(buf)
	}
	return err
}

// readAll is io.ReadAll into a given buffer.
func readAll(r io.Reader, buf []byte) ([]byte, error) {
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
}

// mayRead waits while too much is under way for the session, and reports whether to go on at all.
func (s *Session) mayRead() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.phase < phaseEnding && (s.inFlight >= s.server.config.InFlight || s.feed.Backlog() > backlogBytes) {
		s.waiting = true
		began := time.Now()
		s.room.Wait()
		s.shut = s.shut.Add(time.Since(began)) // what comes now was on its way before
	}
	s.waiting = false
	return s.phase < phaseEnding
}

// discard reads and drops what still comes while the session ends: the close of the peer is behind it.
func (s *Session) discard() error {
	for {
		r, _, err := s.conn.Next()
		if err != nil {
			return errFinished
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			return errFinished
		}
	}
}

// finishNow says goodbye without waiting for what is owed: the peer broke the framing.
func (s *Session) finishNow(code wire.CloseCode, reason string) {
	s.mu.Lock()
	if s.phase == phaseClosing {
		s.mu.Unlock()
		return
	}
	s.phase, s.code, s.reason = phaseClosing, int(code), reason
	s.mu.Unlock()
	s.conn.Close(int(code), reason)
}

// handle deals with one frame.
func (s *Session) handle(frame []byte) {
	requests, err := wire.Decode(nil, frame)
	if err != nil {
		s.malformed(hub.AsError(err))
		return
	}
	for i := range requests {
		if !s.mayRead() {
			return
		}
		s.dispatch(&requests[i])
	}
}

// malformed answers a frame that is not JSON-RPC.
func (s *Session) malformed(err *hub.Error) {
	s.feed.Reply(wire.AppendError(nil, nil, err))
	if s.bad.over(time.Now(), badFrames) {
		s.finish(int(wire.CloseBadFrames), wire.CloseBadFrames.Reason())
	}
}

// refuse answers a request with an error and counts it.
func (s *Session) refuse(r *wire.Request, err *hub.Error) {
	if r.Answered() {
		s.feed.Reply(wire.AppendError(nil, r.ID, err))
	}
	if s.refused.over(time.Now(), badRequests) {
		s.finish(int(wire.CloseRefused), wire.CloseRefused.Reason())
	}
}
