package web_test

import (
	"maps"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/hub"
	"parley/web"
)

// everySource gives an admin listener all the figures that there are, each zero.
func everySource() web.AdminConfig {
	var cfg web.AdminConfig
	for _, field := range reflect.ValueOf(&cfg).Elem().Fields() {
		if field.Kind() == reflect.Func && field.Type().NumIn() == 0 {
			zero := reflect.Zero(field.Type().Out(0))
			field.Set(reflect.MakeFunc(field.Type(), func([]reflect.Value) []reflect.Value { return []reflect.Value{zero} }))
		}
	}
	cfg.Hub = func() hub.Stats { return hub.Stats{Errors: map[hub.Code]int64{hub.CodeRate: 0}} }
	return cfg
}

// TestOperationsMetrics holds the list of metrics in docs/operations.md to those that there are, with their labels.
func TestOperationsMetrics(t *testing.T) {
	code, body := get(t, administer(t, everySource())+"/metrics")
	if code != http.StatusOK {
		t.Fatal(code, body)
	}
	there := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^(parley_\w+?)(?:_bucket|_sum|_count)?(?:\{(\w+)=.*\})? `).FindAllStringSubmatch(body, -1) {
		if m[2] == "le" {
			m[2] = ""
		}
		there[strings.TrimSuffix(m[1]+"{"+m[2]+"}", "{}")] = true
	}
	page, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(parley_[^`]+)` \\|").FindAllStringSubmatch(string(page), -1) {
		told[m[1]] = true
	}
	for _, name := range slices.Sorted(maps.Keys(there)) {
		if !told[name] {
			t.Errorf("docs/operations.md does not tell what %s means", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(told)) {
		if !there[name] {
			t.Errorf("docs/operations.md tells of %s, which there is not", name)
		}
	}
}
