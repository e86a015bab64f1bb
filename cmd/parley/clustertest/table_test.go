package clustertest

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	tableTest = regexp.MustCompile("\\| `(Test[^`]+)` \\|")
	plainTest = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	subtest   = regexp.MustCompile(`t\.Run\("([^"]+)"`)
)

// TestTable holds the table of faults in docs/reliability.md to the tests of this package, both ways.
func TestTable(t *testing.T) {
	page, err := os.ReadFile("../../../docs/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, m := range tableTest.FindAllStringSubmatch(string(page), -1) {
		told = append(told, m[1])
	}
	told = slices.DeleteFunc(told, func(name string) bool { return name == "TestCrash" }) // in cmd/parley
	made := faultTests(t)
	slices.Sort(told)
	slices.Sort(made)
	for _, name := range told {
		if !slices.Contains(made, name) {
			t.Errorf("docs/reliability.md tells of %s, which is no test", name)
		}
	}
	for _, name := range made {
		if n := len(slices.DeleteFunc(slices.Clone(told), func(s string) bool { return s != name })); n != 1 {
			t.Errorf("docs/reliability.md has %d lines for %s", n, name)
		}
	}
}

// faultTests names every test that starts a cluster, each subtest for itself.
func faultTests(t *testing.T) (names []string) {
	t.Helper()
	lists := map[string][]harm{"TestHubs": hubHarms, "TestRedis": redisHarms, "TestPostgres": postgresHarms}
	for _, file := range []string{
		"hubs_test.go", "redis_test.go", "failover_test.go", "postgres_test.go", "standby_test.go", "hostile_test.go",
		"versions_test.go", "soak_test.go",
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range plainTest.FindAllStringSubmatch(string(text), -1) {
			var below []string
			for _, h := range lists[m[1]] {
				below = append(below, h.name)
			}
			if lists[m[1]] == nil {
				for _, s := range subtest.FindAllStringSubmatch(string(text), -1) {
					below = append(below, s[1])
				}
			}
			if len(below) == 0 {
				names = append(names, m[1])
			}
			for _, name := range below {
				names = append(names, m[1]+"/"+strings.ReplaceAll(name, " ", "_"))
			}
		}
	}
	return names
}
