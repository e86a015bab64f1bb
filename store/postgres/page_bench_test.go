package postgres_test

import (
	"testing"

	"parley/hub"
	"parley/store/postgres"
	"parley/store/storetest"
)

// BenchmarkPages: pages cost what they hold.
func BenchmarkPages(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) hub.Store {
		b.Helper()
		return open(b, postgres.Config{})
	})
}
