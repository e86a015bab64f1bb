package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"parley/hub"
	"parley/web"
)

// get asks and gives status and body.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestHealth(t *testing.T) {
	inner := errors.New("dial tcp 10.0.0.5:6379: refused")
	known := hub.Errorf(hub.CodeUnavailable, "the store is not available, try again")
	known.Err = inner
	for name, tc := range map[string]struct {
		ready func(context.Context) map[string]web.Health
		code  int
		body  string
	}{
		"nothing to check": {nil, 200, `{"status":"ok","checks":{}}`},
		"all well": {
			parts(map[string]web.Health{"store": {Vital: true}, "bus": {}}), 200,
			`{"status":"ok","checks":{"bus":"ok","store":"ok"}}`,
		},
		"degraded": {
			parts(map[string]web.Health{"store": {Vital: true}, "bus": {Err: inner}}), 200,
			`{"status":"degraded","checks":{"bus":"failing","store":"ok"}}`,
		},
		"unfit": {
			parts(map[string]web.Health{"store": {Err: known, Vital: true}, "bus": {Err: inner}}), 503,
			`{"status":"unavailable","checks":{"bus":"failing","store":"the store is not available, try again"}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, addr := serve(t, web.Config{Ready: tc.ready})
			code, body := get(t, "http://"+addr+"/readyz")
			if code != tc.code || strings.TrimSpace(body) != tc.body {
				t.Errorf("%d %s, want %d %s", code, body, tc.code, tc.body)
			}
			if code, body := get(t, "http://"+addr+"/healthz"); code != 200 || body != "ok\n" {
				t.Errorf("healthz: %d %s", code, body)
			}
		})
	}
}

func parts(p map[string]web.Health) func(context.Context) map[string]web.Health {
	return func(context.Context) map[string]web.Health { return p }
}

func TestRoutes(t *testing.T) {
	_, addr := serve(t, web.Config{Routes: map[string]http.Handler{
		"GET /dev/token": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "token of "+r.URL.Query().Get("identity"))
		}),
	}})
	if code, body := get(t, "http://"+addr+"/dev/token?identity=ada"); code != 200 || body != "token of ada" {
		t.Error(code, body)
	}
	if code, _ := get(t, "http://"+addr+"/nowhere"); code != 404 {
		t.Error(code)
	}
}
