package wire_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"parley/session/wire"
)

var update = flag.Bool("update", false, "write golden files instead of comparing with them")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// golden compares text, one JSON value, with testdata/name.json.
func golden(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := wire.Check(text); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, text)
	}
	file := filepath.Join("testdata", filepath.FromSlash(name)+".json")
	text = append(bytes.Clone(text), '\n')
	if *update {
		write(t, file, text)
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, want) {
		t.Errorf("%s\n got %s\nwant %s", file, text, want)
	}
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// read decodes text the way a client does.
func read[T any](t interface {
	Helper()
	Fatalf(string, ...any)
}, text []byte,
) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return v
}
