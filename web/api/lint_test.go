package api_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.uber.org/goleak"

	"parley/store/postgres/pgtest"
	"parley/web/api"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		pgtest.StopShared()
		os.Exit(code)
	}))
}

// readOpenAPI reads the document of REST, which must be valid.
func readOpenAPI(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(api.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestOpenAPILint: the document is valid, and what tools and people need is there: names that programs can have for operations, each
// once, something about each operation and parameter, and a tag that is told of.
func TestOpenAPILint(t *testing.T) {
	doc := readOpenAPI(t)
	id, seen := regexp.MustCompile(`^[A-Z][A-Za-z]+$`), map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			at := method + " " + path
			if !id.MatchString(o.OperationID) || seen[o.OperationID] {
				t.Errorf("%s: the id %q is none, or another's", at, o.OperationID)
			}
			seen[o.OperationID] = true
			if o.Summary == "" || len(o.Tags) != 1 || doc.Tags.Get(o.Tags[0]) == nil {
				t.Errorf("%s: summary %q, tags %v", at, o.Summary, o.Tags)
			}
			for _, p := range o.Parameters {
				if p.Value.Description == "" {
					t.Errorf("%s: nothing is said of %s", at, p.Value.Name)
				}
			}
		}
	}
	for name, schema := range doc.Components.Schemas {
		for member, s := range schema.Value.Properties {
			if (member == "sid" || strings.HasSuffix(member, "_sid")) && s.Value.Pattern == "" {
				t.Errorf("%s: what sids %s has is not said", name, member)
			}
		}
		for _, member := range schema.Value.Required {
			if schema.Value.Properties[member] == nil {
				t.Errorf("%s: %s is required and not there", name, member)
			}
		}
	}
}
