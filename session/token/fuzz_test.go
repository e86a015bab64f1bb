package token_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// FuzzVerify never panics, and accepts nothing that one of the two keys did not sign, as the standard library sees
// it.
func FuzzVerify(f *testing.F) {
	now := time.Now()
	good := signed(f, twilioHeader(), twilioClaims(now), []byte(secret))
	f.Add(good)
	f.Add(signed(f, object{"alg": "HS512"}, twilioClaims(now), []byte(secret)))
	f.Add(signed(f, twilioHeader(), with(twilioClaims(now), object{"grants": "x"}), []byte(secret)))
	f.Add(signed(f, with(twilioHeader(), object{"alg": "none"}), twilioClaims(now), jwt.UnsafeAllowNoneSignatureType))
	f.Add(issued(f, "RS256", "k", rsaKey(), nil, nil))
	f.Add(issued(f, "HS256", "k", []byte(secret), nil, nil))
	f.Add(strings.Repeat(".", 100))
	f.Add(good + ".")
	f.Add(good + "=")
	v := newVerifier(f, newKeyServer(f, public(f, "k", rsaKey(), nil)).config())
	f.Fuzz(func(t *testing.T, raw string) {
		claims, err := v.Verify(raw)
		if err == nil && (claims.Identity == "" || !genuine(raw)) {
			t.Errorf("accepted %q: %+v", raw, claims)
		}
	})
}

// genuine reports whether a token bears the signature of the API key or the issuer, by the standard library alone.
func genuine(raw string) bool {
	at := strings.LastIndexByte(raw, '.')
	sig, err := base64.RawURLEncoding.DecodeString(raw[at+1:])
	if err != nil {
		return false
	}
	for _, algorithm := range []func() hash.Hash{sha256.New, sha512.New384, sha512.New} {
		mac := hmac.New(algorithm, []byte(secret))
		mac.Write([]byte(raw[:at]))
		if hmac.Equal(sig, mac.Sum(nil)) {
			return true
		}
	}
	digest := sha256.Sum256([]byte(raw[:at]))
	return rsa.VerifyPKCS1v15(&rsaKey().PublicKey, crypto.SHA256, digest[:], sig) == nil
}
