package token

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// Bounds of a key set and of getting it. RSA under 2048 bits is weak (RFC 7518 section 3.3); over 8192 it is costly
// to verify.
const (
	fetchTimeout = 5 * time.Second
	maxRedirects = 3
	maxSetBytes  = 512 << 10
	maxKeys      = 100
	minRSABits   = 2048
	maxRSABits   = 8192
)

// curves gives the one curve that each ECDSA algorithm is for (RFC 7518 section 3.4).
var curves = map[string]string{"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}

// keySet is one answer of a JWKS URL. It never changes.
type keySet struct {
	fetched time.Time // with a monotonic part: its age does not depend on the wall clock
	size    int
	single  string // the kid of the only key
	find    keyfunc.Keyfunc
}

// newClient makes the client of a Config that has none. It keeps no connections: fetches are many minutes apart,
// and so no goroutine of a connection is left when a Verifier is closed.
func newClient() *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}
	return &http.Client{Transport: transport, CheckRedirect: checkRedirect}
}

// checkRedirect stops a redirect from giving up the protection that https is.
func checkRedirect(next *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return errors.New("too many redirects")
	}
	if via[0].URL.Scheme == "https" && next.URL.Scheme != "https" {
		return errors.New("redirected away from https")
	}
	return nil
}

// fetchKeySet gets a JWK set, within fetchTimeout and of at most maxSetBytes.
func fetchKeySet(ctx context.Context, client *http.Client, url string) (*keySet, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/jwk-set+json, application/json")
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP status %d", resp.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxSetBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxSetBytes {
		return nil, fmt.Errorf("a JWK set of over %d bytes", maxSetBytes)
	}
	return parseKeySet(ctx, text)
}

// parseKeySet reads a JWK set. Keys that are private, symmetric, not for signatures, unknown or broken are left out
// (RFC 7517 section 5 asks for that), so that one does not take the others with it. An empty set is one: the issuer
// withdrew all keys.
func parseKeySet(ctx context.Context, text []byte) (*keySet, error) {
	var answer struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("not a JWK set: %w", err)
	}
	if answer.Keys == nil {
		return nil, errors.New("not a JWK set: it has no keys member")
	}
	if len(answer.Keys) > maxKeys {
		return nil, fmt.Errorf("a JWK set of %d keys, at most %d are accepted", len(answer.Keys), maxKeys)
	}
	set, storage := &keySet{fetched: time.Now()}, jwkset.NewMemoryStorage()
	for _, raw := range answer.Keys {
		jwk, err := jwkset.NewJWKFromRawJSON(raw, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
		if err != nil || !forSignatures(jwk) {
			continue
		}
		if err := storage.KeyWrite(ctx, jwk); err != nil {
			return nil, err
		}
		set.size++
		set.single = jwk.Marshal().KID
	}
	var err error
	set.find, err = keyfunc.New(keyfunc.Options{Ctx: context.WithoutCancel(ctx), Storage: storage})
	return set, err
}

// forSignatures reports whether a key may verify signatures, by its use and key_ops.
func forSignatures(jwk jwkset.JWK) bool {
	m := jwk.Marshal()
	return m.USE != jwkset.UseEnc && (len(m.KEYOPS) == 0 || slices.Contains(m.KEYOPS, jwkset.KeyOpsVerify))
}

// key finds the key that a token names by kid, or the only one there is when it names none (RFC 7515 section 4.1.4).
// A kid is compared with those of the set and used for nothing else: it is no path, URL or query. The error is
// jwkset.ErrKeyNotFound when the set has no such key.
func (s *keySet) key(t *jwt.Token) (any, error) {
	kid, named := t.Header["kid"]
	if _, isText := kid.(string); named && !isText {
		return nil, refused("access token has a key id (kid) that is not text")
	}
	if !named {
		if s.size != 1 {
			return nil, refused("access token does not say which key signed it (kid)")
		}
		t.Header["kid"] = s.single
	}
	key, err := s.find.Keyfunc(t) // also refuses an alg that is not the one that the key declares
	if err != nil {
		return nil, err
	}
	if !fits(t.Method.Alg(), key) {
		return nil, refused("access token is signed with an algorithm that is not of its key")
	}
	return key, nil
}

// fits pins algorithms by key: RSA for RS and PS, each curve for its own ES, Ed25519 for EdDSA. HMAC and none fit no
// public key (RFC 8725 section 3.1).
func fits(alg string, key any) bool {
	switch key := key.(type) {
	case *rsa.PublicKey:
		bits := key.N.BitLen()
		return bits >= minRSABits && bits <= maxRSABits && (strings.HasPrefix(alg, "RS") || strings.HasPrefix(alg, "PS"))
	case *ecdsa.PublicKey:
		return curves[alg] == key.Curve.Params().Name
	case ed25519.PublicKey:
		return alg == "EdDSA"
	}
	return false
}
