package token

import (
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// MaxBytes is how long a token may be. It is checked before anything is parsed.
	MaxBytes = 8 << 10
	// MaxLifetime is how long an API-key token may live, from iat to exp. Twilio's limit.
	MaxLifetime = 24 * time.Hour
	// Leeway is by how much nbf and iat may be in the future, for clocks that differ. exp has none.
	Leeway = 5 * time.Second
)

// The algorithms of each kind of key (RFC 7518 section 3.1, RFC 8037 section 3.1). A list, so that one that the
// library learns later is not accepted by that alone.
var (
	secretMethods = []string{"HS256", "HS384", "HS512"}
	publicMethods = []string{
		"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
	}
)

// foreignHeaders would have a token bring its own key, name a place to get it from, or change what a signature
// means (RFC 7515 section 4.1). None of them has a use here, and ignoring crit would break RFC 7515.
var foreignHeaders = []string{"jku", "jwk", "x5u", "x5c", "crit"}

// Verifier checks tokens. Its methods may be called by any number of goroutines.
type Verifier struct {
	parser  *jwt.Parser
	now     func() time.Time
	sources map[string]source // by iss, which thereby decides the kind of key; never changed
	keys    *keys             // nil without a JWKS URL
}

func newVerifier(cfg Config) *Verifier {
	v := &Verifier{now: cfg.Now, sources: make(map[string]source, len(cfg.APIKeys)+1)}
	for sid, secret := range cfg.APIKeys {
		v.sources[sid] = &apiKey{account: cfg.AccountSID, secret: []byte(secret)}
	}
	v.parser = jwt.NewParser(
		jwt.WithValidMethods(slices.Concat(secretMethods, publicMethods)),
		jwt.WithStrictDecoding(),
		jwt.WithJSONNumber(),
		jwt.WithoutClaimsValidation(), // its leeway is one for all; ours is by claim, in payload.times
	)
	return v
}

// Verify checks a token in its compact form and says what it claims. It fails with an [*Error] of [CodeExpired],
// [CodeLifetime] (API-key tokens only) or, for everything else, [CodeRefused]. It reads the wall clock.
//
// It returns at once but for a JWKS token that names an unknown key: then it may wait for up to 5 s for a fetch of
// the key set, unless one ended less than 30 s ago.
func (v *Verifier) Verify(raw string) (Claims, error) {
	if raw == "" {
		return Claims{}, refused("access token is missing")
	}
	if len(raw) > MaxBytes {
		return Claims{}, refused("access token is longer than 8192 bytes")
	}
	unverified := jwt.MapClaims{}
	var from source
	_, err := v.parser.ParseWithClaims(raw, unverified, func(t *jwt.Token) (key any, err error) {
		if from, err = v.source(t.Header, payload(unverified)); err != nil {
			return nil, err
		}
		return from.key(t)
	})
	if err != nil {
		return Claims{}, parseError(err)
	}
	c, err := from.claims(payload(unverified), v.now()) // verified by now
	if err != nil {
		return Claims{}, err // of what is refused nothing is claimed
	}
	return c, nil
}

// source finds out who claims to have issued a token, once its header is found to hold nothing dangerous.
func (v *Verifier) source(header map[string]any, p payload) (source, error) {
	if err := checkHeader(header); err != nil {
		return nil, err
	}
	iss, _ := p["iss"].(string)
	from, known := v.sources[iss]
	if !known {
		return nil, refused("access token is of an unknown issuer")
	}
	return from, nil
}

// checkHeader refuses foreign headers, and by typ the other things that the same issuer may sign: a logout token or
// a DPoP proof is no access token (RFC 8725 sections 3.11 and 3.12).
func checkHeader(header map[string]any) error {
	for _, name := range foreignHeaders {
		if _, present := header[name]; present {
			return refused("access token has a header that is not accepted (jku, jwk, x5u, x5c, crit)")
		}
	}
	typ, present := header["typ"]
	if !present {
		return nil
	}
	text, _ := typ.(string)
	switch strings.TrimPrefix(strings.ToLower(text), "application/") {
	case "jwt", "at+jwt":
		return nil
	}
	return refused("access token is of another type than JWT")
}

// Close stops the fetching of keys and waits until it has stopped, aborting a fetch under way. It may be called
// again. Afterwards Verify goes on with the keys it has, up to their maximum age.
func (v *Verifier) Close() {
	if v.keys != nil {
		v.keys.close()
	}
}
