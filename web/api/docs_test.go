package api_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"parley/web/api"
)

func fetch(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	api.Docs().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

// TestDocs: the pages hold every operation, method and event, need nothing but the style sheet, and lead nowhere that is not there.
func TestDocs(t *testing.T) {
	rest, socket := fetch(t, "/docs/rest").Body.String(), fetch(t, "/docs/websocket").Body.String()
	for _, o := range readOperations(t) {
		if !strings.Contains(rest, "<code>"+o.path+"</code>") && !strings.Contains(rest, `<div class="inside" id="`+o.OperationID+`">`) {
			t.Errorf("/docs/rest does not show %s", o.OperationID)
		}
	}
	for name := range readAsyncAPI(t).Operations {
		if !strings.Contains(socket, `<div class="inside" id="`+name+`">`) {
			t.Errorf("/docs/websocket does not show %s", name)
		}
	}
	for _, path := range []string{"/docs", "/docs/rest", "/docs/websocket"} {
		w := fetch(t, path)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'; style-src 'self';") {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		follow(t, path, w.Body.String())
	}
}

var link = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// follow looks for what a page's links lead to.
func follow(t *testing.T, from, page string) {
	t.Helper()
	if regexp.MustCompile(`<script|<style| style=| on[a-z]+=|@import`).MatchString(page) {
		t.Errorf("%s has what its policy does not let run", from)
	}
	for _, m := range link.FindAllStringSubmatch(page, -1) {
		path, fragment, _ := strings.Cut(m[1], "#")
		there := page
		if path != "" {
			w := fetch(t, path)
			if there = w.Body.String(); w.Code != http.StatusOK {
				t.Errorf("%s: %s is %d", from, m[1], w.Code)
			}
		}
		if fragment != "" && !strings.Contains(there, ` id="`+fragment+`"`) {
			t.Errorf("%s: %s leads nowhere", from, m[1])
		}
	}
}

// TestDocsRaw: the documents are there as they are committed, and are not sent again to who has them.
func TestDocsRaw(t *testing.T) {
	for path, want := range map[string][]byte{"/docs/openapi.json": api.OpenAPI(), "/docs/asyncapi.json": api.AsyncAPI()} {
		w := fetch(t, path)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" || !bytes.Equal(w.Body.Bytes(), want) {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("If-None-Match", w.Header().Get("ETag"))
		again := httptest.NewRecorder()
		if api.Docs().ServeHTTP(again, r); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s again: %d", path, again.Code)
		}
	}
	if w := fetch(t, "/docs/"); w.Code != http.StatusMovedPermanently {
		t.Errorf("/docs/ is %d", w.Code)
	}
	if w := fetch(t, "/docs/nothing"); w.Code != http.StatusNotFound {
		t.Errorf("/docs/nothing is %d", w.Code)
	}
}
