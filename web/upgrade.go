package web

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"parley/session"
)

// upgrade is GET /v1/ws. All that can be refused is refused before the upgrade, where a status can still say
// so; the handler returns as soon as the session has the connection, and its goroutine, stack and buffers go.
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request) {
	s.handing.Add(1) // net/http forgets a handler once it hijacked
	defer s.handing.Done()
	from := s.proxies.resolve(r)
	if err := s.origins.check(r, from.self()); err != nil {
		s.counts.foreign.Add(1)
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	if offered := list(r, "Sec-WebSocket-Protocol"); len(offered) > 0 && !slices.Contains(offered, Subprotocol) {
		s.counts.bad.Add(1)
		http.Error(w, "none of the offered subprotocols is "+Subprotocol, http.StatusBadRequest)
		return
	}
	t, refused := s.admit(r.Context(), from.addr)
	if refused != nil {
		refused.count.Add(1)
		refused.answer(w)
		return
	}
	s.connect(w, r, from, t)
}

// connect upgrades an admitted request and hands it to the session.
func (s *Server) connect(w http.ResponseWriter, r *http.Request, from source, t ticket) {
	c, err := s.transport.accept(w, r)
	s.pacer.leave() // before it is counted: who sees the count sees the room
	if err != nil {
		s.counts.bad.Add(1)
		t.giveUp()
		return
	}
	c.ticket = t
	s.counts.upgraded.Add(1)
	s.sessions.Serve(c, session.Peer{Addr: addrText(from.addr), UserAgent: r.UserAgent(), Base: cmp.Or(s.public, from.self())})
}

// ticket is what a connection takes from others of its address, and gives back.
type ticket struct {
	admitted func() // ends its probation; may be called more than once, as ended
	ended    func()
}

func (t ticket) giveUp() {
	t.admitted()
	t.ended()
}

var (
	errUnconnected = errors.New("too many connections from this address that have not connected yet")
	errCrowded     = errors.New("too many connections from this address")
)

// comeBack is when an address with too many connections may try again: one of them may be gone by then.
const comeBack = 5 * time.Second

// admit asks all that may be too busy. On success the pacer must be left, and the ticket is the connection's.
func (s *Server) admit(ctx context.Context, addr netip.Addr) (ticket, *refusal) {
	if retry, err := s.sessions.Busy(); err != nil {
		return ticket{}, s.busy(retry, err)
	}
	ended, ok := s.addresses.enter(addr)
	if !ok {
		return ticket{}, &refusal{&s.counts.crowded, http.StatusTooManyRequests, comeBack, errCrowded}
	}
	admitted, ok := s.probation.enter(addr)
	if !ok {
		ended()
		return ticket{}, s.busy(time.Second, errUnconnected)
	}
	t := ticket{admitted, ended}
	if retry, err := s.pacer.enter(ctx); err != nil {
		t.giveUp()
		return ticket{}, s.busy(retry, err)
	}
	return t, nil
}

// refusal is why there is no websocket now, and when to come back.
type refusal struct {
	count  *atomic.Uint64
	status int
	retry  time.Duration
	err    error
}

func (s *Server) busy(retry time.Duration, err error) *refusal {
	return &refusal{&s.counts.busy, http.StatusServiceUnavailable, retry, err}
}

// answer says it with whole seconds to wait, at least one.
func (r *refusal) answer(w http.ResponseWriter) {
	seconds := max(1, int(math.Ceil(r.retry.Seconds())))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	http.Error(w, r.err.Error(), r.status)
}

// addrText is an address for logs and limits, "" where there is none.
func addrText(addr netip.Addr) string {
	if !addr.IsValid() {
		return ""
	}
	return addr.String()
}
