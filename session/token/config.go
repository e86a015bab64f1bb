package token

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	defaultKeysRefresh = 15 * time.Minute
	defaultKeysMaxAge  = 24 * time.Hour
)

// Config says which tokens a [Verifier] accepts. At least one API key or a JWKS URL is needed; of everything else
// the zero value has a meaning.
type Config struct {
	// AccountSID is what sub must be in API-key tokens. Needed with APIKeys.
	AccountSID string
	// APIKeys gives the secret of each API key SID (SK...). None: no API-key token is accepted. A secret may have
	// any length but 0; RFC 7518 section 3.2 asks for 32 bytes with HS256, which is what Twilio's have.
	APIKeys map[string]string

	// JWKS is the http or https URL of a JWK set (RFC 7517 section 5). Empty: only API-key tokens are accepted.
	// Whoever can change what it answers can be anybody: leave https only inside a network that you trust.
	JWKS string
	// Issuer is what iss must be in JWKS tokens, to the letter. Needed with JWKS.
	Issuer string
	// Audience must be in the aud of JWKS tokens. Needed with JWKS.
	Audience string
	// IdentityClaim is the claim of a JWKS token that holds the identity when grants.identity does not. Default
	// "sub".
	IdentityClaim string

	// KeysRefresh is the time between two fetches of the JWK set. Default 15 minutes, at least 30 s. It is how long
	// a key that the issuer withdrew is still honoured.
	KeysRefresh time.Duration
	// KeysMaxAge is for how long fetched keys are good while JWKS does not answer. Default 24 hours, at least
	// KeysRefresh.
	KeysMaxAge time.Duration
	// Client fetches the JWK set. Default: one that keeps no connections, uses the proxy of the environment, and
	// follows at most three redirects, none of them away from https. Every fetch is bounded to 5 s and 512 KiB
	// anyhow.
	Client *http.Client

	// Now is the clock that tokens are held against. Default time.Now.
	Now func() time.Time

	// Log hears when the JWK set cannot be had, and when it can again. Default: nobody.
	Log *slog.Logger
}

// New makes a Verifier, or says in one line what is impossible about the configuration. With a JWKS URL it fetches
// the key set once, for 5 s at most; a failure of that is logged and tried again later, because a server must be
// able to start while the issuer is down. ctx bounds this first fetch only: what ends a Verifier is Close.
func New(ctx context.Context, cfg Config) (*Verifier, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	v := newVerifier(cfg)
	if cfg.JWKS == "" {
		return v, nil
	}
	v.keys = newKeys(cfg)
	v.sources[cfg.Issuer] = &provider{audience: cfg.Audience, identityClaim: cfg.IdentityClaim, keys: v.keys}
	if err := v.keys.start(ctx); err != nil {
		return nil, err
	}
	return v, nil
}

func (c Config) withDefaults() Config {
	if c.IdentityClaim == "" {
		c.IdentityClaim = "sub"
	}
	if c.KeysRefresh == 0 {
		c.KeysRefresh = defaultKeysRefresh
	}
	if c.KeysMaxAge == 0 {
		c.KeysMaxAge = max(defaultKeysMaxAge, c.KeysRefresh)
	}
	if c.Client == nil {
		c.Client = newClient()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) check() error {
	if len(c.APIKeys) == 0 && c.JWKS == "" {
		return errors.New("access tokens cannot be checked: neither an API key nor a JWKS URL is configured")
	}
	if err := c.checkAPIKeys(); err != nil {
		return err
	}
	return c.checkJWKS()
}

// checkAPIKeys names keys in its errors, never secrets.
func (c Config) checkAPIKeys() error {
	if len(c.APIKeys) > 0 && c.AccountSID == "" {
		return errors.New("API keys need an account SID: it is the sub of their tokens")
	}
	for _, sid := range slices.Sorted(maps.Keys(c.APIKeys)) {
		if !strings.HasPrefix(sid, "SK") {
			return errors.New("an API key must begin with SK, as in SK...:secret")
		}
		if c.APIKeys[sid] == "" {
			return fmt.Errorf("API key %s has an empty secret", sid)
		}
	}
	return nil
}

func (c Config) checkJWKS() error {
	if c.JWKS == "" {
		if c.Issuer != "" || c.Audience != "" {
			return errors.New("an issuer or audience is configured without a JWKS URL, which they belong to")
		}
		return nil
	}
	if u, err := url.Parse(c.JWKS); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("the JWKS URL must be an absolute http or https URL")
	}
	if c.Issuer == "" || c.Audience == "" {
		return errors.New("a JWKS URL needs an issuer and an audience: without them tokens made for others would do")
	}
	if _, taken := c.APIKeys[c.Issuer]; taken {
		return errors.New("the issuer of JWKS tokens is also an API key: which key signs its tokens must be unambiguous")
	}
	if c.KeysRefresh < fetchGap || c.KeysMaxAge < c.KeysRefresh {
		return fmt.Errorf("JWKS keys must be refreshed every %s or later, and kept for at least as long", fetchGap)
	}
	return nil
}
