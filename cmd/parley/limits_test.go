package main

import (
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"parley/hub"
)

// TestLimitsPage holds docs/limits.md to the flags: each has a line with its default.
func TestLimitsPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(page), "\n")
	kind := reflect.TypeFor[limitFlags]()
	for field := range kind.Fields() {
		flag, value := "--max-"+kebab(field.Name), field.Tag.Get("default")
		found := false
		for _, line := range lines {
			cells := strings.Split(line, "|")
			if len(cells) > 3 && strings.TrimSpace(cells[1]) == "`"+flag+"`" {
				found = strings.HasPrefix(strings.TrimSpace(cells[2]), value)
			}
		}
		if !found {
			t.Errorf("docs/limits.md has no line for `%s` with its default %s", flag, value)
		}
	}
}

// TestLimitFlagsAreTheHubsDefaults keeps the two lists of defaults one.
func TestLimitFlagsAreTheHubsDefaults(t *testing.T) {
	var cli commands
	parser, err := newParser(&cli, t.Context(), stdio{err: io.Discard, out: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"dev"}); err != nil {
		t.Fatal(err)
	}
	if got, want := cli.Dev.Limits.hub(), hub.DefaultLimits(); got != want {
		t.Errorf("the flags' defaults are %+v, the hub's %+v", got, want)
	}
}

func kebab(name string) string {
	var b strings.Builder
	for i, c := range name {
		if c >= 'A' && c <= 'Z' {
			if i > 0 {
				b.WriteByte('-')
			}
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}
