package operator

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"parley/hub"
	"parley/hub/bus"
	"parley/session"
)

// Config is what an Operator shows and acts on. Hub, Card, Sessions and Parts are needed.
type Config struct {
	Hub      *hub.Hub
	Sessions func() session.Stats
	Bus      func() bus.Stats                     // nil: there is none
	Card     func() hub.Card                      // of this hub, now
	Hubs     func(ctx context.Context) []hub.Card // of all; nil: this one is alone
	Parts    func(ctx context.Context) []Part     // what the hub depends on
	Store    string                               // where it is, without secrets
	Page     map[string]http.Handler              // the page itself, by pattern of http.ServeMux; nil: figures alone
	Token    string                               // the account's auth token; "": nobody may do anything
	Log      *slog.Logger                         // nil: says nothing
}

// A Part is something that the hub depends on.
type Part struct {
	Name  string `json:"name"`
	Cause string `json:"cause"` // "" where it is well
	Vital bool   `json:"vital"` // without it the hub cannot do its work
}

// freshFor is how old the figures may be that are shown: all who look share them.
const freshFor = 500 * time.Millisecond

// Operator serves the operator page and what it asks for.
type Operator struct {
	config Config
	token  [sha256.Size]byte
	log    *slog.Logger

	mu    sync.Mutex
	state *State // the latest
	taken time.Time
}

// New makes an Operator.
func New(cfg Config) *Operator {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Operator{config: cfg, token: sha256.Sum256([]byte(cfg.Token)), log: cfg.Log}
}

// Routes are what the admin listener serves, by pattern of http.ServeMux.
func (o *Operator) Routes() map[string]http.Handler {
	routes := map[string]http.Handler{
		"GET /operator/state":                    answer(o.serveState),
		"GET /operator/find":                     answer(o.find),
		"POST /operator/users/{user}/bar":        o.deed(o.bar),
		"DELETE /operator/users/{user}/bar":      o.deed(o.liftBar),
		"DELETE /operator/users/{user}/sessions": o.deed(o.disconnect),
		"DELETE /operator/sessions/{session}":    o.deed(o.endSession),
	}
	maps.Copy(routes, o.config.Page)
	return routes
}

// answer serves JSON.
func answer(read func(r *http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		result, err := read(r)
		if err != nil {
			refuse(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		json.NewEncoder(w).Encode(result) //nolint:errcheck // the asker went away
	})
}

// refuse says why something is not done.
func refuse(w http.ResponseWriter, err error) {
	e := hub.AsError(err)
	status := e.Code.Info().Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"code": e.Code, "message": e.Error()}) //nolint:errcheck // as above
}

// deed serves what changes something, to whoever shows the auth token.
func (o *Operator) deed(do func(r *http.Request) error) http.Handler {
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !o.admits(r) {
			o.log.WarnContext(r.Context(), "an operator showed no or a wrong auth token", "path", r.URL.EscapedPath(), "peer", r.RemoteAddr)
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			json.NewEncoder(w).Encode(map[string]any{"code": hub.CodeUnauthenticated, "message": "the auth token is needed"}) //nolint:errcheck // as above
			return
		}
		if err := do(r); err != nil {
			refuse(w, err)
			return
		}
		o.log.InfoContext(r.Context(), "an operator acted", "method", r.Method, "path", r.URL.EscapedPath(), "peer", r.RemoteAddr)
		w.WriteHeader(http.StatusNoContent)
	}))
}

// admits reports whether a request shows the auth token. How long that takes tells nothing of it.
func (o *Operator) admits(r *http.Request) bool {
	shown, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	sum := sha256.Sum256([]byte(shown))
	return subtle.ConstantTimeCompare(sum[:], o.token[:]) == 1 && bearer && o.config.Token != ""
}
