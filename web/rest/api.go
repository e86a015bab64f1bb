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

	PublicURL string // base of absolute URLs, without a slash at its end; "": what the request was sent to

	Rate       float64       // requests a second of each name that gets in, burst four times that; 0: no limit
	BodyWithin time.Duration // for a request's body to come; 10 s
}

// serveWithin is for what an operation asks of the hub.
const serveWithin = 10 * time.Second

// API is the handler of everything under Prefix.
type API struct {
	hub     *hub.Hub
	service hub.ServiceSID
	account *credentials
	routes  *node
	log     *slog.Logger
	public  string
	within  time.Duration
	foreign *http.CrossOriginProtection
}

// Prefix is where an API is to be served, with the path as it was sent.
const Prefix = root + "/"

// New makes an API.
func New(cfg Config) *API {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.BodyWithin == 0 {
		cfg.BodyWithin = 10 * time.Second
	}
	return &API{
		hub: cfg.Hub, service: cfg.Service, account: newCredentials(cfg.Account, cfg.Rate), routes: plan(places(operations())),
		log: cfg.Log, public: cfg.PublicURL, within: cfg.BodyWithin, foreign: http.NewCrossOriginProtection(),
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
	by, status, result, err := a.serve(w, r)
	if err != nil {
		return by, refuse(w, r, err), err
	}
	if result == nil {
		w.WriteHeader(status)
		return by, status, nil
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	return by, status, encode(w, result)
}

// encode writes an answer. Nothing that a browser would take for markup is escaped: it is not one's page.
func encode(w io.Writer, answer any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(answer)
}

// serve does what comes before an operation, and the operation.
func (a *API) serve(w http.ResponseWriter, r *http.Request) (by string, status int, result any, err error) {
	by, err = a.admit(r)
	if err != nil {
		return by, 0, nil, err
	}
	c, err := a.route(r.Method, r.URL.EscapedPath())
	if err != nil {
		return by, 0, nil, err
	}
	if c.sent, err = form(w, r, c.place.operation); err != nil {
		return by, 0, nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), serveWithin)
	defer cancel()
	if err := c.within(ctx, a.base(r)); err != nil {
		return by, 0, nil, err
	}
	if c.values, err = c.place.understand(c.sent); err != nil {
		return by, 0, nil, err
	}
	c.readOnce(r)
	if result, err = c.place.serve(ctx, c); err != nil {
		if result, err = c.again(ctx, err); err == nil {
			w.Header().Set(repeatedHeader, "true")
		}
	}
	return by, c.place.status, result, err
}

// admit finds who asks, and refuses whom it does not know and who asks too much.
func (a *API) admit(r *http.Request) (by string, err error) {
	if err := a.foreign.Check(r); err != nil { // a browser that knows the credentials, and a page that is not ours
		return "", &hub.Error{Code: hub.CodeForbidden, Msg: "requests of other sites are not served", Err: err}
	}
	by, ok := a.account.of(r)
	if !ok {
		return "", hub.Errorf(hub.CodeUnauthenticated, "Authenticate")
	}
	return by, a.account.afford(by)
}

type originKey struct{}

// WithOrigin has a request know the scheme://host[:port] that its sender sent it to, which proxies may have to tell.
func WithOrigin(r *http.Request, origin string) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), originKey{}, origin))
}

// base is what absolute URLs begin with.
func (a *API) base(r *http.Request) string {
	if a.public != "" {
		return a.public
	}
	if origin, ok := r.Context().Value(originKey{}).(string); ok {
		return origin
	}
	return "http://" + r.Host
}

// within finds the service that a call is about, and where its things are.
func (c *call) within(ctx context.Context, base string) (err error) {
	c.origin, c.service, c.base = base, c.api.service, base+root
	if c.place.scoped {
		c.service = hub.ServiceSID(c.path["ChatServiceSid"])
	} else if c.service, err = c.api.hub.Default(ctx, c.api.service); err != nil {
		return err
	}
	if _, err := c.api.hub.Service(ctx, c.service); err != nil {
		return err
	}
	if c.place.scoped {
		c.base += "/Services/" + string(c.service)
	}
	return nil
}
