package web_test

import (
	"net/http"
	"strings"
	"testing"

	"parley/web"
	"parley/web/frametest"
)

func TestSubprotocols(t *testing.T) {
	_, addr := serve(t, web.Config{})
	for _, tc := range []struct {
		offered []string
		want    int
		chosen  string
	}{
		{nil, in, ""},
		{[]string{"parley.v1.json"}, in, "parley.v1.json"},
		{[]string{"parley.v2.json, parley.v1.json"}, in, "parley.v1.json"},
		{[]string{" parley.v1.json ,x"}, in, "parley.v1.json"},
		{[]string{"parley.v2.json"}, http.StatusBadRequest, ""},
		{[]string{"graphql-ws, chat"}, http.StatusBadRequest, ""},
		{[]string{"PARLEY.V1.JSON"}, http.StatusBadRequest, ""},
		{[]string{""}, http.StatusBadRequest, ""},
	} {
		var headers []string
		for _, offered := range tc.offered {
			headers = append(headers, "Sec-WebSocket-Protocol: "+offered)
		}
		_, answer := frametest.Request(t, addr, headers...)
		if got := answer.Header.Get("Sec-WebSocket-Protocol"); answer.Code != tc.want || got != tc.chosen {
			t.Errorf("%q: %d %q, want %d %q", tc.offered, answer.Code, got, tc.want, tc.chosen)
		}
	}
}

// TestNoUpgrade: what is not a websocket's request is refused with the status that says so.
func TestNoUpgrade(t *testing.T) {
	_, addr := serve(t, web.Config{})
	for _, tc := range []struct {
		header string
		want   int
	}{
		{"Upgrade: h2c", http.StatusUpgradeRequired},
		{"Connection: close", http.StatusUpgradeRequired},
		{"Sec-WebSocket-Version: 8", http.StatusBadRequest},
		{"Sec-WebSocket-Key: short", http.StatusBadRequest},
		{"/v1/other", http.StatusNotFound},
	} {
		if got := status(t, addr, tc.header); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.header, got, tc.want)
		}
	}
	answer, err := http.Post("http://"+addr+"/v1/ws", "", strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", answer.StatusCode)
	}
}

func TestBadAccess(t *testing.T) {
	for name, access := range map[string]web.Access{
		"origin without scheme": {AllowOrigins: []string{"app.example"}},
		"origin with path":      {AllowOrigins: []string{"https://app.example/"}},
		"any origin":            {AllowOrigins: []string{"*"}},
		"null":                  {AllowOrigins: []string{"null"}},
		"host with scheme":      {AllowHosts: []string{"https://app.example"}},
		"no host":               {AllowHosts: []string{""}},
		"proxy by name":         {TrustedProxies: []string{"nginx"}},
		"bad network":           {TrustedProxies: []string{"10.0.0.0/33"}},
	} {
		if _, err := web.New(web.Config{Sessions: &echo{}, Access: access}); err == nil {
			t.Errorf("%s: started", name)
		}
	}
}
