package hub

import (
	"encoding/json"
	"unicode/utf8"
)

// Attributes is an app's own JSON value, kept as the text it came in: "" stands for {}.
type Attributes string

// Text is the JSON text, never empty.
func (a Attributes) Text() string {
	if a == "" {
		return "{}"
	}
	return string(a)
}

// check refuses what is not JSON or too long.
func (a Attributes) check(limit int) error {
	if limit > 0 && len(a) > limit {
		return Errorf(CodeAttributesLong, "attributes are %d bytes long, at most %d are allowed", len(a), limit)
	}
	if a != "" && (!json.Valid([]byte(a)) || !utf8.ValidString(string(a))) {
		return Errorf(CodeAttributesNotJSON, "attributes are not valid JSON")
	}
	return nil
}
