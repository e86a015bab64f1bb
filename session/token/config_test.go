package token_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/session/token"
)

func TestNewRefuses(t *testing.T) {
	const url = "https://id.example.com/keys"
	keys := func(sid, secret string) map[string]string { return map[string]string{sid: secret} }
	tests := []struct {
		name string
		cfg  token.Config
		text string
	}{
		{"nothing", token.Config{}, "neither"},
		{"no account", token.Config{APIKeys: keys(keySID, secret)}, "account SID"},
		{"key of another kind", token.Config{AccountSID: account, APIKeys: keys(account, secret)}, "begin with SK"},
		{"empty secret", token.Config{AccountSID: account, APIKeys: keys(keySID, "")}, keySID},
		{"issuer alone", apiKeyAnd(func(c *token.Config) { c.Issuer = issuer }), "without a JWKS URL"},
		{"audience alone", apiKeyAnd(func(c *token.Config) { c.Audience = "a" }), "without a JWKS URL"},
		{"no issuer", token.Config{JWKS: url, Audience: "a"}, "issuer and an audience"},
		{"no audience", token.Config{JWKS: url, Issuer: issuer}, "issuer and an audience"},
		{"a file", token.Config{JWKS: "file:///etc/passwd", Issuer: issuer, Audience: "a"}, "http or https"},
		{"no URL", token.Config{JWKS: "://", Issuer: issuer, Audience: "a"}, "http or https"},
		{"issuer is a key", apiKeyAnd(func(c *token.Config) { c.JWKS, c.Issuer, c.Audience = url, keySID, "a" }), "unambiguous"},
		{"refresh too often", token.Config{JWKS: url, Issuer: issuer, Audience: "a", KeysRefresh: time.Second}, "30s"},
		{"age under refresh", token.Config{JWKS: url, Issuer: issuer, Audience: "a", KeysMaxAge: time.Minute}, "as long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := token.New(t.Context(), tt.cfg)
			if err == nil {
				v.Close()
				t.Fatal("accepted")
			}
			text := err.Error()
			if !strings.Contains(text, tt.text) || strings.Contains(text, "\n") || strings.Contains(text, secret) {
				t.Errorf("%q, want one line with %q", text, tt.text)
			}
		})
	}
}

// apiKeyAnd is a configuration with an API key and something more.
func apiKeyAnd(change func(*token.Config)) token.Config {
	cfg := apiKeyConfig()
	change(&cfg)
	return cfg
}

// TestRedirects follows one on the way to the keys, but no circle.
func TestRedirects(t *testing.T) {
	s := newKeyServer(t, public(t, "k", edKey(), nil))
	there := httptest.NewServer(http.RedirectHandler(s.url, http.StatusFound))
	defer there.Close()
	cfg := s.config()
	cfg.JWKS = there.URL
	v := newVerifier(t, cfg)
	if _, err := v.Verify(issued(t, "EdDSA", "k", edKey(), nil, nil)); err != nil {
		t.Error(err)
	}
	circle := httptest.NewServer(http.RedirectHandler("/", http.StatusFound))
	defer circle.Close()
	cfg.JWKS = circle.URL
	v = newVerifier(t, cfg)
	raw := issued(t, "EdDSA", "k", edKey(), nil, nil)
	_, err := v.Verify(raw)
	checkRefused(t, raw, err, token.CodeRefused, "not at hand")
}

// TestRedirectAwayFromHTTPS keeps the protection that the configured URL has.
func TestRedirectAwayFromHTTPS(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		ok       bool
	}{
		{"https://id.example.com/", "https://keys.example.com/", true},
		{"http://id.example.com/", "https://id.example.com/", true},
		{"http://id.example.com/", "http://keys.example.com/", true},
		{"https://id.example.com/", "http://id.example.com/", false},
	} {
		from := httptest.NewRequest(http.MethodGet, tt.from, nil)
		to := httptest.NewRequest(http.MethodGet, tt.to, nil)
		if err := token.CheckRedirect(to, []*http.Request{from}); (err == nil) != tt.ok {
			t.Errorf("%s to %s: %v", tt.from, tt.to, err)
		}
	}
}
