package rest

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"parley/hub"
)

// mostUploads is how many files may come at a time: each takes memory of up to 8 MiB where it goes to a bucket.
const mostUploads = 64

// stalled is how long an upload may bring nothing before it is given up. One that goes on may take as long as it likes.
const stalled = 30 * time.Second

// upload keeps a file. It is written down before its first byte is kept, so that whatever comes to nothing is found.
func upload(w http.ResponseWriter, r *http.Request, c *call) error {
	if c.api.blobs == nil {
		return absent(c.self)
	}
	select {
	case c.api.uploads <- struct{}{}:
		defer func() { <-c.api.uploads }()
	default:
		return &hub.Error{Code: hub.CodeUnavailable, Msg: "too many uploads at a time", RetryAfter: time.Second}
	}
	if r.Header.Get("Content-Encoding") != "" {
		return &problem{status: http.StatusUnsupportedMediaType, code: codeMedia, msg: "a file is kept as it comes: Content-Encoding is not taken"}
	}
	if r.ContentLength > c.api.most+mostMultipart {
		return c.tooLarge()
	}
	from := &incoming{body: r.Body, patience: http.NewResponseController(w), left: c.api.most}
	cmd, err := from.open(r)
	if err != nil {
		return err
	}
	begun, err := c.api.hub.Do(r.Context(), c.actor(), cmd)
	if err != nil {
		return err
	}
	m := begun.(*hub.Media)
	size, err := c.keep(r.Context(), m.SID, from)
	if err == nil {
		begun, err = c.api.hub.Do(r.Context(), c.actor(), &hub.FinishMedia{SID: m.SID, Size: size})
	}
	if err != nil {
		c.giveUp(r.Context(), m.SID)
		return err
	}
	return reply(w, http.StatusCreated, c.mediaModel(begun.(*hub.Media)))
}

// keep has the content kept, and makes sure that it came whole.
func (c *call) keep(ctx context.Context, sid hub.MediaSID, from *incoming) (size int64, err error) {
	size, err = c.api.blobs.Put(ctx, sid, from)
	switch {
	case errors.Is(from.err, errTooLarge):
		return 0, c.tooLarge()
	case from.err != nil:
		return 0, &problem{status: http.StatusBadRequest, code: codeIncomplete, msg: "the file did not come whole", err: from.err}
	case from.empty:
		return 0, hub.Errorf(hub.CodeInvalidParams, "the file is empty")
	case err != nil:
		return 0, &hub.Error{Code: hub.CodeUnavailable, Msg: "the file could not be kept, try again", RetryAfter: time.Second, Err: err}
	}
	return size, from.end()
}

// giveUp has what came of an upload deleted, though its sender may have gone.
func (c *call) giveUp(ctx context.Context, sid hub.MediaSID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), serveWithin)
	defer cancel()
	err := c.api.blobs.Delete(ctx, sid)
	if _, dropped := c.api.hub.Do(ctx, c.actor(), &hub.DropMedia{SID: sid}); err == nil {
		err = dropped
	}
	if err != nil {
		c.api.log.WarnContext(ctx, "what came of an upload stays for a day", "media", sid, "err", err)
	}
}

func (c *call) tooLarge() error {
	return hub.Errorf(hub.CodeMediaLarge, "the file is larger than %d bytes", c.api.most)
}

var errTooLarge = errors.New("too large")

// mostMultipart bounds what is around the file in multipart/form-data.
const mostMultipart = 16 << 10

// incoming is the content of a file as it comes. A failure of its own it remembers, apart from those of who reads it.
type incoming struct {
	body     io.Reader
	parts    *multipart.Reader // nil where the body is the file
	patience *http.ResponseController
	left     int64
	some     bool // has come
	empty    bool // it ended before anything came
	err      error
}

// Read implements io.Reader.
func (in *incoming) Read(p []byte) (int, error) {
	in.patience.SetReadDeadline(time.Now().Add(stalled)) //nolint:errcheck // where it cannot be set there is none
	n, err := in.body.Read(p)
	if in.left -= int64(n); in.left < 0 {
		err = errTooLarge
	}
	in.some = in.some || n > 0
	in.empty = in.empty || err == io.EOF && !in.some
	if err != nil && err != io.EOF {
		in.err = err
	}
	return n, err
}

// open finds the file in a request, and what its sender says of it.
func (in *incoming) open(r *http.Request) (*hub.BeginMedia, error) {
	query := r.URL.Query()
	cmd := &hub.BeginMedia{
		Filename: query.Get("Filename"), ContentType: r.Header.Get("Content-Type"), Category: hub.MediaCategory(query.Get("Category")),
	}
	kind, _, err := mime.ParseMediaType(cmd.ContentType)
	if multi := err == nil && kind == "multipart/form-data"; !multi { // what is no type at all the hub refuses
		return cmd, nil
	}
	in.patience.SetReadDeadline(time.Now().Add(stalled)) //nolint:errcheck // as above
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, hub.Errorf(hub.CodeInvalidParams, "the multipart body has no boundary")
	}
	part, err := parts.NextRawPart()
	if err != nil {
		return nil, &problem{status: http.StatusBadRequest, code: codeIncomplete, msg: "the multipart body has no part", err: err}
	}
	if part.Header.Get("Content-Transfer-Encoding") != "" && part.Header.Get("Content-Transfer-Encoding") != "binary" {
		return nil, hub.Errorf(hub.CodeInvalidParams, "a file is kept as it comes: Content-Transfer-Encoding is not taken")
	}
	in.body, in.parts = part, parts
	cmd.ContentType = part.Header.Get("Content-Type")
	if name := part.FileName(); name != "" {
		cmd.Filename = name
	}
	return cmd, nil
}

// end makes sure that there is nothing behind the file.
func (in *incoming) end() error {
	if in.parts == nil {
		return nil
	}
	switch _, err := in.parts.NextRawPart(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return &problem{status: http.StatusBadRequest, code: codeIncomplete, msg: "the file did not come whole", err: err}
	default:
		return hub.Errorf(hub.CodeInvalidParams, "one request brings one file")
	}
}
