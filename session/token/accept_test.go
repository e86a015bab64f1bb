package token_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/session/token"
)

func TestVerifyAccepts(t *testing.T) {
	v, now := newVerifierAt(t, time.Now())
	in := func(d time.Duration) int64 { return now.Add(d).Unix() }
	grants := func(g object) object { return object{"grants": g} }
	long := strings.Repeat("é", token.MaxIdentity)
	tests := []struct {
		name                    string
		header, claims          object
		identity, service, push string
	}{
		{name: "as the Node library writes it", identity: "alice", service: service},
		{name: "as the Python library does", claims: object{"iat": nil, "nbf": in(0)}, identity: "alice", service: service},
		{name: "as the PHP library does", claims: object{"iat": nil}, identity: "alice", service: service},
		{name: "HS384", header: object{"alg": "HS384"}, identity: "alice", service: service},
		{name: "HS512", header: object{"alg": "HS512"}, identity: "alice", service: service},
		{name: "with a region", header: object{"twr": "ie1"}, identity: "alice", service: service},
		{name: "without cty and typ", header: object{"cty": nil, "typ": nil}, identity: "alice", service: service},
		{name: "kid is a path, and is nothing", header: object{"kid": "../../etc/passwd"}, identity: "alice", service: service},
		{name: "all of 24 h", claims: object{"exp": in(token.MaxLifetime)}, identity: "alice", service: service},
		{name: "nbf and iat in 4 s", claims: object{"nbf": in(4 * time.Second), "iat": in(4 * time.Second)}, identity: "alice", service: service},
		{name: "times with fractions", claims: object{"iat": float64(in(0)) + .25}, identity: "alice", service: service},
		{name: "identity a number", claims: grants(object{"identity": 42}), identity: "42"},
		{name: "identity of 256", claims: grants(object{"identity": long}), identity: long},
		{name: "without a chat grant", claims: grants(object{"identity": "bob"}), identity: "bob"},
		{name: "empty chat grant", claims: grants(object{"identity": "bob", "chat": object{}}), identity: "bob"},
		{
			name: "ip_messaging", claims: grants(object{"identity": "bob", "ip_messaging": object{"service_sid": service}}),
			identity: "bob", service: service,
		},
		{
			name: "everything", identity: "bob", service: service, push: "CR1",
			claims: grants(object{
				"identity": "bob", "video": object{"room": "r"},
				"chat": object{
					"service_sid": service, "push_credential_sid": "CR1", "endpoint_id": "e", "deployment_role_sid": "RL1",
				},
			}),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := signed(t, with(twilioHeader(), tt.header), with(twilioClaims(now), tt.claims), []byte(secret))
			c, err := v.Verify(raw)
			if err != nil {
				t.Fatal(err)
			}
			if c.Identity != tt.identity || c.ServiceSID != tt.service || c.PushCredentialSID != tt.push || c.Issuer != keySID {
				t.Errorf("claims %+v", c)
			}
		})
	}
}

// TestVerifyReadsTimes checks the times and the id of a token to the second, and that exp has no leeway.
func TestVerifyReadsTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, now := newVerifier(t, apiKeyConfig()), time.Now()
		raw := signed(t, twilioHeader(), twilioClaims(now), []byte(secret))
		c, err := v.Verify(raw)
		if err != nil {
			t.Fatal(err)
		}
		if !c.IssuedAt.Equal(now) || !c.ExpiresAt.Equal(now.Add(time.Hour)) || c.ID != keySID+"-1700000000" {
			t.Errorf("claims %+v", c)
		}
		pass(time.Hour - time.Nanosecond)
		if _, err := v.Verify(raw); err != nil {
			t.Errorf("a nanosecond before exp: %v", err)
		}
		pass(time.Nanosecond)
		_, err = v.Verify(raw)
		checkRefused(t, raw, err, token.CodeExpired, "expired")
	})
}

// TestVerifySeveralKeys checks each token with the secret of its own key only.
func TestVerifySeveralKeys(t *testing.T) {
	cfg := apiKeyConfig()
	cfg.APIKeys["SK2"] = "another secret"
	v := newVerifier(t, cfg)
	cfg.APIKeys["SK3"] = "added to the map later, which is not the Verifier's"
	for _, tt := range []struct {
		key, secret string
		ok          bool
	}{
		{keySID, secret, true},
		{"SK2", "another secret", true},
		{"SK2", secret, false},
		{keySID, "another secret", false},
		{"SK3", cfg.APIKeys["SK3"], false},
	} {
		raw, err := token.Mint(tt.key, tt.secret, account, "alice", "", 0, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.Verify(raw); (err == nil) != tt.ok {
			t.Errorf("%s with %q: %v", tt.key, tt.secret, err)
		}
	}
}
