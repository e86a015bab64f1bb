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
	for _, name := range []string{"index.html", "operator.html", "package.json", "package-lock.json", "vite.config.ts"} {
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

// TestRoutes: each page comes with a policy that keeps everything else out, and everything that is served is named by a page or
// by what that names.
func TestRoutes(t *testing.T) {
	var named strings.Builder
	for at, routes := range map[string]map[string]http.Handler{"/": Routes(), "/operator": Operator()} {
		mux := http.NewServeMux()
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
		page := get(at, "")
		if page.Code != http.StatusOK || page.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("the page %s: %d %v", at, page.Code, page.Header())
		}
		if csp := page.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'; script-src 'self';") {
			t.Errorf("the policy of %s is %q", at, csp)
		}
		named.WriteString(page.Body.String())
		if again := get(at, page.Header().Get("ETag")); again.Code != http.StatusNotModified {
			t.Errorf("known already: %d", again.Code)
		}
		if other := get("/app/assets/none.js", ""); other.Code != http.StatusNotFound {
			t.Errorf("what is not there: %d", other.Code)
		}
		for pattern := range routes {
			if path := strings.TrimPrefix(pattern, "GET "); strings.HasSuffix(path, ".js") {
				named.WriteString(get(path, "").Body.String())
			}
		}
	}
	for pattern := range Operator() {
		if name := strings.TrimPrefix(pattern, "GET /app/assets/"); name != pattern && !strings.Contains(named.String(), name) {
			t.Errorf("no page names %s", name)
		}
	}
}
