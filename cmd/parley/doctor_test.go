package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/store/sqlite"
)

// TestDoctor: what is wrong is said with what to do, and the exit code is not 0 then.
func TestDoctor(t *testing.T) {
	file := filepath.Join(t.TempDir(), "parley.db")
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: file})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close() //nolint:errcheck // it is closed below, and again where the test fails before
	look := func(t *testing.T, code int, line string, args ...string) {
		t.Helper()
		got := callWith(t.Context(), slices.Concat([]string{"doctor"}, serveArgs(t, args...))...)
		if got.code != code {
			t.Errorf("exit %d, want %d: %s%s", got.code, code, got.out, got.err)
		}
		if !slices.ContainsFunc(strings.Split(got.out, "\n"), func(l string) bool { return strings.HasPrefix(l, line) }) {
			t.Errorf("no line begins with %q:\n%s", line, got.out)
		}
		if strings.Contains(got.out+got.err, "secret") {
			t.Errorf("it tells a secret:\n%s%s", got.out, got.err)
		}
	}
	text := textFile(t, "text", "not a folder, and no store")
	t.Run("store held", func(t *testing.T) {
		look(t, exitError, "FAIL  store: store "+file+" is held by another hub", "--store", "sqlite:"+file)
	})
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	t.Run("well", func(t *testing.T) { look(t, exitOK, "ok    store", "--store", "sqlite:"+file) })
	t.Run("no store yet", func(t *testing.T) { look(t, exitOK, "warn  store: ") })
	t.Run("no folder", func(t *testing.T) {
		look(t, exitError, "FAIL  folder: "+text+" is not a folder", "--store", "sqlite:"+filepath.Join(text, "deep", "x.db"))
	})
	t.Run("no database", func(t *testing.T) { look(t, exitError, "FAIL  store: store "+text, "--store", "sqlite:"+text) })
	t.Run("unknown store", func(t *testing.T) { look(t, exitError, "FAIL  store: --store", "--store", "redis:x") })
	for tell, args := range map[string][]string{
		"--heartbeat": {"--heartbeat", "1ms"}, "--listen": {"--listen", "nonsense"}, "trusted proxy": {"--trusted-proxy", "x"},
		"serve needs": {"--account-sid", ""}, "TLS": {"--tls-cert", text, "--tls-key", text},
	} {
		t.Run(tell, func(t *testing.T) { look(t, exitError, "FAIL  settings: "+tell, args...) })
	}
}
