package token_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"parley/session/token"
)

// A refusal changes one thing about a good API-key token.
type refusal struct {
	name   string
	header object
	claims object
	key    any    // instead of the secret
	raw    string // instead of all that
	code   int    // default token.CodeRefused
	text   string // that must be in the message
}

func refusals(now time.Time) []refusal {
	in := func(d time.Duration) int64 { return now.Add(d).Unix() }
	grants := func(g any) object { return object{"grants": g} }
	return []refusal{
		{name: "nothing", raw: "", text: "missing"},
		{name: "no JWT", raw: "hello", text: "well-formed"},
		{name: "a token of dots", raw: strings.Repeat(".", 8192), text: "well-formed"},
		{name: "four parts", raw: "e30.e30.e30.e30", text: "well-formed"},
		{name: "no header", raw: ".e30.", text: "well-formed"},
		{name: "header null", raw: "bnVsbA.e30.e30", text: "cannot be verified"},
		{name: "too long", raw: strings.Repeat("a", 8193), text: "8192"},
		{name: "other key", key: []byte("not the secret of that key at all"), text: "signature"},
		{name: "empty key", key: []byte{}, text: "signature"},
		{name: "alg none", header: object{"alg": "none"}, key: jwt.UnsafeAllowNoneSignatureType, text: "signature"},
		{name: "alg RS256", header: object{"alg": "RS256"}, key: rsaKey(), text: "HS256"},
		{name: "alg ES256", header: object{"alg": "ES256"}, key: ecKey(), text: "HS256"},
		{name: "alg EdDSA", header: object{"alg": "EdDSA"}, key: edKey(), text: "HS256"},
		{name: "jku", header: object{"jku": "https://evil.example.com/keys"}, text: "jku"},
		{name: "jwk", header: object{"jwk": object{"kty": "oct", "k": "AA"}}, text: "jwk"},
		{name: "x5u", header: object{"x5u": "https://evil.example.com/cert"}, text: "x5u"},
		{name: "x5c", header: object{"x5c": []string{"AA"}}, text: "x5c"},
		{name: "crit", header: object{"crit": []string{"b64"}, "b64": false}, text: "crit"},
		{name: "typ of a logout token", header: object{"typ": "logout+jwt"}, text: "another type"},
		{name: "typ not text", header: object{"typ": 7}, text: "another type"},
		{name: "cty unknown", header: object{"cty": "twilio-fpa;v=2"}, text: "content type"},

		{name: "iss missing", claims: object{"iss": nil}, text: "issuer"},
		{name: "iss unknown", claims: object{"iss": "SKffffffffffffffffffffffffffffffff"}, text: "issuer"},
		{name: "iss not text", claims: object{"iss": []string{keySID}}, text: "issuer"},
		{name: "iss in capitals only", claims: object{"iss": nil, "ISS": keySID}, text: "issuer"},
		{name: "sub missing", claims: object{"sub": nil}, text: "account"},
		{name: "sub of another", claims: object{"sub": "ACffffffffffffffffffffffffffffffff"}, text: "account"},

		{name: "exp missing", claims: object{"exp": nil}, text: "expire"},
		{name: "exp null", claims: object{"exp": json.RawMessage("null")}, text: "expire"},
		{name: "exp text", claims: object{"exp": "tomorrow"}, text: "not one"},
		{name: "exp negative", claims: object{"exp": -1}, text: "not one"},
		{name: "exp beyond reason", claims: object{"exp": json.RawMessage("1e300")}, text: "not one"},
		{name: "exp beyond float", claims: object{"exp": json.RawMessage("1e999")}, text: "not one"},
		{name: "exp now", claims: object{"iat": in(-time.Hour), "exp": in(0)}, code: token.CodeExpired, text: "expired"},
		{name: "exp long ago", claims: object{"exp": in(-time.Hour)}, code: token.CodeExpired, text: "expired"},
		{name: "exp 24 h and 1 s", claims: object{"exp": in(token.MaxLifetime + time.Second)}, code: token.CodeLifetime, text: "24 hours"},
		{name: "the same without iat", claims: object{"iat": nil, "exp": in(token.MaxLifetime + 6*time.Second)}, code: token.CodeLifetime, text: "24 hours"},
		{name: "nbf in 6 s", claims: object{"nbf": in(6 * time.Second)}, text: "not valid yet"},
		{name: "nbf text", claims: object{"nbf": "now"}, text: "not one"},
		{name: "iat in 6 s", claims: object{"iat": in(6 * time.Second)}, text: "future"},
		{name: "iat an object", claims: object{"iat": object{}}, text: "not one"},

		{name: "grants missing", claims: object{"grants": nil}, text: "identity"},
		{name: "grants text", claims: grants("all"), text: "grants"},
		{name: "identity missing", claims: grants(object{}), text: "identity"},
		{name: "identity empty", claims: grants(object{"identity": ""}), text: "empty"},
		{name: "identity a list", claims: grants(object{"identity": []string{"a"}}), text: "not text"},
		{name: "identity true", claims: grants(object{"identity": true}), text: "not text"},
		{name: "identity with U+0000", claims: grants(object{"identity": "a\x00"}), text: "U+0000"},
		{name: "identity half a surrogate", claims: grants(json.RawMessage(`{"identity":"a\ud800"}`)), text: "UTF-8"},
		{name: "identity in capitals only", claims: grants(object{"IDENTITY": "alice"}), text: "identity"},
		{name: "identity of 257", claims: grants(object{"identity": strings.Repeat("é", 257)}), text: "256"},
		{name: "chat text", claims: grants(object{"identity": "a", "chat": "yes"}), text: "object"},
		{name: "service a number", claims: grants(object{"identity": "a", "chat": object{"service_sid": 1}}), text: "sid"},
		{name: "push credential a number", claims: grants(object{"identity": "a", "chat": object{"push_credential_sid": 1}}), text: "sid"},
	}
}

func TestVerifyRefuses(t *testing.T) {
	v, now := newVerifierAt(t, time.Now())
	for _, r := range refusals(now) {
		t.Run(r.name, func(t *testing.T) {
			raw := r.raw
			if r.header != nil || r.claims != nil || r.key != nil {
				if r.key == nil {
					r.key = []byte(secret)
				}
				raw = signed(t, with(twilioHeader(), r.header), with(twilioClaims(now), r.claims), r.key)
			}
			if r.code == 0 {
				r.code = token.CodeRefused
			}
			claims, err := v.Verify(raw)
			checkRefused(t, raw, err, r.code, r.text)
			if claims != (token.Claims{}) {
				t.Errorf("claims of a refused token: %+v", claims)
			}
		})
	}
}

// checkRefused holds an error to its code and text, and its text to holding nothing of the token.
func checkRefused(t *testing.T, raw string, err error, code int, text string) {
	t.Helper()
	var refused *token.Error
	if !errors.As(err, &refused) {
		t.Fatalf("error %v, want a *token.Error", err)
	}
	if refused.Code != code || !strings.Contains(refused.Msg, text) {
		t.Errorf("%d %q, want %d with %q", refused.Code, refused.Msg, code, text)
	}
	if refused.Error() != fmt.Sprintf("%s (%d)", refused.Msg, refused.Code) {
		t.Errorf("error text %q has more than the message and the code", refused.Error())
	}
	for part := range strings.SplitSeq(raw, ".") {
		if len(part) > 2 && strings.Contains(refused.Msg, part) || strings.Contains(refused.Msg, secret) {
			t.Errorf("message %q holds a part of the token", refused.Msg)
		}
	}
}

// TestVerifyTampered changes a good token byte by byte: no other text is accepted in its place, nor is one that
// decodes to the same bytes (the last character of the signature has two bits that mean nothing).
func TestVerifyTampered(t *testing.T) {
	v := newVerifier(t, apiKeyConfig())
	raw := signed(t, twilioHeader(), twilioClaims(time.Now()), []byte(secret))
	for i := range raw {
		for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=\n" {
			other := raw[:i] + string(c) + raw[i+1:]
			if _, err := v.Verify(other); err == nil && other != raw {
				t.Errorf("accepted with byte %d turned into %c", i, c)
			}
		}
	}
}

// TestVerifyInvalidUTF8 signs bytes that are no UTF-8, which encoding/json would not write.
func TestVerifyInvalidUTF8(t *testing.T) {
	v := newVerifier(t, apiKeyConfig())
	encode := base64.RawURLEncoding.EncodeToString
	claims := fmt.Sprintf(`{"iss":%q,"sub":%q,"exp":%d,"grants":{"identity":"a%c"}}`,
		keySID, account, time.Now().Unix()+60, 0xFFFD)
	claims = strings.Replace(claims, "\uFFFD", "\xff", 1)
	text := encode([]byte(`{"alg":"HS256"}`)) + "." + encode([]byte(claims))
	sig, err := jwt.SigningMethodHS256.Sign(text, []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	raw := text + "." + encode(sig)
	_, err = v.Verify(raw)
	checkRefused(t, raw, err, token.CodeRefused, "UTF-8")
}
