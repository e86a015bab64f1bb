package sqlite_test

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"parley/hub"
	"parley/store/sqlite"
	"parley/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open opens a store that is closed when the test ends.
func open(tb testing.TB, c sqlite.Config) *sqlite.Store {
	tb.Helper()
	if c.Path == "" {
		c.Path = filepath.Join(tb.TempDir(), "parley.db")
	}
	s, err := sqlite.Open(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("closing: %v", err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) hub.Store {
		t.Helper()
		return open(t, sqlite.Config{})
	})
}
