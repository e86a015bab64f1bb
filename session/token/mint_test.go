package token_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/session/token"
)

// parts decodes the header and the payload of a token.
func parts(t *testing.T, raw string) (header, claims object) {
	t.Helper()
	segments := strings.Split(raw, ".")
	for i, into := range []*object{&header, &claims} {
		if err := json.Unmarshal(must(base64.RawURLEncoding.DecodeString(segments[i])), into); err != nil {
			t.Fatal(err)
		}
	}
	return header, claims
}

// TestMintLayout holds a minted token to what npm twilio 6.2.0 writes, member by member.
func TestMintLayout(t *testing.T) {
	now := time.Unix(1700000000, 999)
	raw, err := token.Mint(keySID, secret, account, "zoë", service, 20*time.Minute, now)
	if err != nil {
		t.Fatal(err)
	}
	header, claims := parts(t, raw)
	if want := twilioHeader(); !reflect.DeepEqual(header, want) {
		t.Errorf("header %v, want %v", header, want)
	}
	want := object{
		"jti": keySID + "-1700000000", "iss": keySID, "sub": account, "iat": 1700000000., "exp": 1700001200.,
		"grants": object{"identity": "zoë", "chat": object{"service_sid": service}},
	}
	if !reflect.DeepEqual(claims, want) {
		t.Errorf("claims %v, want %v", claims, want)
	}
}

func TestMintDefaults(t *testing.T) {
	raw, err := token.Mint(keySID, secret, account, "a", "", 0, time.Unix(1700000000, 0))
	if err != nil {
		t.Fatal(err)
	}
	_, claims := parts(t, raw)
	if claims["exp"] != 1700003600. || !reflect.DeepEqual(claims["grants"], object{"identity": "a", "chat": object{}}) {
		t.Errorf("claims %v", claims)
	}
}

func TestMintVerifies(t *testing.T) {
	v := newVerifier(t, apiKeyConfig())
	for _, ttl := range []time.Duration{0, time.Second * 5, token.MaxLifetime} {
		raw, err := token.Mint(keySID, secret, account, "alice", service, ttl, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if c, err := v.Verify(raw); err != nil || c.Identity != "alice" || c.ServiceSID != service {
			t.Errorf("ttl %s: claims %+v, error %v", ttl, c, err)
		}
	}
}

func TestMintRefuses(t *testing.T) {
	for _, tt := range []struct {
		name                           string
		key, secret, account, identity string
		service                        string
		ttl                            time.Duration
		code                           int
	}{
		{name: "no key", secret: secret, account: account, identity: "a", code: token.CodeRefused},
		{name: "no secret", key: keySID, account: account, identity: "a", code: token.CodeRefused},
		{name: "no account", key: keySID, secret: secret, identity: "a", code: token.CodeRefused},
		{name: "no identity", key: keySID, secret: secret, account: account, code: token.CodeRefused},
		{name: "not UTF-8", key: keySID, secret: secret, account: account, identity: "\xff", code: token.CodeRefused},
		{name: "negative", key: keySID, secret: secret, account: account, identity: "a", ttl: -1, code: token.CodeRefused},
		{name: "under a second", key: keySID, secret: secret, account: account, identity: "a", ttl: 1, code: token.CodeRefused},
		{name: "over a day", key: keySID, secret: secret, account: account, identity: "a", ttl: 25 * time.Hour, code: token.CodeLifetime},
		{name: "too long", key: keySID, secret: secret, account: account, identity: "a", service: strings.Repeat("x", 8192), code: token.CodeRefused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw, err := token.Mint(tt.key, tt.secret, tt.account, tt.identity, tt.service, tt.ttl, time.Now())
			var refused *token.Error
			if raw != "" || !errors.As(err, &refused) || refused.Code != tt.code {
				t.Errorf("token %q, error %v", raw, err)
			}
		})
	}
}
