package app

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// policy lets the page run its own script and style, and speak to the hub that it comes from. Files of messages may be
// anywhere that links lead to.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data: https:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Routes are what the chat page consists of, by pattern of http.ServeMux: the page itself at / and the rest below /app/.
func Routes() map[string]http.Handler { return pages("GET /{$}", "dist/index.html") }

// Operator is the operator page likewise, at /operator. What it shows comes from package operator.
func Operator() map[string]http.Handler { return pages("GET /operator", "dist/operator.html") }

// pages are a page and the files that both pages are made of.
func pages(at, name string) map[string]http.Handler {
	routes := map[string]http.Handler{}
	names, err := fs.Glob(dist, "dist/assets/*")
	if err != nil {
		panic(err) // the pattern is good
	}
	for _, name := range names {
		routes["GET /app/"+strings.TrimPrefix(name, "dist/")] = newFile(name, "public, max-age=31536000, immutable") // its name changes when it does
	}
	routes[at] = newFile(name, "no-cache") // a hub of another release may answer next
	return routes
}

// file is what is served under one path.
type file struct {
	kind, cache, tag string
	content          []byte
}

func newFile(name, cache string) *file {
	content, err := dist.ReadFile(name)
	if err != nil {
		panic(err) // it was there when this was compiled
	}
	digest := sha256.Sum256(content)
	return &file{mime.TypeByExtension(path.Ext(name)), cache, `"` + hex.EncodeToString(digest[:8]) + `"`, content}
}

// ServeHTTP implements http.Handler.
func (f *file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", f.cache)
	h.Set("ETag", f.tag)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if r.Header.Get("If-None-Match") == f.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Write(f.content) //nolint:errcheck // the reader went away
}
