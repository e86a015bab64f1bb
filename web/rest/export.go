package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"parley/hub"
)

// export is a file of JSON Lines that is being written. Each line is an object with "type", and below that name what it is
// about. The first line says what this is, the last one how many lines there are: without it the file is not whole. Nothing is
// held in memory but a page.
type export struct {
	*call
	w     http.ResponseWriter
	lines int
	err   error // the first: nothing is written after it
}

// exportVersion is of what lines look like. It is raised when a line changes its meaning.
const exportVersion = 1

// chunk is how many bytes of a file one line holds.
const chunk = 48 << 10

func (e *export) begin(kind, of string) {
	e.w.Header().Set("Content-Type", "application/x-ndjson")
	unhurried(e.w)
	e.line("export", map[string]any{
		"version": exportVersion, "kind": kind, "of": of, "chat_service_sid": e.service, "date": date(time.Now()),
	})
}

// end is the last line. What failed before it ends the connection, since the status was sent.
func (e *export) end() error {
	e.line("end", map[string]any{"lines": e.lines + 1})
	if e.err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (e *export) failed(err error) bool {
	if e.err == nil {
		e.err = err
	}
	return e.err != nil
}

// line writes one, and waits for it to be taken.
func (e *export) line(kind string, of any) {
	if e.err != nil {
		return
	}
	text, err := json.Marshal(of)
	if e.failed(err) {
		return
	}
	http.NewResponseController(e.w).SetWriteDeadline(time.Now().Add(exportWithin)) //nolint:errcheck // where it cannot be set there is none
	_, err = fmt.Fprintf(e.w, "{\"type\":%q,%q:%s}\n", kind, kind, text)
	e.lines++
	e.failed(err)
}

// bindings are where somebody's pushes go.
func (e *export) bindings(ctx context.Context, identity string) {
	after := ""
	for e.err == nil {
		all, next, err := e.api.hub.PushBindings(ctx, e.actor(), []string{identity}, nil, hub.PageQuery{After: after, Limit: exportPage})
		if e.failed(err) {
			return
		}
		for _, b := range all {
			e.line("binding", e.bindingModel(b))
		}
		if after = next; after == "" {
			return
		}
	}
}

func (e *export) participants(ctx context.Context, v *hub.ConversationView) {
	q := hub.PageQuery{Limit: exportPage, Bytes: exportBytes}
	for e.err == nil {
		page, err := e.api.hub.Participants(ctx, e.actor(), hub.ConversationRef(v.SID), q)
		if e.failed(err) {
			return
		}
		for _, p := range page.Participants {
			e.line("participant", e.participantModel(p))
		}
		if q.After = page.Next; q.After == "" {
			return
		}
	}
}

// messages writes some with all that hangs on them.
func (e *export) messages(ctx context.Context, all []*hub.Message) {
	for _, m := range all {
		e.line("message", e.messageModel(m))
		e.receipts(ctx, m)
		for _, of := range m.Media {
			e.file(ctx, of.SID)
		}
	}
}

func (e *export) receipts(ctx context.Context, m *hub.Message) {
	q := hub.PageQuery{Limit: exportPage}
	for m.Delivery.Total > 0 && e.err == nil {
		page, err := e.api.hub.Receipts(ctx, e.actor(), hub.ConversationRef(m.Conversation), hub.MessageRef{SID: m.SID}, q)
		if err != nil && hub.AsError(err).Code == hub.CodeMessageAbsent || e.failed(err) { // removed meanwhile
			return
		}
		for _, r := range page.Receipts {
			e.line("receipt", e.receiptModel(r))
		}
		if q.After = page.Next; q.After == "" {
			return
		}
	}
}

// left writes what somebody left in a conversation, where that is anything.
func (e *export) left(ctx context.Context, v *hub.ConversationView, identity string) {
	told := false
	for from := int64(0); e.err == nil && (from == 0 || from <= v.LastIndex); from += exportRange {
		all, err := e.api.hub.Traces(ctx, e.actor(), v.SID, hub.TraceQuery{Identity: identity, From: from, To: from + exportRange})
		if err != nil && hub.AsError(err).Code == hub.ErrAbsent.Code || e.failed(err) { // deleted meanwhile
			return
		}
		if !told && len(all.Messages)+len(all.Reactions)+len(all.Memberships) > 0 {
			told = true
			e.line("conversation", e.conversationModel(v))
			for _, p := range all.Memberships {
				e.line("participant", e.participantModel(p))
			}
		}
		e.messages(ctx, all.Messages)
		for _, r := range all.Reactions {
			e.line("reaction", map[string]any{"conversation_sid": v.SID, "index": r.Index, "reaction": r.Name})
		}
	}
}

// file writes what is known of a file, and its content in pieces.
func (e *export) file(ctx context.Context, sid hub.MediaSID) {
	found, err := e.api.hub.Media(ctx, e.actor(), sid)
	if e.failed(err) || len(found) == 0 || e.api.blobs == nil {
		return // deleted meanwhile
	}
	e.line("media", e.mediaModel(found[0]))
	from, err := e.api.blobs.Open(ctx, sid)
	if e.failed(err) {
		return
	}
	defer from.Close() //nolint:errcheck // only read
	piece := make([]byte, chunk)
	for at := int64(0); e.err == nil; {
		n, err := io.ReadFull(from, piece)
		if n > 0 {
			e.line("content", map[string]any{"media_sid": sid, "offset": at, "base64": piece[:n]})
			at += int64(n)
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return
		}
		e.failed(err)
	}
}
