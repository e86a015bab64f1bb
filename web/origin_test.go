package web_test

import (
	"net/http"
	"testing"

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
