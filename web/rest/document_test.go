package rest

import (
	"bytes"
	goflag "flag"
	"os"
	"regexp"
	"testing"
)

var update = goflag.Bool("update", false, "write what is made from the code")

// documentFile is the document as it is committed.
const documentFile = "../api/openapi.json"

// TestDocument: the committed document is what the table of operations says.
func TestDocument(t *testing.T) {
	made, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(documentFile, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(documentFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, committed) {
		t.Errorf("%s is not what the operations are now: go test -run '^TestDocument$' ./web/rest -update", documentFile)
	}
}

// TestDocumentedParams: each operation and parameter says what it is; what is free text says how much of it there may be.
func TestDocumentedParams(t *testing.T) {
	sentence := regexp.MustCompile(`^[A-Z"].*\.$`)
	for _, o := range operations() {
		if !sentence.MatchString(o.about) {
			t.Errorf("%s: %q is no sentence", o.id, o.about)
		}
		for _, p := range o.params {
			if !sentence.MatchString(p.about) {
				t.Errorf("%s %s: %q is no sentence", o.id, p.name, p.about)
			}
			free := len(p.values) == 0 && (p.kind == text || p.kind == jsonText)
			if free && (p.most == 0 || p.long == 0) {
				t.Errorf("%s %s: how long it may be, and with which code it is refused, is not said", o.id, p.name)
			}
		}
	}
}
