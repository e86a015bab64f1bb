package main

import (
	"path/filepath"
	"strings"
	"testing"

	"parley/hub"
	"parley/session/client"
	"parley/store/sqlite"
)

// TestKilledBeforeIndexing: what was acknowledged and not yet indexed when the hub was killed is indexed by the next one,
// without anybody who searches.
func TestKilledBeforeIndexing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "parley.db")
	p := newServe(t, file)
	said, sid := 0, ""
	for again := true; again; { // it may happen that the last step was taken between the last message and the kill
		p.start()
		ann := userOf(t, p, "ann", client.Config{})
		if sid == "" {
			sid = placeOf(t, ann)
		}
		for range 20 {
			if _, err := ann.Send(t.Context(), sid, client.Draft{Body: "green tea"}); err != nil {
				t.Fatal(err)
			}
			said++
		}
		p.kill()
		ann.Close()
		again = indexed(t, file, sid) == said
	}
	if !soon(func() bool {
		p.start()
		if err := p.terminate(); err != nil {
			t.Fatal(err)
		}
		return indexed(t, file, sid) == said
	}) {
		t.Errorf("only %d of %d are in the index", indexed(t, file, sid), said)
	}
}

// indexed is how much of a conversation the index finds, by itself.
func indexed(t *testing.T, file, sid string) int {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: file})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close() //nolint:errcheck // read only
	services, err := store.Services(t.Context())
	if err != nil || len(services) == 0 {
		t.Fatal(services, err)
	}
	terms, err := hub.ParseSearch(strings.ToUpper(`"green tea"`))
	if err != nil {
		t.Fatal(err)
	}
	page, err := store.Search(t.Context(), hub.Viewer{Service: services[0].SID}, hub.SearchQuery{
		Terms: terms, Conversation: hub.ConversationRef(sid), Limit: 1000,
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Messages)
}
