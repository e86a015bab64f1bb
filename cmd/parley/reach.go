package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/alecthomas/kong"

	"parley/session/token"
)

// subjectFlags say whom or what a command is about, and how to get to it: through a running server, or by opening the store.
type subjectFlags struct {
	User         string `help:"Identity of a user." xor:"subject" required:""`
	Conversation string `help:"Sid or unique name of a conversation." xor:"subject" required:""`
	ServiceSID   string `help:"Service that it is of; by default the server's own." placeholder:"IS..."`
	URL          string `name:"url" help:"A running server, which one of the API keys is for. Without it the store is opened, which no hub may hold then."`
	Store        string `help:"The store, without --url." default:"sqlite:parley-data/parley.db" placeholder:"URL"`
	Media        string `help:"Where its files are, without --url." default:"dir:parley-data/media" placeholder:"URL"`
	keyFlags
}

// subject names it for people.
func (f *subjectFlags) subject() string {
	if f.User != "" {
		return "user " + f.User
	}
	return "conversation " + f.Conversation
}

// path is that of an operation on the subject.
func (f *subjectFlags) path(operation string) (string, error) {
	if err := checkSID("service-sid", f.ServiceSID, "IS"); err != nil {
		return "", err
	}
	root := "/v1/parley"
	if f.ServiceSID != "" {
		root += "/Services/" + f.ServiceSID
	}
	if f.User != "" {
		return root + "/Users/" + url.PathEscape(f.User) + "/" + operation, nil
	}
	return root + "/Conversations/" + url.PathEscape(f.Conversation) + "/" + operation, nil
}

// served is a server that can be asked over REST.
type served struct{ url, user, password string }

// reach has f ask the server that is there, or one that is made for it on loopback and ended again.
func (f *subjectFlags) reach(ctx context.Context, std stdio, do func(*served) error) (err error) {
	keys, err := f.keys()
	if err != nil {
		return err
	}
	if f.URL != "" {
		for sid, secret := range keys {
			return do(&served{strings.TrimSuffix(f.URL, "/"), sid, secret})
		}
		return usagef("--url needs --api-key or --api-key-file")
	}
	if err := checkThere(f.Store); err != nil {
		return err
	}
	s, secret, err := f.own(ctx, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	return do(&served{s.url(), f.AccountSID, secret})
}

// own starts a server on the store for this process alone, which knows its secret.
func (f *subjectFlags) own(ctx context.Context, std stdio) (s *server, secret string, err error) {
	var flags hubFlags
	parser, err := kong.New(&flags, kong.Vars{"hostname": hostname()})
	if err != nil {
		return nil, "", err
	}
	if _, err := parser.Parse([]string{"--store", f.Store, "--media", f.Media, "--log-level", slog.LevelWarn.String()}); err != nil {
		return nil, "", usageError{err}
	}
	if f.AccountSID == "" {
		f.AccountSID = "AC" + strings.Repeat("0", 32)
	}
	random := make([]byte, 32)
	rand.Read(random)
	secret = hex.EncodeToString(random)
	s, err = start(ctx, &flags, setup{
		listen: "127.0.0.1:0", authToken: secret,
		tokens: token.Config{AccountSID: f.AccountSID, APIKeys: map[string]string{"SK" + strings.Repeat("0", 32): secret}},
	}, flags.logger(std))
	return s, secret, err
}

// ask sends a request without a body; an answer that is no success is an error, in the server's words.
func (s *served) ask(ctx context.Context, method, path string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, nil)
	if err != nil {
		return nil, usagef("--url: %w", err)
	}
	r.SetBasicAuth(s.user, s.password)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode < http.StatusMultipleChoices {
		return answer, nil
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	var said struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&said); err != nil {
		return nil, fmt.Errorf("the server answered %s", answer.Status)
	}
	return nil, fmt.Errorf("the server answered %d: %s (%d)", answer.StatusCode, said.Message, said.Code)
}
