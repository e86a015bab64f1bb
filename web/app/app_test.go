package app

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestBuilt: the files that are committed were built from the sources as they are.
func TestBuilt(t *testing.T) {
	var lines []string
	add := func(name string) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		shown := filepath.ToSlash(filepath.Clean(filepath.Join("app", name)))
		lines = append(lines, shown+" "+hex.EncodeToString(sum[:])+"\n")
	}
	for _, name := range []string{"index.html", "package.json", "package-lock.json", "vite.config.ts"} {
		add(name)
	}
	for _, folder := range []string{"src", "../sdk/src"} {
		err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				add(name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(lines)
	built, err := os.ReadFile("dist/sources.txt")
	if err != nil {
		t.Fatal(err)
	}
	if string(built) != strings.Join(lines, "") {
		t.Error("the page in dist is not of these sources: run `npm ci && npm run build` in web/app, and commit dist")
	}
}

// TestRoutes: the page comes with a policy that keeps everything else out, and names only what is there.
func TestRoutes(t *testing.T) {
	mux := http.NewServeMux()
	routes := Routes()
	for pattern, handler := range routes {
		mux.Handle(pattern, handler)
	}
	get := func(path, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	page := get("/", "")
	if page.Code != http.StatusOK || page.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("the page: %d %v", page.Code, page.Header())
	}
	if csp := page.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'; script-src 'self';") {
		t.Errorf("its policy is %q", csp)
	}
	text, err := dist.ReadFile("dist/index.html")
	if err != nil {
		t.Fatal(err)
	}
	for pattern := range routes {
		path := strings.TrimPrefix(pattern, "GET ")
		if path != "/{$}" && !strings.Contains(string(text), `"`+path+`"`) {
			t.Errorf("the page does not name %s", path)
		}
	}
	if again := get("/", page.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("known already: %d", again.Code)
	}
	if other := get("/app/assets/none.js", ""); other.Code != http.StatusNotFound {
		t.Errorf("what is not there: %d", other.Code)
	}
}
