package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
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
	leave, retry, err := s.admit(r.Context(), from.addr)
	if err != nil {
		s.counts.busy.Add(1)
		refuseBusy(w, retry, err)
		return
	}
	defer s.pacer.leave()
	s.connect(w, r, from, leave)
}

// connect upgrades an admitted request and hands it to the session.
func (s *Server) connect(w http.ResponseWriter, r *http.Request, from source, leave func()) {
	c, err := s.transport.accept(w, r)
	if err != nil {
		s.counts.bad.Add(1)
		if leave != nil {
			leave()
		}
		return
	}
	if leave != nil {
		c.admit.Store(&leave)
	}
	s.counts.upgraded.Add(1)
	s.sessions.Serve(c, session.Peer{Addr: addrText(from.addr), UserAgent: r.UserAgent()})
}

var errUnconnected = errors.New("too many connections from this address that have not connected yet")

// admit asks all that may be too busy. On success the pacer must be left, and leave called when the
// peer's probation ends.
func (s *Server) admit(ctx context.Context, addr netip.Addr) (leave func(), retry time.Duration, err error) {
	if retry, err := s.sessions.Busy(); err != nil {
		return nil, retry, err
	}
	leave, ok := s.probation.enter(addr)
	if !ok {
		return nil, time.Second, errUnconnected
	}
	if retry, err := s.pacer.enter(ctx); err != nil {
		if leave != nil {
			leave()
		}
		return nil, retry, err
	}
	return leave, 0, nil
}

// refuseBusy answers 503 with whole seconds to wait, at least one.
func refuseBusy(w http.ResponseWriter, retry time.Duration, err error) {
	seconds := max(1, int(math.Ceil(retry.Seconds())))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	http.Error(w, err.Error(), http.StatusServiceUnavailable)
}

// addrText is an address for logs and limits, "" where there is none.
func addrText(addr netip.Addr) string {
	if !addr.IsValid() {
		return ""
	}
	return addr.String()
}
