package web

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/hub"
	"parley/hub/bus"
	"parley/session"
)

// DefaultAdmin is where the admin listener is unless told otherwise: nobody from outside gets there.
const DefaultAdmin = "127.0.0.1:9091"

// AdminConfig is what an Admin shows. Sources that are nil are left out.
type AdminConfig struct {
	Hub      func() hub.Stats
	Bus      func() bus.Stats
	Sessions func() session.Stats
	Upgrades func() Upgrades
	// Check looks for what must never be, and says what it found.
	Check func() error
	// Routes are served beside this package's own, by pattern of http.ServeMux.
	Routes map[string]http.Handler
	Log    *slog.Logger // nil: says nothing
}

// Admin answers those who run the server: /metrics, /debug/pprof/ and /debug/check. It knows no passwords, so
// it belongs on a listener that only they reach.
type Admin struct{ endpoint }

// NewAdmin makes an admin listener.
func NewAdmin(cfg AdminConfig) *Admin {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metricsHandler(&cfg))
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/mutex", mutexProfile)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	if cfg.Check != nil {
		mux.HandleFunc("GET /debug/check", checkHandler(cfg.Check))
	}
	for pattern, handler := range cfg.Routes {
		mux.Handle(pattern, handler)
	}
	return &Admin{endpoint{http: &http.Server{
		Handler:           localNames(mux),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(cfg.Log.Handler(), slog.LevelDebug),
	}}}
}

// mutexProfile looks at every fifth contention for as long as a profile with seconds is taken: always would cost something.
func mutexProfile(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("seconds") != "" {
		defer runtime.SetMutexProfileFraction(runtime.SetMutexProfileFraction(5))
	}
	pprof.Handler("mutex").ServeHTTP(w, r)
}

// metricsHandler has a registry of its own: what other packages register globally is not Parley's to publish.
func metricsHandler(cfg *AdminConfig) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	if cfg.Hub != nil {
		registry.MustRegister(&hubCollector{figures: hubFigures, read: cfg.Hub})
	}
	if cfg.Bus != nil {
		registry.MustRegister(&collector[bus.Stats]{figures: busFigures, read: cfg.Bus})
	}
	if cfg.Sessions != nil {
		registry.MustRegister(&collector[session.Stats]{figures: sessionFigures, read: cfg.Sessions})
	}
	if cfg.Upgrades != nil {
		registry.MustRegister(&collector[Upgrades]{figures: upgradeFigures, read: cfg.Upgrades})
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

func checkHandler(check func() error) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if err := check(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, "ok") //nolint:errcheck // the asker went away
	}
}

// localNames refuses, on a loopback address, requests for any other name: a web page can point a name of its own at
// 127.0.0.1 and would read profiles through the operator's browser (DNS rebinding).
func localNames(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		addr, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsLoopback() && !isLocalName(r.Host) {
			http.Error(w, "this address is served as localhost only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLocalName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	addr, err := netip.ParseAddr(bareHost(host))
	return lower(host) == "localhost" || err == nil && addr.IsLoopback()
}
