package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parley/session/token"
	"parley/web/app"
)

// devCommand runs everything with nothing to configure.
type devCommand struct {
	Listen string `help:"Loopback address to listen on; port 0 picks a free one." default:"127.0.0.1:8080" placeholder:"ADDR"`
	Admin  string `help:"Address of metrics, profiles and checks; empty is off." default:"127.0.0.1:9091" placeholder:"ADDR"`

	App bool `help:"Serve the chat page." default:"true" negatable:""`

	hubFlags
}

// credentials are made at the first start and kept with the data.
type credentials struct {
	AccountSID string `json:"account_sid"`
	AuthToken  string `json:"auth_token"`
	APIKey     string `json:"api_key"`
	APISecret  string `json:"api_secret"`
}

// Run serves on loopback until it is told to stop.
func (c *devCommand) Run(ctx context.Context, std stdio) error {
	if err := onLoopback(c.Listen); err != nil {
		return err
	}
	creds, err := c.credentials()
	if err != nil {
		return err
	}
	s, err := start(ctx, &c.hubFlags, setup{
		listen: c.Listen, admin: c.Admin, adminFallback: true, authToken: creds.AuthToken,
		tokens: token.Config{AccountSID: creds.AccountSID, APIKeys: map[string]string{creds.APIKey: creds.APISecret}},
		routes: func(s *server) map[string]http.Handler {
			routes := map[string]http.Handler{"GET /dev/token": s.devToken(creds)}
			if c.App {
				maps.Copy(routes, app.Routes())
			}
			return routes
		},
	}, c.logger(std))
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, `Parley %s listens on %s

  account    %s
  auth token %s
  API key    %s:%s
  service    %s
  data       %s

  the page   %s
  a token    curl '%s/dev/token?identity=ann'
  a client   parley chat --url %s --identity ann --conversation lobby

Ctrl-C stops it.
`, version(), s.url(), creds.AccountSID, creds.AuthToken, creds.APIKey, creds.APISecret, s.service, c.Store, c.page(s), s.url(), s.url())
	return s.run(ctx)
}

// page is where the chat page is.
func (c *devCommand) page(s *server) string {
	if !c.App {
		return "none: --no-app"
	}
	return s.url()
}

// onLoopback refuses addresses that others can reach: dev hands out tokens to whoever asks.
func onLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return usagef("--listen: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usagef("--listen: dev serves on loopback only, since it gives a token to whoever asks; use serve")
	}
	return nil
}

// credentials reads what an earlier start made, or makes it.
func (c *devCommand) credentials() (creds credentials, err error) {
	folder, err := dataFolder(c.Store)
	if err != nil {
		return creds, err
	}
	file := filepath.Join(folder, "dev-credentials.json")
	text, err := os.ReadFile(file)
	switch {
	case err == nil:
		if err := json.Unmarshal(text, &creds); err != nil {
			return creds, fmt.Errorf("%s: %w", file, err)
		}
		return creds, nil
	case !errors.Is(err, fs.ErrNotExist):
		return creds, err
	}
	creds = credentials{"AC" + randomHex(), randomHex(), "SK" + randomHex(), randomHex()}
	if text, err = json.MarshalIndent(creds, "", "  "); err != nil {
		return creds, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return creds, err
	}
	return creds, os.WriteFile(file, append(text, '\n'), 0o600)
}

func randomHex() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails: it crashes the process instead
	return hex.EncodeToString(b)
}

// devToken answers GET /dev/token?identity=NAME with a bare token as text.
func (s *server) devToken(creds credentials) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		identity := strings.TrimSpace(r.URL.Query().Get("identity"))
		if identity == "" {
			http.Error(w, "identity is missing: /dev/token?identity=NAME", http.StatusBadRequest)
			return
		}
		jwt, err := token.Mint(creds.APIKey, creds.APISecret, creds.AccountSID, identity, string(s.service), time.Hour, time.Now())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		fmt.Fprintln(w, jwt)
	})
}
