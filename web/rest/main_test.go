package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/hub"
	"parley/session"
	"parley/session/client"
	"parley/session/token"
	"parley/session/wire"
	"parley/store/blob"
	"parley/store/sqlite"
	"parley/web"
	"parley/web/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	account   = "AC00000000000000000000000000000001"
	authToken = "the account's secret"
	key       = "SK00000000000000000000000000000001"
	secret    = "the key's secret"
)

// place is a whole hub behind HTTP. Tokens of its websockets are identities.
type place struct {
	t       *testing.T
	hub     *hub.Hub
	service hub.ServiceSID
	addr    string
	http    *http.Client
}

func newPlace(t *testing.T) *place {
	t.Helper()
	return newPlaceWith(t, func(*rest.Config) {})
}

// newPlaceWith is newPlace with more settings of REST.
func newPlaceWith(t *testing.T, more func(*rest.Config)) *place {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "parley.db")})
	if err != nil {
		t.Fatal(err)
	}
	blobs := blob.Dir(t.TempDir())
	h := hub.New(hub.Config{Blobs: blobs, Store: store, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits()})
	p := &place{t: t, hub: h, http: &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}}
	p.service = p.newService()
	sessions := session.NewServer(session.Config{Hub: h, Service: p.service, Verify: verify, SignMedia: rest.NewLinks([]byte(authToken)).Sign})
	cfg := rest.Config{
		Hub: h, Service: p.service, BodyWithin: time.Second, Identify: sessions.Identify, Blobs: blobs, LinkKey: []byte(authToken),
		Account: rest.Account{SID: account, AuthToken: authToken, APIKeys: map[string]string{key: secret}},
	}
	more(&cfg)
	w, err := web.New(web.Config{Sessions: sessions, REST: rest.New(cfg)})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Listen(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	p.addr = w.Addr().String()
	served := make(chan error, 1)
	go func() { served <- w.Serve() }()
	t.Cleanup(func() {
		p.http.CloseIdleConnections()
		if err := errors.Join(w.Shutdown(context.Background()), <-served); err != nil {
			t.Error(err)
		}
		sessions.Close()
		h.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func (p *place) newService() hub.ServiceSID {
	p.t.Helper()
	service, roles := hub.NewService("tests", time.Now().UTC().Truncate(time.Millisecond))
	_, err := p.hub.Do(p.t.Context(), hub.Actor{Service: service.SID}, &hub.PutService{Service: service, Roles: roles})
	if err != nil {
		p.t.Fatal(err)
	}
	return service.SID
}

// verify takes "identity" or "identity@service" for a token.
func verify(raw string) (token.Claims, error) {
	identity, service, _ := strings.Cut(raw, "@IS")
	if service != "" {
		service = "IS" + service
	}
	return token.Claims{Identity: identity, ServiceSID: service, ExpiresAt: time.Now().Add(time.Hour)}, nil
}

// connect opens a session, which is tried once.
func (p *place) connect(raw string) (*client.Client, error) {
	return client.Dial(p.t.Context(), client.Config{
		URL: "ws://" + p.addr + "/v1/ws", HTTPClient: p.http,
		Token: func(context.Context) (string, error) { return raw, nil },
	})
}

// get asks for what must be there, and gives it.
func (p *place) get(path string) object { return p.have(http.MethodGet, path, nil, http.StatusOK) }

// post sends a form of name, value, name, value ... that must be taken with a status, and gives the answer.
func (p *place) post(path string, status int, pairs ...string) object {
	return p.have(http.MethodPost, path, pairs, status)
}

// object is an answer's JSON.
type object map[string]any

func (p *place) have(method, path string, pairs []string, status int) object {
	p.t.Helper()
	a := p.send(method, path, pairs...)
	if a.status != status {
		p.t.Fatalf("%s %s: %d %s, want %d", method, path, a.status, a.raw, status)
	}
	return a.object(p.t)
}

func (a answer) object(t *testing.T) object {
	t.Helper()
	var o object
	if err := json.Unmarshal([]byte(a.raw), &o); err != nil {
		t.Fatalf("%s: %v", a.raw, err)
	}
	return o
}

// form is name, value, name, value ... as it is sent.
func form(pairs ...string) url.Values {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values
}

// send sends a request by the account with a form.
func (p *place) send(method, path string, pairs ...string) answer {
	p.t.Helper()
	return p.sendWith(method, path, nil, pairs...)
}

// sendWith is send with headers.
func (p *place) sendWith(method, path string, header http.Header, pairs ...string) answer {
	p.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = "http://" + p.addr + path
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, path, strings.NewReader(form(pairs...).Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.SetBasicAuth(account, authToken)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	maps.Copy(r.Header, header)
	return p.do(r)
}

// answer is what a request got.
type answer struct {
	status int
	header http.Header
	raw    string
	problem
}

type problem struct {
	Code     int
	Message  string
	MoreInfo string `json:"more_info"`
	Status   int
}

// ask sends a request by the account.
func (p *place) ask(method, path string) answer {
	p.t.Helper()
	return p.askAs(method, path, account, authToken)
}

func (p *place) askAs(method, path, user, password string) answer {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, "http://"+p.addr+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if user != "" {
		r.SetBasicAuth(user, password)
	}
	return p.do(r)
}

func (p *place) do(r *http.Request) answer {
	p.t.Helper()
	resp, err := p.http.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, raw: string(text)}
	if a.status >= http.StatusBadRequest {
		if err := json.Unmarshal(text, &a.problem); err != nil {
			p.t.Fatalf("%s: %v", text, err)
		}
	}
	return a
}
