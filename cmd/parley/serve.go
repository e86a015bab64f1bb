package main

import (
	"context"
	"net"
	"net/http"
	"net/url"

	"parley/hub"
	"parley/session/token"
	"parley/store/postgres"
	"parley/web/app"
)

// serveCommand runs the server for production.
type serveCommand struct {
	Listen string `help:"Address to listen on; port 0 picks a free one." default:":8080" placeholder:"ADDR"`
	Admin  string `help:"Address of metrics, profiles and checks; empty is off." default:"127.0.0.1:9091" placeholder:"ADDR"`

	keyFlags
	AuthToken     string `help:"The account's secret, for REST." placeholder:"SECRET"`
	AuthTokenFile string `help:"File with the account's secret." placeholder:"FILE"`
	ServiceSID    string `help:"Service of tokens that name none; by default the first, made at the first start." placeholder:"IS..."`
	JWKS          string `name:"jwks" help:"URL of the keys of RS, ES and EdDSA tokens." placeholder:"URL"`
	Issuer        string `help:"Issuer that those tokens must have."`
	Audience      string `help:"Audience that those tokens must have."`
	IdentityClaim string `help:"Claim with the identity in those tokens." default:"sub"`
	App           bool   `help:"Serve the chat page at /."`

	hubFlags
}

// Run checks the configuration, then serves until the process is told to stop.
func (c *serveCommand) Run(ctx context.Context, std stdio) error {
	set, err := c.setup()
	if err != nil {
		return err
	}
	log := c.logger(std)
	s, err := start(ctx, &c.hubFlags, set, log)
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "serving", "url", s.url(), "version", version(), "store", outwardStore(c.Store), "epoch", s.hub.Epoch())
	return s.run(ctx)
}

// outwardStore is --store without what stands in it for a server to believe: a log has no secrets.
func outwardStore(raw string) string {
	if !postgres.IsURL(raw) {
		return raw
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "postgres"
	}
	u.RawQuery = "" // may have a password too
	return u.Redacted()
}

// setup holds the flags together; what cannot work is a usage error.
func (c *serveCommand) setup() (setup, error) {
	keys, err := c.keys()
	if err != nil {
		return setup{}, err
	}
	authToken, err := secret("auth-token", c.AuthToken, c.AuthTokenFile)
	if err != nil {
		return setup{}, err
	}
	switch {
	case c.AccountSID == "" || authToken == "":
		return setup{}, usagef("serve needs --account-sid and --auth-token (or --auth-token-file)")
	case len(keys) == 0 && c.JWKS == "":
		return setup{}, usagef("serve needs at least one --api-key, or --jwks")
	}
	if err := checkSID("service-sid", c.ServiceSID, "IS"); err != nil {
		return setup{}, err
	}
	routes := func(*server) map[string]http.Handler { return nil }
	if c.App {
		routes = func(*server) map[string]http.Handler { return app.Routes() }
	}
	return setup{
		routes: routes, listen: c.Listen, admin: c.Admin, service: hub.ServiceSID(c.ServiceSID), authToken: authToken,
		tokens: token.Config{
			AccountSID: c.AccountSID, APIKeys: keys,
			JWKS: c.JWKS, Issuer: c.Issuer, Audience: c.Audience, IdentityClaim: c.IdentityClaim,
		},
	}, nil
}

// setup is what dev and serve differ in.
type setup struct {
	listen, admin string
	adminFallback bool // to a free port when the admin address is taken
	service       hub.ServiceSID
	tokens        token.Config
	authToken     string // the account's secret, for REST
	routes        func(*server) map[string]http.Handler
}

// linkKey is what links to media are signed with: hubs of one account have it in common.
func (s *setup) linkKey() []byte { return []byte(s.authToken) }

// check refuses addresses that cannot be listened on anywhere.
func (s *setup) check(ctx context.Context) error {
	for flag, addr := range map[string]string{"--listen": s.listen, "--admin": s.admin} {
		if flag == "--admin" && addr == "" {
			continue
		}
		_, port, err := net.SplitHostPort(addr)
		if err == nil {
			_, err = net.DefaultResolver.LookupPort(ctx, "tcp", port)
		}
		if err != nil {
			return usagef("%s: %w", flag, err)
		}
	}
	return nil
}
