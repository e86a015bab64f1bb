package rest

import (
	"context"
	"encoding/json"
	"errors"
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

	BodyWithin time.Duration // for a request's body to come; 10 s
}

const (
	mostBody    = 64 << 10         // of a request whose operation does not say otherwise
	serveWithin = 10 * time.Second // for what an operation asks of the hub
)

// API is the handler of everything under Prefix.
type API struct {
	hub     *hub.Hub
	service hub.ServiceSID
	account *credentials
	routes  *node
	log     *slog.Logger
	within  time.Duration
	foreign *http.CrossOriginProtection
}

// Prefix is where an API is to be served, with the path as it was sent.
const Prefix = "/v1/parley/"

// New makes an API.
func New(cfg Config) *API {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.BodyWithin == 0 {
		cfg.BodyWithin = 10 * time.Second
	}
	return &API{
		hub: cfg.Hub, service: cfg.Service, account: newCredentials(cfg.Account), routes: plan(operations),
		log: cfg.Log, within: cfg.BodyWithin, foreign: http.NewCrossOriginProtection(),
	}
}

// operation is one entry of the table.
type operation struct {
	method, path string // a segment {name} stands for any one segment, and is given as the call's value of that name
	status       int    // of success
	body         int64  // most bytes of the request's; 0: mostBody
	// serve answers a call: what to send as JSON, nil for nothing.
	serve func(ctx context.Context, a *API, c *call) (any, error)
}

// call is one request that may be served.
type call struct {
	values  map[string]string // of the path, unescaped
	service hub.ServiceSID    // that the path names, or the default one; it exists
	body    []byte
}

// actor is who acts: the account itself.
func (c *call) actor() hub.Actor { return hub.Actor{Service: c.service} }

// ServeHTTP answers one request and writes its log line.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began, id := time.Now(), newRequestID()
	w.Header().Set("Twilio-Request-Id", id)
	w.Header().Set("Cache-Control", "no-store")
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
	by, op, result, err := a.serve(w, r)
	if err != nil {
		return by, refuse(w, r, err), err
	}
	if result == nil {
		w.WriteHeader(op.status)
		return by, op.status, nil
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(op.status)
	return by, op.status, json.NewEncoder(w).Encode(result)
}

// serve does what comes before an operation, and the operation.
func (a *API) serve(w http.ResponseWriter, r *http.Request) (by string, op *operation, result any, err error) {
	if err := a.foreign.Check(r); err != nil { // a browser that knows the credentials, and a page that is not ours
		return "", nil, nil, &hub.Error{Code: hub.CodeForbidden, Msg: "requests of other sites are not served", Err: err}
	}
	by, ok := a.account.of(r)
	if !ok {
		return "", nil, nil, hub.Errorf(hub.CodeUnauthenticated, "Authenticate")
	}
	op, c, err := a.route(r)
	if err != nil {
		return by, nil, nil, err
	}
	if c.body, err = body(w, r, op); err != nil {
		return by, nil, nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), serveWithin)
	defer cancel()
	if _, err := a.hub.Service(ctx, c.service); err != nil {
		return by, nil, nil, err
	}
	result, err = op.serve(ctx, a, c)
	return by, op, result, err
}

// body reads what a request carries. From then on nothing limits how long it takes to answer but the operation.
func body(w http.ResponseWriter, r *http.Request, op *operation) ([]byte, error) {
	most := op.body
	if most == 0 {
		most = mostBody
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, &problem{status: http.StatusRequestEntityTooLarge, code: codeTooLarge, msg: "the request's body is too large"}
	}
	if err != nil {
		return nil, &problem{status: http.StatusRequestTimeout, code: codeIncomplete, msg: "the request did not come whole", err: err}
	}
	http.NewResponseController(w).SetReadDeadline(time.Time{}) //nolint:errcheck // as above
	return b, nil
}
