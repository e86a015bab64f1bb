package main

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"parley/session/client"
)

// TestServeAccess: the tokens of the token command open a serve process that has their key, and those of another key do not.
// serve hands out none itself, and no secret of anybody is in what it logs.
func TestServeAccess(t *testing.T) {
	p := newServe(t, filepath.Join(t.TempDir(), "parley.db"), "--log-level", "debug")
	p.start()
	minted := func(key string) string {
		got := callWith(t.Context(), "token", "--identity", "ann", "--account-sid", testAccount, "--api-key", key)
		if got.code != exitOK || strings.Count(got.out, ".") != 2 {
			t.Fatalf("token: %+v", got)
		}
		return strings.TrimSpace(got.out)
	}
	good, bad := minted(testKey+":"+testSecret), minted(testKey+":another secret")
	c := userOf(t, p, "", client.Config{Token: func(context.Context) (string, error) { return good, nil }})
	if got := c.Session().User.Identity; got != "ann" {
		t.Errorf("the token speaks for %q", got)
	}
	c.Close()
	if got, err := client.Dial(t.Context(), client.Config{
		URL: processURL, HTTPClient: p.http, Token: func(context.Context) (string, error) { return bad, nil },
	}); err == nil {
		got.Close()
		t.Error("a token of another secret is taken")
	}
	resp, err := p.http.Get(processURL + "/dev/token?identity=ann")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close() //nolint:errcheck // only the status counts
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("/dev/token answers %s", resp.Status)
	}
	if err := p.terminate(); err != nil {
		t.Error(err)
	}
	said := p.log.String()
	if !strings.Contains(said, "session ended") {
		t.Errorf("the log does not tell of sessions: %s", said)
	}
	for _, secret := range []string{testSecret, "the account's secret", good, bad, good[strings.LastIndex(good, ".")+1:]} {
		if strings.Contains(said, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}
