package rest

import (
	"context"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/hub"
)

// harmless are types that browsers show and that cannot do anything: whatever is not here is only to be saved. SVG and HTML
// can hold scripts, and PDF its own.
var harmless = []string{
	"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav",
	"audio/webm", "video/mp4", "video/webm", "video/ogg",
}

// slowest is the bytes a second below which whoever reads a content is cut off, after a minute's grace.
const slowest = 16 << 10

// content sends the content of a file that the asker may see.
func content(w http.ResponseWriter, r *http.Request, c *call) error {
	m, err := c.media(r.Context())
	if err != nil {
		return err
	}
	return c.send(w, r, m)
}

// linked sends the content of a file to whoever has its address.
func linked(w http.ResponseWriter, r *http.Request, c *call) error {
	sid := hub.MediaSID(c.path["Sid"])
	if !c.api.links.good(sid, r.URL.Query()) {
		return hub.Errorf(hub.CodeForbidden, "the address is not good, or not any more")
	}
	m, err := c.api.hub.LinkedMedia(r.Context(), sid)
	if err != nil {
		return c.absentMedia(err)
	}
	return c.send(w, r, m)
}

// send sends a content, or the part of it that is asked for. A page that shows it gets no power from it: its type is not
// guessed, nothing in it runs, and what is not harmless is saved rather than shown.
func (c *call) send(w http.ResponseWriter, r *http.Request, m *hub.Media) error {
	if c.api.blobs == nil {
		return absent(c.self)
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	blob, err := c.api.blobs.Open(ctx, m.SID)
	if err != nil {
		return &hub.Error{Code: hub.CodeUnavailable, Msg: "the content cannot be had now", RetryAfter: time.Second, Err: err}
	}
	defer blob.Close() //nolint:errcheck // only read
	within := time.Minute + time.Duration(m.Size/slowest)*time.Second
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(within)) //nolint:errcheck // where it cannot be set there is none
	h := w.Header()
	h.Set("Content-Type", m.ContentType)
	h.Set("Content-Disposition", disposition(m))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "private, max-age=300, immutable")
	h.Set("ETag", `"`+string(m.SID)+`"`) // a content never changes
	if strings.Contains(r.Header.Get("Range"), ",") {
		r.Header.Del("Range") // many parts at once only serve to make work
	}
	http.ServeContent(w, r, "", m.DateCreated, blob)
	return nil
}

// disposition says whether a browser may show a file, and what to call it.
func disposition(m *hub.Media) string {
	how := "attachment"
	if kind, _, err := mime.ParseMediaType(m.ContentType); err == nil && slices.Contains(harmless, kind) {
		how = "inline"
	}
	if m.Filename == "" {
		return how
	}
	if named := mime.FormatMediaType(how, map[string]string{"filename": m.Filename}); named != "" {
		return named
	}
	return how
}
