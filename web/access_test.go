package web_test

import (
	"net/http"
	"strings"
	"testing"

	"parley/session"
	"parley/web"
	"parley/web/frametest"
)

// status asks for a websocket and tells how it was answered.
func status(t *testing.T, addr string, headers ...string) int {
	t.Helper()
	c, answer := frametest.Request(t, addr, headers...)
	_ = c.Close()
	return answer.Code
}

const (
	in  = http.StatusSwitchingProtocols
	out = http.StatusForbidden
)

// TestSameOrigin: without a list, pages of the server itself may connect, and nobody else's. The request goes to
// http://parley.test.
func TestSameOrigin(t *testing.T) {
	_, addr := serve(t, web.Config{})
	for _, tc := range []struct {
		origin string
		want   int
	}{
		{"http://parley.test", in},
		{"http://parley.test:80", in},
		{"HTTP://Parley.Test", in}, // one and the same name
		{"https://parley.test", out},
		{"http://parley.test:8080", out},
		{"http://parley.test:443", out},
		{"http://evil.test", out},
		{"http://parley.test.evil.test", out},
		{"http://evilparley.test", out},
		{"http://parley.test@evil.test", out},
		{"http://evil.test@parley.test", out},
		{"http://user:pass@parley.test", out},
		{"http://parley.test/", out},
		{"http://parley.test/path", out},
		{"http://parley.test?", out},
		{"http://parley.test#", out},
		{"http://parley.test:", out},
		{"http://parley%2etest", out},
		{"http://parley.test%00.evil.test", out},
		{`http://parley.test\.evil.test`, out},
		{"http://pаrley.test", out},      // a Cyrillic letter
		{"http://par\u212aey.test", out}, // KELVIN SIGN, which folds to k
		{"http://xn--prley-3ve.test", out},
		{"null", out},
		{"NULL", out},
		{"", out},
		{"parley.test", out},
		{"//parley.test", out},
		{"http:parley.test", out},
		{"http://", out},
		{"://parley.test", out},
		{"file://", out},
		{"javascript://parley.test", out},
		{"http://parley.test http://evil.test", out},
		{"http://parley.test, http://evil.test", out},
	} {
		if got := status(t, addr, "Origin: "+tc.origin); got != tc.want {
			t.Errorf("Origin %q: %d, want %d", tc.origin, got, tc.want)
		}
	}
	if got := status(t, addr); got != in {
		t.Errorf("no Origin: %d", got)
	}
	if got := status(t, addr, "Origin: http://parley.test", "origin: http://parley.test"); got != out {
		t.Errorf("two Origins: %d", got)
	}
}

// TestSelf: what the server's own origin is depends on port and name it was asked under.
func TestSelf(t *testing.T) {
	_, addr := serve(t, web.Config{})
	for _, tc := range []struct {
		host, origin string
		want         int
	}{
		{"parley.test:8080", "http://parley.test:8080", in},
		{"parley.test:8080", "http://parley.test", out},
		{"parley.test:80", "http://parley.test", in},
		{"parley.test:443", "http://parley.test", out},
		{"[::1]:8080", "http://[::1]:8080", in},
		{"[::1]", "http://[::1]", in},
		{"[::1]", "http://[::2]", out},
		{"127.0.0.1", "http://127.0.0.1", in},
		{"127.0.0.1", "http://localhost", out},
	} {
		if got := status(t, addr, "Host: "+tc.host, "Origin: "+tc.origin); got != tc.want {
			t.Errorf("Host %q, Origin %q: %d, want %d", tc.host, tc.origin, got, tc.want)
		}
	}
}

// TestAllowedOrigins: a list takes the place of the server's own origin.
func TestAllowedOrigins(t *testing.T) {
	_, addr := serve(t, web.Config{Access: web.Access{
		AllowOrigins: []string{"https://App.example:443", "http://localhost:3000", "capacitor://localhost"},
	}})
	for _, tc := range []struct {
		origin string
		want   int
	}{
		{"https://app.example", in},
		{"https://app.example:443", in},
		{"http://app.example", out},
		{"https://app.example:444", out},
		{"https://sub.app.example", out},
		{"http://localhost:3000", in},
		{"http://localhost", out},
		{"capacitor://localhost", in},
		{"http://parley.test", out},
		{"null", out},
	} {
		if got := status(t, addr, "Origin: "+tc.origin); got != tc.want {
			t.Errorf("Origin %q: %d, want %d", tc.origin, got, tc.want)
		}
	}
}

// TestEncodedPath: no spelling of the path gets past the check.
func TestEncodedPath(t *testing.T) {
	_, addr := serve(t, web.Config{})
	for _, path := range []string{"/v1/%77s", "/%761/ws", "/v1//ws", "/v1/./ws", "/v1/x/../ws", "/v1/ws/", "/V1/WS", "/v1%2fws"} {
		if got := status(t, addr, path, "Origin: http://evil.test"); got == in {
			t.Errorf("%s lets a foreign origin in", path)
		}
	}
	if got := status(t, addr, "/v1/%77s", "Origin: http://evil.test"); got != out {
		t.Errorf("an encoded path: %d", got)
	}
}

func TestHosts(t *testing.T) {
	_, addr := serve(t, web.Config{Access: web.Access{AllowHosts: []string{"parley.test", "[::1]", "other.test:8443"}}})
	for _, tc := range []struct {
		host string
		want int
	}{
		{"parley.test", in},
		{"PARLEY.test", in},
		{"parley.test:9000", in},
		{"[::1]", in},
		{"[::1]:9000", in},
		{"other.test:8443", in},
		{"other.test", out},
		{"other.test:80", out},
		{"evil.test", out},
		{"parley.test.evil.test", out},
		{"parley.test.", out},
		{"127.0.0.1", out},
		{"", out},
	} {
		if got := status(t, addr, "Host: "+tc.host); got != tc.want {
			t.Errorf("Host %q: %d, want %d", tc.host, got, tc.want)
		}
	}
	if got := status(t, addr, "/healthz", "Host: 10.0.0.7:8080"); got != http.StatusOK {
		t.Errorf("health by address: %d", got)
	}
	if got := status(t, addr, "/v1/ws", "Host: evil.test", "X-Forwarded-Host: parley.test"); got != out {
		t.Errorf("a name that a stranger forwards: %d", got)
	}
}

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

// TestProxies: who a trusted proxy says it is and asked for, and what a stranger may claim. Requests come from
// 127.0.0.1.
func TestProxies(t *testing.T) {
	inner := web.Access{TrustedProxies: []string{"127.0.0.0/8", "10.0.0.0/8", "fd00::1"}}
	for name, tc := range map[string]struct {
		access  web.Access
		headers []string
		want    int
		peer    string
	}{
		"nobody trusted":        {web.Access{}, []string{"X-Forwarded-For: 1.2.3.4"}, in, "127.0.0.1"},
		"no header":             {inner, nil, in, "127.0.0.1"},
		"one hop":               {inner, []string{"X-Forwarded-For: 1.2.3.4"}, in, "1.2.3.4"},
		"with port":             {inner, []string{"X-Forwarded-For: 1.2.3.4:555"}, in, "1.2.3.4"},
		"IPv6":                  {inner, []string{"X-Forwarded-For: 2001:db8::7"}, in, "2001:db8::7"},
		"IPv6 with port":        {inner, []string{"X-Forwarded-For: [2001:db8::7]:1"}, in, "2001:db8::7"},
		"mapped":                {inner, []string{"X-Forwarded-For: ::ffff:1.2.3.4"}, in, "1.2.3.4"},
		"two hops":              {inner, []string{"X-Forwarded-For: 1.2.3.4, 10.1.1.1"}, in, "1.2.3.4"},
		"two lines":             {inner, []string{"X-Forwarded-For: 1.2.3.4", "x-forwarded-for: fd00::1"}, in, "1.2.3.4"},
		"forged by the client":  {inner, []string{"X-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.1.1.1"}, in, "1.2.3.4"},
		"all trusted":           {inner, []string{"X-Forwarded-For: 10.2.2.2, 10.1.1.1"}, in, "10.2.2.2"},
		"rubbish":               {inner, []string{"X-Forwarded-For: 1.2.3.4, nonsense"}, in, "127.0.0.1"},
		"rubbish further back":  {inner, []string{"X-Forwarded-For: nonsense, 10.1.1.1"}, in, "10.1.1.1"},
		"TLS at the proxy":      {inner, []string{"X-Forwarded-Proto: https", "Origin: https://parley.test"}, in, "127.0.0.1"},
		"plain at the proxy":    {inner, []string{"X-Forwarded-Proto: http", "Origin: https://parley.test"}, out, ""},
		"TLS, untrusted":        {web.Access{}, []string{"X-Forwarded-Proto: https", "Origin: https://parley.test"}, out, ""},
		"odd scheme":            {inner, []string{"X-Forwarded-Proto: gopher", "Origin: gopher://parley.test"}, out, ""},
		"scheme of each hop":    {inner, []string{"X-Forwarded-For: 1.2.3.4, 10.1.1.1", "X-Forwarded-Proto: https, http", "Origin: https://parley.test"}, in, "1.2.3.4"},
		"scheme of the last":    {inner, []string{"X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: http, https", "Origin: https://parley.test"}, in, "1.2.3.4"},
		"host at the proxy":     {inner, []string{"X-Forwarded-Host: chat.example", "Origin: http://chat.example"}, in, "127.0.0.1"},
		"host, inner name":      {inner, []string{"X-Forwarded-Host: chat.example", "Origin: http://parley.test"}, out, ""},
		"host, untrusted":       {web.Access{}, []string{"X-Forwarded-Host: chat.example", "Origin: http://chat.example"}, out, ""},
		"host list at the edge": {web.Access{TrustedProxies: inner.TrustedProxies, AllowHosts: []string{"chat.example"}}, []string{"X-Forwarded-Host: chat.example"}, in, "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			peers := make(chan session.Peer, 1)
			_, addr := serve(t, web.Config{Sessions: &echo{peers: peers}, Access: tc.access})
			headers := append([]string{"User-Agent: peer/1"}, tc.headers...)
			if got := status(t, addr, headers...); got != tc.want {
				t.Fatalf("%d, want %d", got, tc.want)
			}
			if tc.want != in {
				return
			}
			if peer := <-peers; peer.Addr != tc.peer || peer.UserAgent != "peer/1" {
				t.Errorf("peer %+v, want %s", peer, tc.peer)
			}
		})
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
