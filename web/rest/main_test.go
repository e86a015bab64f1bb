package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
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
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "parley.db")})
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(hub.Config{Store: store, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits()})
	p := &place{t: t, hub: h, http: &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}}
	p.service = p.newService()
	sessions := session.NewServer(session.Config{Hub: h, Service: p.service, Verify: verify})
	w, err := web.New(web.Config{Sessions: sessions, REST: rest.New(rest.Config{
		Hub: h, Service: p.service, BodyWithin: time.Second,
		Account: rest.Account{SID: account, AuthToken: authToken, APIKeys: map[string]string{key: secret}},
	})})
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
	if len(text) > 0 {
		if err := json.Unmarshal(text, &a.problem); err != nil {
			p.t.Fatalf("%s: %v", text, err)
		}
	}
	return a
}
