package rest

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"parley/hub"
)

// Account is who may ask: whoever knows the account's own secret, or that of one of its API keys.
type Account struct {
	SID       string
	AuthToken string            // "": the account's sid opens nothing
	APIKeys   map[string]string // secrets by sid
}

// credentials are an account's, as digests: all of one length, so that comparing tells nothing of theirs.
type credentials struct {
	sid      string
	digests  map[string][sha256.Size]byte
	limiters map[string]*rate.Limiter // empty: no limit
}

func newCredentials(a Account, perSecond float64) *credentials {
	c := &credentials{sid: a.SID, digests: map[string][sha256.Size]byte{}, limiters: map[string]*rate.Limiter{}}
	for sid, secret := range a.APIKeys {
		c.digests[sid] = sha256.Sum256([]byte(secret))
	}
	c.digests[a.SID] = sha256.Sum256([]byte(a.AuthToken))
	for sid, digest := range c.digests {
		if sid == "" || digest == sha256.Sum256(nil) {
			delete(c.digests, sid) // nobody gets in with nothing
		} else if perSecond > 0 {
			c.limiters[sid] = rate.NewLimiter(rate.Limit(perSecond), max(1, int(4*perSecond)))
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

// afford takes one request out of what somebody may ask now.
func (c *credentials) afford(sid string) error {
	l := c.limiters[sid]
	if l == nil {
		return nil
	}
	r := l.Reserve()
	wait := r.Delay()
	if wait == 0 {
		return nil
	}
	r.Cancel()
	e := hub.Errorf(hub.CodeRate, "more than %g requests a second", float64(l.Limit()))
	e.RetryAfter = max(time.Second, wait)
	return e
}
