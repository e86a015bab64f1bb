package token

import (
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// DefaultTTL is how long a minted token lives when nothing else is asked for. Twilio's default.
const DefaultTTL = time.Hour

// minted is the payload of Twilio's access tokens, as its library for Node writes it.
type minted struct {
	jwt.RegisteredClaims
	Grants grants `json:"grants"`
}

type grants struct {
	Identity string    `json:"identity"`
	Chat     chatGrant `json:"chat"`
}

type chatGrant struct {
	ServiceSID string `json:"service_sid,omitempty"`
}

// Mint makes the access token that Twilio's libraries would make with an API key: signed HS256 with the key's
// secret, issued at now, for an identity in a service ("" is the default service). ttl is whole seconds, the rest is
// cut off; 0 means DefaultTTL. It fails with an [*Error]: of [CodeLifetime] for a ttl over MaxLifetime, of
// [CodeRefused] when key, secret or account are missing, the identity is none that a [Verifier] accepts, the ttl is
// under a second, or the token would be longer than MaxBytes.
func Mint(key, secret, account, identity, service string, ttl time.Duration, now time.Time) (string, error) {
	if key == "" || secret == "" || account == "" {
		return "", refused("minting a token needs an API key, its secret and an account SID")
	}
	if err := checkIdentity(identity); err != nil {
		return "", err
	}
	ttl, err := checkTTL(ttl)
	if err != nil {
		return "", err
	}
	issued := now.Truncate(time.Second)
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, minted{
		RegisteredClaims: jwt.RegisteredClaims{
			ID:        fmt.Sprintf("%s-%d", key, issued.Unix()),
			Issuer:    key,
			Subject:   account,
			IssuedAt:  jwt.NewNumericDate(issued),
			ExpiresAt: jwt.NewNumericDate(issued.Add(ttl)),
		},
		Grants: grants{Identity: identity, Chat: chatGrant{ServiceSID: service}},
	})
	t.Header["cty"] = contentType
	return sign(t, secret)
}

func checkTTL(ttl time.Duration) (time.Duration, error) {
	if ttl == 0 {
		ttl = DefaultTTL
	}
	if ttl > MaxLifetime {
		return 0, &Error{Code: CodeLifetime, Msg: "a token may live for 24 hours at most"}
	}
	if ttl < time.Second {
		return 0, refused("a token must live for at least a second")
	}
	return ttl.Truncate(time.Second), nil
}

func sign(t *jwt.Token, secret string) (string, error) {
	raw, err := t.SignedString([]byte(secret))
	if err != nil {
		return "", &Error{Code: CodeRefused, Msg: "the token could not be signed", err: err}
	}
	if len(raw) > MaxBytes {
		return "", refused("the token would be longer than 8192 bytes")
	}
	return raw, nil
}
