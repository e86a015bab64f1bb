package web_test

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"parley/hub"
	"parley/session"
	"parley/session/token"
	"parley/session/wire"
	"parley/store/sqlite"
	"parley/web"
	"parley/web/frametest"
)

const (
	account = "AC00000000000000000000000000000001"
	key     = "SK00000000000000000000000000000001"
	secret  = "0123456789abcdef0123456789abcdef"
)

// whole starts real sessions on a real hub and gives a token for them.
func whole(t *testing.T) (*session.Server, string) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "parley.db")})
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(hub.Config{Store: store, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits()})
	service, roles := hub.NewService("tests", time.Now().UTC().Truncate(time.Millisecond))
	if _, err := h.Do(t.Context(), hub.Actor{Service: service.SID}, &hub.PutService{Service: service, Roles: roles}); err != nil {
		t.Fatal(err)
	}
	verifier, err := token.New(t.Context(), token.Config{AccountSID: account, APIKeys: map[string]string{key: secret}})
	if err != nil {
		t.Fatal(err)
	}
	sessions := session.NewServer(session.Config{Hub: h, Verify: verifier.Verify, Service: service.SID, HubName: "hub-1"})
	t.Cleanup(func() {
		sessions.Close()
		h.Close()
		_ = store.Close()
		verifier.Close()
	})
	jwt, err := token.Mint(key, secret, account, "ann", "", time.Hour, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return sessions, jwt
}

// TestRawFramesOfSessions judges the whole way, from the socket to the session, by its frames.
func TestRawFramesOfSessions(t *testing.T) {
	sessions, jwt := whole(t)
	_, addr := serve(t, web.Config{Sessions: sessions})
	frametest.Run(t, frametest.Target{
		Connect: func(tb testing.TB) *frametest.Client {
			tb.Helper()
			c := frametest.Connect(tb, addr)
			c.Send(frametest.Frame{Opcode: frametest.Text, Payload: []byte(
				`{"jsonrpc":"2.0","id":0,"method":"connect","params":{"token":"` + jwt + `"}}`)})
			if f := c.Next(); !bytes.Contains(f.Payload, []byte(`"id":0,"result"`)) {
				tb.Fatalf("connect: %s", f.Payload)
			}
			return c
		},
		Message: func(n int) []byte {
			request := []byte(`{"jsonrpc":"2.0","id":1,"method":"ping"}`)
			return append(request, bytes.Repeat([]byte(" "), n-len(request))...)
		},
		Answers: func(_, got []byte) bool { return bytes.Contains(got, []byte(`"id":1,"result":{}`)) },
		Limit:   256 << 10,
	})
}
