package rest

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"time"

	"parley/hub"
)

// Config is what an API is made of. Hub, Service and Account are needed.
type Config struct {
	Hub     *hub.Hub
	Service hub.ServiceSID // of requests that name none
	Account Account
	Log     *slog.Logger // nil: says nothing

	// Identify finds whom an access token speaks for; nil: none is taken.
	Identify func(ctx context.Context, raw string) (who hub.Actor, expires time.Time, err error)

	Hubs func(ctx context.Context) []hub.Card // those that live, as far as it is known; nil: none are told

	Blobs     Blobs  // the content of media; nil: there are no media
	LinkKey   []byte // that links to media are signed with; the same on all hubs
	MostMedia int64  // bytes of one; 0: 150 MB (Twilio)
	PublicURL string // base of absolute URLs, without a slash at its end; "": what the request was sent to

	Rate       float64       // requests a second of each name that gets in, burst four times that; 0: no limit
	BodyWithin time.Duration // for a request's body to come; 10 s
}

// serveWithin is for what an operation asks of the hub.
const serveWithin = 10 * time.Second

// API is the handler of everything under Prefix.
type API struct {
	hub      *hub.Hub
	service  hub.ServiceSID
	account  *credentials
	routes   *node
	log      *slog.Logger
	public   string
	identify func(context.Context, string) (hub.Actor, time.Time, error)
	hubs     func(context.Context) []hub.Card
	blobs    Blobs
	links    *Links
	most     int64
	uploads  chan struct{} // size mostUploads
	within   time.Duration
	foreign  *http.CrossOriginProtection
}

// Prefix is where an API is to be served, with the path as it was sent.
const Prefix = root + "/"

// New makes an API.
func New(cfg Config) *API {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.MostMedia == 0 {
		cfg.MostMedia = 150 << 20
	}
	if cfg.BodyWithin == 0 {
		cfg.BodyWithin = 10 * time.Second
	}
	return &API{
		hub: cfg.Hub, service: cfg.Service, account: newCredentials(cfg.Account, cfg.Rate), routes: plan(places(operations())),
		log: cfg.Log, public: cfg.PublicURL,
		identify: cfg.Identify, hubs: cfg.Hubs, blobs: cfg.Blobs, links: NewLinks(cfg.LinkKey), most: cfg.MostMedia, uploads: make(chan struct{}, mostUploads), within: cfg.BodyWithin, foreign: http.NewCrossOriginProtection(),
	}
}

// ServeHTTP answers one request and writes its log line.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began, id := time.Now(), newRequestID()
	w.Header().Set("Twilio-Request-Id", id)
	w.Header().Set("Cache-Control", "no-store")
	if share(w, r) {
		return
	}
	// Until the body is read, or thrown away by net/http: without a limit whoever sends half a request stays for ever.
	http.NewResponseController(w).SetReadDeadline(began.Add(a.within)) //nolint:errcheck // where it cannot be set there is none
	by, status, err := a.answer(w, r)
	line := []any{
		slog.String("request", id), slog.String("by", by), slog.String("method", r.Method),
		slog.String("path", r.URL.EscapedPath()), slog.Int("status", status),
		slog.Duration("took", time.Since(began)), slog.String("peer", r.RemoteAddr),
	}
	if err != nil {
		line = append(line, slog.String("cause", err.Error()))
	}
	a.log.InfoContext(r.Context(), "request", line...)
}

// answer serves a request, and tells for the log who asked, and how it went.
func (a *API) answer(w http.ResponseWriter, r *http.Request) (by string, status int, err error) {
	c, by, err := a.begin(r)
	var result any
	switch {
	case err != nil:
	case c.place.stream != nil:
		seen := &statusWriter{ResponseWriter: w}
		if err = c.place.stream(seen, r, c); seen.status != 0 || err == nil {
			return by, seen.status, err
		}
	default:
		result, err = c.carryOut(w, r)
	}
	if err != nil {
		return by, refuse(w, r, err), err
	}
	if status = c.place.status; result == nil {
		w.WriteHeader(status)
		return by, status, nil
	}
	return by, status, reply(w, status, result)
}

// reply answers with JSON.
func reply(w http.ResponseWriter, status int, result any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	return encode(w, result)
}

// statusWriter remembers with which status was answered, 0 while nothing was.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// encode writes an answer. Nothing that a browser would take for markup is escaped: it is not one's page.
func encode(w io.Writer, answer any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(answer)
}

// begin does what comes before a request's parameters: who asks, and for what.
func (a *API) begin(r *http.Request) (c *call, by string, err error) {
	c, routing := a.route(r.Method, r.URL.EscapedPath())
	who, err := a.admit(r, c)
	if err == nil {
		err = routing // told to those who got in alone
	}
	if err != nil {
		return nil, who.name, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), serveWithin)
	defer cancel()
	return c, who.name, c.within(ctx, who, a.base(r))
}

// carryOut reads the parameters and has the operation served.
func (c *call) carryOut(w http.ResponseWriter, r *http.Request) (result any, err error) {
	if c.sent, err = form(w, r, c.place.operation); err != nil {
		return nil, err
	}
	if c.values, err = c.place.understand(c.sent); err != nil {
		return nil, err
	}
	c.readOnce(r)
	ctx, cancel := context.WithTimeout(r.Context(), serveWithin)
	defer cancel()
	if result, err = c.place.serve(ctx, c); err == nil {
		return result, nil
	}
	if result, err = c.again(ctx, err); err == nil {
		w.Header().Set(repeatedHeader, "true")
	}
	return result, err
}
