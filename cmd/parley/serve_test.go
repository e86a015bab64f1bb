package main

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"parley/session/client"
	"parley/session/token"
)

// testSecret is that of testKey.
const testSecret = "the secret of the API key"

// newServe prepares a serve process on a store, with testKey.
func newServe(t *testing.T, file string, more ...string) *process {
	t.Helper()
	return newProcess(t, slices.Concat([]string{
		"serve", "--account-sid", testAccount, "--auth-token", "the account's secret", "--api-key", testKey + ":" + testSecret,
		"--store", "sqlite:" + file, "--session-rate", "0", "--drain", "0s", "--log-level", "warn",
	}, more)...)
}

// userOf is a client of a serve process, which comes back quickly. It lasts as long as the test.
func userOf(t *testing.T, p *process, identity string, config client.Config) *client.Client {
	t.Helper()
	config.URL, config.HTTPClient = processURL, p.http
	config.Backoff = client.Backoff{First: 10 * time.Millisecond, Most: 200 * time.Millisecond}
	if config.Token == nil {
		config.Token = func(context.Context) (string, error) {
			return token.Mint(testKey, testSecret, testAccount, identity, "", time.Hour, time.Now())
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	c, err := client.Dial(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// placeOf makes a conversation with everybody in it.
func placeOf(t *testing.T, all ...*client.Client) string {
	t.Helper()
	c, err := all[0].CreateConversation(t.Context(), client.NewConversation{UniqueName: "place"})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if _, err := one.Join(t.Context(), string(c.SID)); err != nil {
			t.Fatal(err)
		}
	}
	return string(c.SID)
}

// messagesOf is everything in a conversation, by nonce: the indexes at which it is stored.
func messagesOf(t *testing.T, c *client.Client, sid string) map[string][]int64 {
	t.Helper()
	stored := map[string][]int64{}
	for from := int64(0); ; {
		page, err := c.Messages(t.Context(), sid, client.MessageQuery{Anchor: &from, Forward: true, Size: 100})
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.Messages {
			m := &page.Messages[i]
			stored[m.Nonce] = append(stored[m.Nonce], m.Index)
			from = m.Index + 1
		}
		if !page.HasNext {
			return stored
		}
	}
}

// leftBy gives the messages that a process left in its store, as another one finds them in a copy.
func leftBy(t *testing.T, file, sid, identity string) map[string][]int64 {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "left.db")
	if err := copyStore(file, copied); err != nil {
		t.Fatal(err)
	}
	p := newServe(t, copied)
	p.start()
	defer p.kill()
	return messagesOf(t, userOf(t, p, identity, client.Config{}), sid)
}
