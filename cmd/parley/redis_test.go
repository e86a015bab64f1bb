package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"parley/hub/bus/redistest"
)

// TestRedisFlag: what cannot be a Redis is a mistake of the call, and is told without its password.
func TestRedisFlag(t *testing.T) {
	got := call(t, slices.Concat([]string{"serve"}, serveArgs(t, "--redis", "http://:hush@host"))...)
	if got.wantMistake(t, "--redis: "); strings.Contains(got.err, "hush") {
		t.Errorf("it gives the password away: %s", got.err)
	}
}

// TestServeWithoutItsRedis: a Redis that is away keeps no server from starting, and leaves it ready, but degraded; once
// it is there all is well.
func TestServeWithoutItsRedis(t *testing.T) {
	redis := redistest.Start(t)
	redis.Kill()
	ready := filepath.Join(t.TempDir(), "ready")
	ctx, stop := context.WithCancel(t.Context())
	var serving sync.WaitGroup
	serving.Go(func() {
		defer stop()
		args := serveArgs(t, "--ready-file", ready, "--redis", redis.URL())
		if got := callWith(ctx, slices.Concat([]string{"serve"}, args)...); got.code != exitOK {
			t.Errorf("exit %d, and it said %q", got.code, got.err)
		}
	})
	defer serving.Wait()
	defer stop()
	readyz := func() string {
		url, err := os.ReadFile(ready)
		if err != nil || ctx.Err() != nil {
			return ""
		}
		answer, err := http.Get(strings.TrimSpace(string(url)) + "/readyz")
		if err != nil {
			return err.Error()
		}
		defer answer.Body.Close() //nolint:errcheck // it was read
		body, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != http.StatusOK {
			t.Errorf("/readyz answers %d: %s", answer.StatusCode, body)
		}
		return string(body)
	}
	if !soon(func() bool { return strings.Contains(readyz(), "degraded") }) {
		t.Errorf("it is not degraded: %s", readyz())
	}
	redis.Restart()
	if !soon(func() bool { r := readyz(); return r != "" && !strings.Contains(r, "degraded") }) {
		t.Errorf("it does not get well: %s", readyz())
	}
}

func TestDoctorLooksAtRedis(t *testing.T) {
	redis := redistest.Start(t)
	look := func(line string) {
		t.Helper()
		got := callWith(t.Context(), slices.Concat([]string{"doctor"}, serveArgs(t, "--redis", redis.URL()))...)
		if !strings.Contains(got.out, line) || got.code != exitOK {
			t.Errorf("exit %d, no line with %q: %s", got.code, line, got.out)
		}
	}
	look("ok    redis\n")
	redis.Kill()
	look("warn  redis: ")
}
