package api

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"
	"sync"
)

//go:embed docs.html docs.css
var files embed.FS

// A file is what is served under one path, with what changes when it does.
type file struct {
	kind, tag string
	content   []byte
}

func newFile(kind string, content []byte) file {
	digest := sha256.Sum256(content)
	return file{kind, `"` + hex.EncodeToString(digest[:8]) + `"`, content}
}

// Docs serves the documents below /docs, for people and raw. The pages need nothing from elsewhere, and no script.
func Docs() http.Handler {
	mux := http.NewServeMux()
	for path, f := range pages() {
		mux.Handle("GET "+path, f)
	}
	mux.Handle("GET /docs/{$}", http.RedirectHandler("/docs", http.StatusMovedPermanently))
	return mux
}

// policy lets pages use the one style sheet, and nothing else.
const policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP implements http.Handler.
func (f file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache") // a hub of another release may answer next
	h.Set("ETag", f.tag)
	if r.Header.Get("If-None-Match") == f.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Write(f.content) //nolint:errcheck // the reader went away
}

// pages are everything below /docs, made once.
var pages = sync.OnceValue(func() map[string]file {
	style, err := files.ReadFile("docs.css")
	if err != nil {
		panic(err) // it was there when this was compiled, as are the others
	}
	rest, socket := newRESTPage(read(openAPI)), newSocketPage(read(asyncAPI))
	all := map[string]file{
		"/docs/style.css":     newFile("text/css; charset=utf-8", style),
		"/docs/openapi.json":  newFile("application/json", openAPI),
		"/docs/asyncapi.json": newFile("application/json", asyncAPI),
	}
	templates := template.Must(template.New("docs").Funcs(template.FuncMap{
		"pieces": func(text string) []string { return strings.Split(text, "`") }, // every second one is code
		"odd":    func(n int) bool { return n%2 == 1 },
	}).ParseFS(files, "docs.html"))
	for path, name := range map[string]string{"/docs": "index", "/docs/rest": "rest", "/docs/websocket": "websocket"} {
		var page bytes.Buffer
		if err := templates.ExecuteTemplate(&page, name, struct {
			Here   string
			REST   *restPage
			Socket *socketPage
		}{path, rest, socket}); err != nil {
			panic(err)
		}
		all[path] = newFile("text/html; charset=utf-8", page.Bytes())
	}
	return all
})

func read(document []byte) (d schema) {
	if err := json.Unmarshal(document, &d); err != nil {
		panic(err)
	}
	return d
}
