package postgres_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"parley/hub"
	"parley/store/postgres"
	"parley/store/postgres/pgtest"
	"parley/store/storetest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		pgtest.StopShared()
		os.Exit(code)
	}))
}

// open opens a store that is closed when the test ends, by default on a database of its own.
func open(tb testing.TB, c postgres.Config) *postgres.Store {
	tb.Helper()
	if c.URL == "" {
		c.URL = pgtest.Shared(tb).Database(tb)
	}
	s, err := postgres.Open(tb.Context(), c)
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
		return open(t, postgres.Config{})
	})
}
