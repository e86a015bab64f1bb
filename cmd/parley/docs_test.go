package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestDocsAreServed: a server tells of its interfaces to whoever can reach it.
func TestDocsAreServed(t *testing.T) {
	s := startFor(t, &transcript{name: "docs"})
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	for path, want := range map[string]string{
		"/docs": "<h1>Parley</h1>", "/docs/rest": "CreateConversation", "/docs/websocket": "message.send",
		"/docs/style.css": "color-scheme", "/docs/openapi.json": `"3.1.0"`, "/docs/asyncapi.json": `"3.0.0"`,
	} {
		resp, err := client.Get(s.url() + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(text), want) {
			t.Errorf("%s: %d %v", path, resp.StatusCode, err)
		}
	}
}
