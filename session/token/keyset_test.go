package token_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"parley/session/token"
)

func TestVerifyJWKS(t *testing.T) {
	p384 := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	weak := must(rsa.GenerateKey(rand.Reader, 1024))
	s := newKeyServer(t,
		object{"kty": "new", "kid": "from the future"},
		object{"kty": "RSA", "kid": "broken", "n": "?", "e": 7},
		object{"kty": "oct", "kid": "oct", "k": "AAAA"},
		public(t, "rsa", rsaKey(), object{"use": "sig"}), public(t, "ec", ecKey(), nil),
		public(t, "ed", edKey(), nil), public(t, "p384", p384, nil), public(t, "weak", weak, nil),
		public(t, "rs256", rsaKey(), object{"alg": "RS256", "key_ops": []string{"verify"}}),
		public(t, "enc", rsaKey(), object{"use": "enc"}), public(t, "wrap", rsaKey(), object{"key_ops": []string{"wrapKey"}}))
	v := newVerifier(t, s.config())
	pemKey := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(rsaKey().Public()))})
	tests := []struct {
		name           string
		alg, kid       string
		key            any
		header, claims object
		identity, text string
	}{
		{name: "RS256", alg: "RS256", kid: "rsa", key: rsaKey(), identity: "alice"},
		{name: "RS512", alg: "RS512", kid: "rsa", key: rsaKey(), identity: "alice"},
		{name: "PS384", alg: "PS384", kid: "rsa", key: rsaKey(), identity: "alice"},
		{name: "ES256", alg: "ES256", kid: "ec", key: ecKey(), identity: "alice"},
		{name: "ES384", alg: "ES384", kid: "p384", key: p384, identity: "alice"},
		{name: "EdDSA", alg: "EdDSA", kid: "ed", key: edKey(), identity: "alice"},
		{name: "alg declared", alg: "RS256", kid: "rs256", key: rsaKey(), identity: "alice"},
		{name: "several audiences", alg: "EdDSA", kid: "ed", key: edKey(), claims: object{"aud": []string{"x", "parley"}}, identity: "alice"},
		{name: "grants first", alg: "EdDSA", kid: "ed", key: edKey(), claims: object{"grants": object{"identity": "bob"}}, identity: "bob"},
		{name: "sub a number", alg: "EdDSA", kid: "ed", key: edKey(), claims: object{"sub": 7}, identity: "7"},
		{name: "a certificate's thumbprint", alg: "EdDSA", kid: "ed", key: edKey(), header: object{"x5t": "AA"}, identity: "alice"},
		{name: "API key beside", alg: "HS256", key: []byte(secret), claims: object{"iss": keySID, "sub": account, "exp": time.Now().Unix() + 60, "grants": object{"identity": "a"}}, identity: "a"},

		{name: "alg not the declared one", alg: "PS256", kid: "rs256", key: rsaKey(), text: "algorithm"},
		{name: "HS256 with the public key", alg: "HS256", kid: "rsa", key: pemKey, text: "algorithm"},
		{name: "HS256 with a key of the set", alg: "HS256", kid: "oct", key: []byte{0, 0, 0}, text: "unknown key"},
		{name: "HS256 with the API key's secret", alg: "HS256", kid: "rsa", key: []byte(secret), text: "algorithm"},
		{name: "none", alg: "none", kid: "rsa", key: jwt.UnsafeAllowNoneSignatureType, text: "signature"},
		{name: "RS256 as an API key", alg: "RS256", kid: "rsa", key: rsaKey(), claims: object{"iss": keySID, "sub": account}, text: "HS256"},
		{name: "ES256 for an RSA key", alg: "ES256", kid: "rsa", key: ecKey(), text: "algorithm"},
		{name: "ES256 for another curve", alg: "ES256", kid: "p384", key: ecKey(), text: "algorithm"},
		{name: "RSA of 1024 bits", alg: "RS256", kid: "weak", key: weak, text: "algorithm"},
		{name: "key of another", alg: "RS256", kid: "rsa", key: must(rsa.GenerateKey(rand.Reader, 2048)), text: "signature"},
		{name: "key for encryption", alg: "RS256", kid: "enc", key: rsaKey(), text: "unknown key"},
		{name: "key for wrapping", alg: "RS256", kid: "wrap", key: rsaKey(), text: "unknown key"},
		{name: "kid a path", alg: "RS256", kid: "../../dev/null", key: rsaKey(), text: "unknown key"},
		{name: "kid missing", alg: "RS256", key: rsaKey(), header: object{"kid": nil}, text: "kid"},
		{name: "kid a number", alg: "RS256", key: rsaKey(), header: object{"kid": 1}, text: "kid"},
		{name: "jku", alg: "RS256", kid: "rsa", key: rsaKey(), header: object{"jku": s.url}, text: "jku"},
		{name: "aud missing", alg: "RS256", kid: "rsa", key: rsaKey(), claims: object{"aud": nil}, text: "audience"},
		{name: "aud of another", alg: "RS256", kid: "rsa", key: rsaKey(), claims: object{"aud": "parley2"}, text: "audience"},
		{name: "iss of another", alg: "RS256", kid: "rsa", key: rsaKey(), claims: object{"iss": issuer + "x"}, text: "issuer"},
		{name: "exp missing", alg: "RS256", kid: "rsa", key: rsaKey(), claims: object{"exp": nil}, text: "exp"},
		{name: "nbf in a minute", alg: "RS256", kid: "rsa", key: rsaKey(), claims: object{"nbf": time.Now().Unix() + 60}, text: "nbf"},
		{name: "identity missing", alg: "RS256", kid: "rsa", key: rsaKey(), claims: object{"sub": nil}, text: "identity"},
		{name: "identity of grants wrong", alg: "RS256", kid: "rsa", key: rsaKey(), claims: object{"grants": object{"identity": ""}}, text: "empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := issued(t, tt.alg, tt.kid, tt.key, tt.header, tt.claims)
			c, err := v.Verify(raw)
			if tt.text != "" {
				checkRefused(t, raw, err, token.CodeRefused, tt.text)
			} else if err != nil || c.Identity != tt.identity {
				t.Errorf("identity %q, error %v", c.Identity, err)
			}
		})
	}
	if n := len(s.requests()); n != 1 {
		t.Errorf("%d fetches, want the first one only", n)
	}
}

// TestVerifyJWKSClaims covers the identity claim, a single key that goes without kid, and an expired token.
func TestVerifyJWKSClaims(t *testing.T) {
	s := newKeyServer(t, public(t, "only", edKey(), nil))
	cfg := s.config()
	cfg.IdentityClaim, cfg.AccountSID, cfg.APIKeys = "email", "", nil
	v := newVerifier(t, cfg)
	c, err := v.Verify(issued(t, "EdDSA", "", edKey(), object{"kid": nil}, object{"email": "a@example.com"}))
	if err != nil || c.Identity != "a@example.com" || c.Issuer != issuer {
		t.Errorf("claims %+v, error %v", c, err)
	}
	raw := issued(t, "EdDSA", "only", edKey(), nil, object{"email": "a", "exp": 1})
	_, err = v.Verify(raw)
	checkRefused(t, raw, err, token.CodeExpired, "expired")
	raw = signed(t, twilioHeader(), twilioClaims(time.Now()), []byte(secret))
	_, err = v.Verify(raw)
	checkRefused(t, raw, err, token.CodeRefused, "issuer")
}
