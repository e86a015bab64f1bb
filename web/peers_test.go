package web_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"

	"parley/web"
)

// spoken is what a peer says and must hear again.
var spoken = []string{"", "short", strings.Repeat("µ", 200), strings.Repeat("long ", 12_000), noise(echoLimit)}

// TestPeers: clients that others wrote understand us, plain, encrypted and compressed.
func TestPeers(t *testing.T) {
	secure := selfSigned(t)
	for name, cfg := range map[string]web.Config{
		"plain": {}, "TLS": {TLS: secure}, "compressed": compressing,
		"TLS compressed": {TLS: secure, Transport: compressing.Transport},
	} {
		t.Run("coder "+name, func(t *testing.T) { coderPeer(t, cfg) })
		t.Run("gorilla "+name, func(t *testing.T) { gorillaPeer(t, cfg) })
	}
}

// address serves cfg, and gives the URL and how to trust it.
func address(t *testing.T, cfg web.Config) (string, *tls.Config) {
	t.Helper()
	_, addr := serve(t, cfg)
	if cfg.CertFile == "" {
		return "ws://" + addr + "/v1/ws", nil
	}
	return "wss://" + addr + "/v1/ws", trusting(t, cfg.CertFile)
}

func coderPeer(t *testing.T, cfg web.Config) {
	t.Helper()
	url, trust := address(t, cfg)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	transport := &http.Transport{TLSClientConfig: trust}
	defer transport.CloseIdleConnections()
	ws, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{ //nolint:bodyclose // the library says: never
		HTTPClient:      &http.Client{Transport: transport},
		Subprotocols:    []string{web.Subprotocol},
		CompressionMode: websocket.CompressionContextTakeover,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(1 << 20)
	for _, text := range spoken {
		if err := ws.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if _, got, err := ws.Read(ctx); err != nil || string(got) != text {
			t.Fatalf("%d bytes came back as %d: %v", len(text), len(got), err)
		}
	}
	ws.CloseRead(ctx)
	if err := ws.Ping(ctx); err != nil {
		t.Error(err)
	}
	if err := ws.Close(websocket.StatusNormalClosure, "done"); err != nil {
		t.Error(err)
	}
}

func gorillaPeer(t *testing.T, cfg web.Config) {
	t.Helper()
	url, trust := address(t, cfg)
	dialer := gorilla.Dialer{TLSClientConfig: trust, EnableCompression: true, Subprotocols: []string{web.Subprotocol}}
	ws, answer, err := dialer.DialContext(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.Close() }()
	_ = answer.Body.Close()
	_ = ws.SetReadDeadline(time.Now().Add(time.Minute))
	pongs := 0
	ws.SetPongHandler(func(string) error { pongs++; return nil })
	for _, text := range spoken {
		if err := ws.WriteControl(gorilla.PingMessage, []byte("?"), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if err := ws.WriteMessage(gorilla.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if _, got, err := ws.ReadMessage(); err != nil || string(got) != text {
			t.Fatalf("%d bytes came back as %d: %v", len(text), len(got), err)
		}
	}
	if pongs != len(spoken) {
		t.Errorf("%d pongs for %d pings", pongs, len(spoken))
	}
	bye := gorilla.FormatCloseMessage(gorilla.CloseNormalClosure, "done")
	if err := ws.WriteControl(gorilla.CloseMessage, bye, time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ws.ReadMessage(); !gorilla.IsCloseError(err, gorilla.CloseNormalClosure) {
		t.Error(err)
	}
}
