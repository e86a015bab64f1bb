package bench_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/cmd/parley/bench"
	"parley/hub"
	"parley/session"
	"parley/session/token"
	"parley/session/wire"
	"parley/store/sqlite"
	"parley/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs a hub whose tokens are identities, and gives its URL.
func serve(t *testing.T) string {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "parley.db")})
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(hub.Config{Store: store, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits()})
	service, roles := hub.NewService("bench", time.Now().UTC().Truncate(time.Millisecond))
	if _, err := h.Do(t.Context(), hub.Actor{Service: service.SID}, &hub.PutService{Service: service, Roles: roles}); err != nil {
		t.Fatal(err)
	}
	sessions := session.NewServer(session.Config{Hub: h, Service: service.SID, Verify: func(raw string) (token.Claims, error) {
		return token.Claims{Identity: raw, ExpiresAt: time.Now().Add(time.Hour)}, nil
	}})
	w, err := web.New(web.Config{Sessions: sessions})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Listen(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- w.Serve() }()
	t.Cleanup(func() {
		if err := errors.Join(w.Shutdown(context.Background()), <-served); err != nil {
			t.Error(err)
		}
		sessions.Close()
		h.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return "ws://" + w.Addr().String()
}

// run does a workload with tokens that are identities.
func run(t *testing.T, opts bench.Options) (*bench.Result, error) {
	t.Helper()
	opts.Token = func(identity string) (string, error) { return identity, nil }
	if opts.Duration == 0 {
		opts.Duration = 300 * time.Millisecond
	}
	return bench.Run(t.Context(), opts)
}
