package main

import (
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"parley/hub"
)

// TestLimitsPage holds docs/limits.md to the flags, both ways: each limit has a line with its default, and each line a flag.
func TestLimitsPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{} // of each flag the cell with its default
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		if flag, ok := strings.CutPrefix(strings.TrimSpace(cells[1]), "`--"); ok {
			lines[strings.TrimSuffix(flag, "`")] = strings.TrimSpace(cells[2])
		}
	}
	limits := map[string]string{}
	for field := range reflect.TypeFor[limitFlags]().Fields() {
		limits["max-"+kebab(field.Name)] = field.Tag.Get("default")
	}
	for field := range reflect.TypeFor[hubFlags]().Fields() { // other limits than --max-*
		flag := kebab(field.Name)
		if _, told := lines[flag]; told || strings.HasSuffix(flag, "-rate") {
			limits[flag] = field.Tag.Get("default")
		}
	}
	for flag, value := range limits {
		if cell, ok := lines[flag]; !ok || cell != value && !strings.HasPrefix(cell, value+" ") {
			t.Errorf("docs/limits.md has no line for `--%s` with its default %s: %q", flag, value, cell)
		}
		delete(lines, flag)
	}
	for flag := range lines {
		t.Errorf("docs/limits.md has a line for `--%s`, and there is no such flag", flag)
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
