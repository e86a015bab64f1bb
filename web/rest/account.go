package rest

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
)

// Account is who may ask: whoever knows the account's own secret, or that of one of its API keys.
type Account struct {
	SID       string
	AuthToken string            // "": the account's sid opens nothing
	APIKeys   map[string]string // secrets by sid
}

// credentials are an account's, as digests: all of one length, so that comparing tells nothing of theirs.
type credentials struct{ digests map[string][sha256.Size]byte }

func newCredentials(a Account) *credentials {
	c := &credentials{digests: map[string][sha256.Size]byte{}}
	for sid, secret := range a.APIKeys {
		c.digests[sid] = sha256.Sum256([]byte(secret))
	}
	c.digests[a.SID] = sha256.Sum256([]byte(a.AuthToken))
	for sid, digest := range c.digests {
		if sid == "" || digest == sha256.Sum256(nil) {
			delete(c.digests, sid) // nobody gets in with nothing
		}
	}
	return c
}

// of is the sid that a request proves to know the secret of. It takes the same time for any wrong secret, and for a
// sid that is not known.
func (c *credentials) of(r *http.Request) (sid string, ok bool) {
	sid, secret, given := r.BasicAuth()
	digest, known := c.digests[sid]
	sent := sha256.Sum256([]byte(secret))
	same := subtle.ConstantTimeCompare(digest[:], sent[:]) == 1
	if !given || !known || !same {
		return "", false
	}
	return sid, true
}
