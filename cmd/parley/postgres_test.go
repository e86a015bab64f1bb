package main

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"parley/hub"
	"parley/session/wire"
	"parley/store/postgres/pgtest"
)

// TestPostgresCommands: a store in PostgreSQL is looked at by doctor, served from, and left to tools of its own.
func TestPostgresCommands(t *testing.T) {
	server := pgtest.Start(t)
	version, pid := server.Version(t)
	if version < 150000 || pid != server.Pid() {
		t.Fatalf("this is version %d, process %d, not %d", version, pid, server.Pid())
	}
	url := server.Database(t)
	t.Run("doctor", func(t *testing.T) {
		mustCall(t, exitOK, "ok    database server", slices.Concat([]string{"doctor"}, serveArgs(t, "--store", url))...)
	})
	t.Run("backup", func(t *testing.T) { mustCall(t, exitUsage, "pg_dump", "backup", "x", "--store", url) })
	t.Run("one default service", func(t *testing.T) { oneService(t, server.Database(t)) })
	lossy := pgtest.Start(t, "fsync=off")
	t.Run("fsync", func(t *testing.T) {
		mustCall(t, exitError, "fsync is off", slices.Concat([]string{"doctor"}, serveArgs(t, "--store", lossy.Database(t)))...)
	})
	lossy.Stop()
	t.Run("away", func(t *testing.T) {
		nowhere := "postgres://parley:secret@" + lossy.Addr() + "/parley?sslmode=disable"
		_, err := openStore(t.Context(), nowhere, slog.New(slog.DiscardHandler))
		if err == nil || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), lossy.Addr()) {
			t.Errorf("the error is %v", err)
		}
	})
}

// oneService has hubs start together on an empty database: they agree on the service of tokens that name none.
func oneService(t *testing.T, url string) {
	t.Helper()
	const hubs = 3
	made := make(chan hub.ServiceSID, hubs)
	var servers []*server
	for range hubs {
		store, err := openStore(t.Context(), url, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		h := hub.New(hub.Config{Store: store, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits()})
		servers = append(servers, &server{store: store, hub: h})
	}
	for _, s := range servers {
		go func() {
			sid, err := s.defaultService(t.Context(), "")
			s.hub.Close()
			if err = errors.Join(err, s.store.Close()); err != nil {
				t.Error(err)
			}
			made <- sid
		}()
	}
	first := <-made
	for range hubs - 1 {
		if other := <-made; other != first || other == "" {
			t.Errorf("one hub has service %q, another %q", first, other)
		}
	}
}
