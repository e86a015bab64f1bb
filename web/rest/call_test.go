package rest

import (
	"slices"
	"testing"
	"time"

	"parley/hub"
)

// TestValues: a call gives what was sent for a parameter, nothing where it was not, and does not let anybody ask for what the
// table does not have.
func TestValues(t *testing.T) {
	now := time.Now()
	c := &call{base: "https://host/v1", place: &place{operation: tried}, values: map[string]any{
		"Text": "a", "Many": []string{"a", "b"}, "Number": nil, "Flag.Deep": false, "Date": now, "Span": time.Second,
	}}
	switch {
	case c.text("Text") != "a" || c.text("Enum") != "" || *c.optText("Text") != "a" || c.optText("Enum") != nil:
		t.Error("texts")
	case !slices.Equal(c.list("Many"), []string{"a", "b"}) || !c.time("Date").Equal(now) || c.duration("Span") != time.Second:
		t.Error("lists, dates, durations")
	case !c.given("Number") || c.given("JSON") || opt[int64](c, "Number") != nil || *c.optFlag("Flag.Deep"):
		t.Error("null, flags")
	case c.url("a/b", "c") != "https://host/v1/a%2Fb/c":
		t.Error(c.url("a/b", "c"))
	case *index(0) != 0 || index(hub.NoIndex) != nil:
		t.Error("indexes")
	}
	defer func() {
		if recover() == nil {
			t.Error("asked for what is not in the table")
		}
	}()
	c.text("None")
}
