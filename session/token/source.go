package token

import (
	"errors"
	"slices"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
)

// A source is what an issuer stands for: keys, and rules for the claims.
type source interface {
	// key finds the key for a token that is not verified yet, and refuses algorithms that are not that key's.
	key(t *jwt.Token) (any, error)
	// claims reads the claims of a token whose signature is good. With an error they mean nothing.
	claims(p payload, now time.Time) (Claims, error)
}

// contentType is the cty header of Twilio's access tokens: first-party authentication, version 1.
const contentType = "twilio-fpa;v=1"

// apiKey is the source of the tokens that one API key signs.
type apiKey struct {
	account string
	secret  []byte
}

var _ source = (*apiKey)(nil)

func (k *apiKey) key(t *jwt.Token) (any, error) {
	if _, ok := t.Method.(*jwt.SigningMethodHMAC); !ok {
		return nil, refused("access token of an API key must be signed with HS256, HS384 or HS512")
	}
	if cty, present := t.Header["cty"]; present && cty != contentType {
		return nil, refused("access token has an unknown content type")
	}
	return k.secret, nil
}

func (k *apiKey) claims(p payload, now time.Time) (Claims, error) {
	if sub, _ := p["sub"].(string); sub != k.account {
		return Claims{}, refused("access token is of another account")
	}
	c, err := p.times(now)
	if err != nil {
		return Claims{}, err
	}
	if c.ExpiresAt.After(latestExpiry(c.IssuedAt, now)) {
		return Claims{}, &Error{Code: CodeLifetime, Msg: "access token lives longer than 24 hours"}
	}
	err = p.grants(&c, nil)
	return c, err
}

// latestExpiry is the latest exp that a token of that iat may have. Twilio's libraries for Python and PHP write no
// iat: then the 24 hours are those from now on, with the leeway for a clock that is ahead of ours.
func latestExpiry(issued, now time.Time) time.Time {
	if issued.IsZero() {
		return now.Add(MaxLifetime + Leeway)
	}
	return issued.Add(MaxLifetime)
}

// provider is the source of the tokens that an OpenID provider or the like signs, with keys from its JWKS URL.
type provider struct {
	audience      string
	identityClaim string
	keys          *keys
}

var _ source = (*provider)(nil)

// key checks the audience first, although nothing is verified yet: a token that is not for us costs no fetch. The
// same claims are then covered by the signature.
func (p *provider) key(t *jwt.Token) (any, error) {
	audience, err := t.Claims.GetAudience()
	if err != nil || !slices.Contains(audience, p.audience) {
		return nil, refused("access token is for another audience")
	}
	key, err := p.keys.find(t)
	var own *Error
	switch {
	case err == nil:
		return key, nil
	case errors.As(err, &own):
		return nil, own
	case errors.Is(err, ErrKeysUnavailable):
		return nil, &Error{Code: CodeRefused, Msg: "access token cannot be verified now: the keys of its issuer are not at hand", err: err}
	case errors.Is(err, jwkset.ErrKeyNotFound):
		return nil, &Error{Code: CodeRefused, Msg: "access token is signed with an unknown key", err: err}
	}
	return nil, &Error{Code: CodeRefused, Msg: "access token is signed with an algorithm that is not of its key", err: err}
}

func (p *provider) claims(all payload, now time.Time) (Claims, error) {
	c, err := all.times(now)
	if err != nil {
		return Claims{}, err
	}
	err = all.grants(&c, all[p.identityClaim])
	return c, err
}
