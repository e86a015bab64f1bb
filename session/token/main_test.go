package token_test

import (
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/goleak"

	"parley/session/token"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	account = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	keySID  = "SKbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	secret  = "cccccccccccccccccccccccccccccccc"
	service = "ISdddddddddddddddddddddddddddddddd"
	issuer  = "https://id.example.com/"
)

// object is a JSON object, written as shortly as it can be.
type object = map[string]any

// with gives a copy of o with some members set; a nil value takes one away.
func with(o object, changes object) object {
	changed := object{}
	for _, from := range []object{o, changes} {
		for name, value := range from {
			if changed[name] = value; value == nil {
				delete(changed, name)
			}
		}
	}
	return changed
}

// twilioHeader and twilioClaims are the layout that npm twilio 6.2.0 writes.
func twilioHeader() object {
	return object{"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"}
}

func twilioClaims(now time.Time) object {
	return object{
		"jti":    keySID + "-1700000000",
		"grants": object{"identity": "alice", "chat": object{"service_sid": service}},
		"iat":    now.Unix(), "exp": now.Unix() + 3600, "iss": keySID, "sub": account,
	}
}

// signed makes a token of any header and claims, however wrong, and signs it by the algorithm of its header.
func signed(tb testing.TB, header, claims object, key any) string {
	tb.Helper()
	alg, _ := header["alg"].(string)
	made := jwt.NewWithClaims(jwt.GetSigningMethod(alg), jwt.MapClaims(claims))
	made.Header = header
	raw, err := made.SignedString(key)
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// apiKeyConfig is a server with one API key and nothing else.
func apiKeyConfig() token.Config {
	return token.Config{AccountSID: account, APIKeys: map[string]string{keySID: secret}}
}

func newVerifier(tb testing.TB, cfg token.Config) *token.Verifier {
	tb.Helper()
	v, err := token.New(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(v.Close)
	return v
}

// newVerifierAt gives a verifier whose clock stands still: how long a test takes makes no token valid that was not.
func newVerifierAt(tb testing.TB, now time.Time) (*token.Verifier, time.Time) {
	tb.Helper()
	cfg := apiKeyConfig()
	cfg.Now = func() time.Time { return now }
	return newVerifier(tb, cfg), now
}
