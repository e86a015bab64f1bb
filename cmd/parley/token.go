package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"parley/session/token"
)

// tokenCommand mints an access token in Twilio's layout.
type tokenCommand struct {
	Identity   string        `help:"Whom the token speaks for." required:""`
	TTL        time.Duration `name:"ttl" help:"How long it lives, at most 24h." default:"1h"`
	ServiceSID string        `help:"Service; by default the server's." placeholder:"IS..."`

	keyFlags
}

// Run prints the token.
func (c *tokenCommand) Run(std stdio) error {
	jwt, err := c.mint(c.Identity, c.ServiceSID, c.TTL)
	if err != nil {
		return err
	}
	fmt.Fprintln(std.out, jwt)
	return nil
}

// mint makes a token with the first of the API keys.
func (f *keyFlags) mint(identity, service string, ttl time.Duration) (string, error) {
	keys, err := f.keys()
	if err != nil {
		return "", err
	}
	if len(keys) == 0 || f.AccountSID == "" {
		return "", usagef("a token needs --account-sid and --api-key")
	}
	if err := checkSID("service-sid", service, "IS"); err != nil {
		return "", err
	}
	if ttl < time.Second { // none at all would be the default
		return "", usagef("--ttl: a token must live for at least a second")
	}
	sid := slices.Min(slices.Collect(maps.Keys(keys)))
	jwt, err := token.Mint(sid, keys[sid], f.AccountSID, identity, service, ttl, time.Now())
	if err != nil {
		return "", usageError{err}
	}
	return jwt, nil
}
