package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"parley/web/rest"
)

// Server answers HTTP: it upgrades websockets and gives them to sessions. Its methods may be called by any goroutine,
// Listen before the others.
type Server struct {
	endpoint

	sessions  Sessions
	ready     func(context.Context) map[string]Health
	public    string
	transport *transport
	origins   *origins
	hosts     hosts
	proxies   proxies
	pacer     *pacer
	probation *census // websockets whose peer did not say who it is
	addresses *census // all
	counts    counts
	handing   sync.WaitGroup // upgrades that have not reached their session yet
}

// counts are how upgrades went.
type counts struct {
	upgraded, foreign, bad, busy, crowded atomic.Uint64
}

// Upgrades tells how many requests for a websocket went how, since the start.
type Upgrades struct {
	Accepted uint64 // 101
	Foreign  uint64 // 403: origin or host
	Bad      uint64 // 400, 405, 426: not a request for our websocket
	Busy     uint64 // 503
	Crowded  uint64 // 429: too many of one address
}

// New makes a server, or says which part of cfg cannot be.
func New(cfg Config) (*Server, error) {
	if cfg.Sessions == nil {
		return nil, errors.New("web: Config.Sessions is missing")
	}
	cfg.defaults()
	s := &Server{
		sessions: cfg.Sessions, ready: cfg.Ready, public: cfg.PublicURL,
		transport: newTransport(cfg.Transport),
		pacer:     newPacer(cfg.Pace), probation: newCensus(cfg.Unconnected), addresses: newCensus(cfg.AddressConnections),
	}
	if err := s.access(cfg.Access); err != nil {
		return nil, err
	}
	s.http = &http.Server{
		Handler:           s.routes(&cfg),
		ReadHeaderTimeout: cfg.HeaderTimeout,
		IdleTimeout:       cfg.IdleTimeout,
		MaxHeaderBytes:    cfg.HeaderBytes,
		ErrorLog:          slog.NewLogLogger(cfg.Log.Handler(), slog.LevelDebug), // peers' mistakes
	}
	return s, s.encrypt(&cfg)
}

func (s *Server) access(a Access) (err error) {
	if s.origins, err = newOrigins(a.AllowOrigins); err != nil {
		return err
	}
	if s.hosts, err = newHosts(a.AllowHosts); err != nil {
		return err
	}
	s.proxies, err = newProxies(a.TrustedProxies)
	return err
}

func (s *Server) encrypt(cfg *Config) error {
	if cfg.CertFile == "" && cfg.KeyFile == "" {
		return nil
	}
	pair, err := newCertificate(cfg.TLS, cfg.Handshakes, cfg.Log)
	if err != nil {
		return err
	}
	s.http.TLSConfig, s.secure = pair.config(), true
	return nil
}

// wsPath is where websockets are opened.
const wsPath = "/v1/ws"

// routes puts the host check before all but health, which is asked for by address.
func (s *Server) routes(cfg *Config) http.Handler {
	inner := http.NewServeMux()
	inner.HandleFunc("GET "+wsPath, s.upgrade)
	for pattern, handler := range cfg.Routes {
		inner.Handle(pattern, handler)
	}
	if cfg.Docs != nil {
		inner.Handle("GET /docs", cfg.Docs)
		inner.Handle("GET /docs/", cfg.Docs)
	}
	outer := http.NewServeMux()
	outer.HandleFunc("GET /healthz", healthz)
	outer.HandleFunc("GET /readyz", s.readyz)
	outer.Handle("/", s.checkHost(inner))
	if cfg.REST == nil {
		return outer
	}
	return beside(outer, s.checkHost(s.withOrigin(cfg.REST)))
}

// withOrigin tells REST what its askers asked, which the addresses that it answers with begin with.
func (s *Server) withOrigin(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api.ServeHTTP(w, rest.WithOrigin(r, s.proxies.resolve(r).self()))
	})
}

// beside serves REST before any mux looks at the path: a mux tidies paths up, and would make one identity of another.
func beside(next, api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path := r.URL.EscapedPath(); strings.HasPrefix(path, rest.Prefix) && path != wsPath {
			api.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) checkHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.hosts.check(s.proxies.resolve(r).host); err != nil {
			s.counts.foreign.Add(1)
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Shutdown accepts nothing more, and waits for the requests in progress and until every upgraded connection has reached
// its session. It does not wait for websockets, which their sessions own. When ctx ends first it cuts the requests
// off and answers why.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.endpoint.Shutdown(ctx)
	s.handing.Wait()
	return err
}

// Handler is what the server answers with, for a listener of the caller's own.
func (s *Server) Handler() http.Handler { return s.http.Handler }

// Upgrades tells how upgrades went so far.
func (s *Server) Upgrades() Upgrades {
	c := &s.counts
	return Upgrades{c.upgraded.Load(), c.foreign.Load(), c.bad.Load(), c.busy.Load(), c.crowded.Load()}
}
