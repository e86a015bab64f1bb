package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Settings of a server that would start.
const (
	testAccount = "AC" + testDigits
	testKey     = "SK" + testDigits
	testDigits  = "0123456789abcdef0123456789abcdef"
)

// textFile writes a file for a test.
func textFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// parsed is the command line as the commands see it.
func parsed(t *testing.T, args ...string) *commands {
	t.Helper()
	cli := new(commands)
	parser, err := newParser(cli, t.Context(), stdio{out: io.Discard, err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	return cli
}

// TestSettingsPrecedence: a flag goes before the environment, that before the file, and that before the default.
func TestSettingsPrecedence(t *testing.T) {
	config := textFile(t, "parley.yaml", "hub-name: file\ndrain: 7s\ncompression: true\nmax-body-bytes: 7\nadmin: \"\"\n")
	for _, c := range []struct {
		name string
		env  string
		args []string
		want string
	}{
		{"default", "", nil, hostname()},
		{"file", "", []string{"--config", config}, "file"},
		{"environment before file", "environment", []string{"--config", config}, "environment"},
		{"environment before default", "environment", nil, "environment"},
		{"flag before all", "environment", []string{"--config", config, "--hub-name", "flag"}, "flag"},
		{"flag before file", "", []string{"--hub-name", "flag", "--config", config}, "flag"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.env != "" {
				t.Setenv("PARLEY_HUB_NAME", c.env)
			}
			if got := parsed(t, slices.Concat([]string{"serve"}, c.args)...).Serve.HubName; got != c.want {
				t.Errorf("the hub's name is %q, want %q", got, c.want)
			}
		})
	}
	t.Run("kinds of values", func(t *testing.T) {
		t.Setenv("PARLEY_CONFIG", config)
		got := parsed(t, "serve").Serve
		if got.Drain != 7*time.Second || !got.Compression || got.Limits.BodyBytes != 7 || got.Admin != "" {
			t.Errorf("the file's settings came as %v, %v, %d, %q", got.Drain, got.Compression, got.Limits.BodyBytes, got.Admin)
		}
	})
}

// TestSettingsRepeated: values that may be repeated are flags given again, or parts between commas, or a list in the file.
func TestSettingsRepeated(t *testing.T) {
	want := []string{"https://a.example", "https://b.example"}
	check := func(t *testing.T, args ...string) {
		t.Helper()
		if got := parsed(t, append(args, "serve")...).Serve.AllowOrigin; !slices.Equal(got, want) {
			t.Errorf("the origins are %q, want %q", got, want)
		}
	}
	t.Run("flags", func(t *testing.T) {
		if got := parsed(t, "serve", "--allow-origin", want[0], "--allow-origin", want[1]).Serve.AllowOrigin; !slices.Equal(got, want) {
			t.Errorf("the origins are %q, want %q", got, want)
		}
	})
	t.Run("environment", func(t *testing.T) {
		t.Setenv("PARLEY_ALLOW_ORIGIN", strings.Join(want, ","))
		check(t)
	})
	t.Run("list in the file", func(t *testing.T) {
		check(t, "--config", textFile(t, "list.yaml", fmt.Sprintf("allow-origin:\n- %s\n- %s\n", want[0], want[1])))
	})
	t.Run("text in the file", func(t *testing.T) {
		check(t, "--config", textFile(t, "text.yaml", "allow-origin: "+strings.Join(want, ",")))
	})
}

// TestSettingsFileOfAllCommands: one file serves several commands, each of which takes what it knows.
func TestSettingsFileOfAllCommands(t *testing.T) {
	config := textFile(t, "all.yaml", "identity: ann\nlisten: :1\nstore: sqlite:x.db\naccount-sid: "+testAccount+"\n")
	if got := parsed(t, "token", "--config", config).Token; got.Identity != "ann" || got.AccountSID != testAccount {
		t.Errorf("token takes %q and %q", got.Identity, got.AccountSID)
	}
	if got := parsed(t, "backup", "to", "--config", config).Backup; got.Store != "sqlite:x.db" {
		t.Errorf("backup takes the store %q", got.Store)
	}
}

// TestSecretsFromFiles: the account's secret and the API keys may stand in files, the latter one a line and beside flags.
func TestSecretsFromFiles(t *testing.T) {
	second := "SK" + strings.Repeat("2", 32)
	secret, keys := textFile(t, "secret", "of the file\n"), textFile(t, "keys", testKey+":one\n\n"+second+":two\n")
	third := "SK" + strings.Repeat("3", 32)
	serve := parsed(t, "serve", "--account-sid", testAccount, "--auth-token-file", secret,
		"--api-key-file", keys, "--api-key", third+":three").Serve
	set, err := serve.setup()
	if err != nil {
		t.Fatal(err)
	}
	got := set.tokens.APIKeys
	if len(got) != 3 || got[testKey] != "one" || got[second] != "two" || got[third] != "three" {
		t.Errorf("the API keys are %v", got)
	}
}
