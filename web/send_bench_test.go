package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"parley/web"
	"parley/web/frametest"
)

// BenchmarkSend: one frame of 300 bytes to a peer that reads, by us and by the library.
func BenchmarkSend(b *testing.B) {
	b.Run("ours", func(b *testing.B) {
		c, peer := own(b, web.Config{})
		peer.Meanwhile(func() { _, _ = io.Copy(io.Discard, peer.Conn) })
		defer c.Abort()
		f := frame(strings.Repeat("x", 300))
		b.ReportAllocs()
		for b.Loop() {
			if err := say(c, f); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		ws, peer := libraryPair(b)
		peer.Meanwhile(func() { _, _ = io.Copy(io.Discard, peer.Conn) })
		defer func() { _ = ws.CloseNow() }()
		p := []byte(strings.Repeat("x", 300))
		b.ReportAllocs()
		for b.Loop() {
			if err := ws.Write(context.Background(), websocket.MessageText, p); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// libraryPair is the library's own side of a websocket, and its peer.
func libraryPair(b *testing.B) (*websocket.Conn, *frametest.Client) {
	b.Helper()
	took := make(chan *websocket.Conn, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			b.Error(err)
			return
		}
		took <- ws
	}))
	b.Cleanup(s.Close)
	peer := frametest.Connect(b, s.Listener.Addr().String())
	return <-took, peer
}
