package bus

import (
	"slices"
	"strings"
	"testing"
)

func TestURLs(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]address{
		"redis://host":                       {hosts: []string{"host:6379"}},
		"redis://u:p%40ss@host:1/3?prefix=x": {hosts: []string{"host:1"}, user: "u", password: "p@ss", db: 3, prefix: "x"},
		"redis://:pw@[::1]":                  {hosts: []string{"[::1]:6379"}, password: "pw"},
		"redis+sentinel://u:p@a,b:2/main/1?sentinel_user=su&sentinel_password=s%26p": {
			kind: sentinel, hosts: []string{"a:26379", "b:2"}, user: "u", password: "p", master: "main", db: 1,
			sentinelUser: "su", sentinelPassword: "s&p",
		},
		"redis+cluster://a:1,[::2]:2,c": {kind: cluster, hosts: []string{"a:1", "[::2]:2", "c:6379"}},
		"rediss+cluster://a":            {kind: cluster, hosts: []string{"a:6379"}},
	} {
		got, err := parseAddress(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if want.prefix == "" {
			want.prefix = "parley:"
		}
		if secure := strings.HasPrefix(url, "rediss"); secure != (got.tls != nil) {
			t.Errorf("%s: TLS is %t", url, !secure)
		}
		same := slices.Equal(got.hosts, want.hosts)
		if got.hosts, got.tls, want.hosts = nil, nil, nil; !same || !equal(*got, want) {
			t.Errorf("%s: %+v, want %+v", url, *got, want)
		}
	}
}

func equal(a, b address) bool {
	return a.kind == b.kind && a.user == b.user && a.password == b.password && a.master == b.master && a.db == b.db &&
		a.prefix == b.prefix && a.sentinelUser == b.sentinelUser && a.sentinelPassword == b.sentinelPassword
}

// TestBadURLs: each is refused, and no error gives away a password, wherever it was misplaced.
func TestBadURLs(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "host:6379", "http://secret@host", "redis+://host", "redis+magic://host", "redis://", "redis://host:port", "redis://host:0",
		"redis://user:sec/ret@host", "redis://user:secret%zz@host", "redis://user:secret@", "redis://a,b", "redis://host/secret",
		"redis://host/-1", "redis+sentinel://host", "redis+cluster://host/2", "redis://host?secret=1", "redis://host?%zz=secret",
		"redis://host?tls_name=x", "rediss://host?tls_ca=/nowhere", "rediss://host?tls_cert=/nowhere", "redis://user:sec#ret@host",
	} {
		switch err := CheckURL(url); {
		case err == nil:
			t.Errorf("%q is accepted", url)
		case strings.Contains(strings.ReplaceAll(err.Error(), `parameter "secret"`, ""), "sec"):
			t.Errorf("%q: %v", url, err)
		}
	}
}
