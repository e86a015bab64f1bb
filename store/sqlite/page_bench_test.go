package sqlite_test

import (
	"testing"

	"parley/hub"
	"parley/store/sqlite"
	"parley/store/storetest"
)

// BenchmarkPages: pages cost what they hold.
func BenchmarkPages(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) hub.Store {
		b.Helper()
		return open(b, sqlite.Config{Synchronous: "normal"})
	})
}

func BenchmarkMemberships(b *testing.B) {
	storetest.BenchmarkMemberships(b, func(b *testing.B) hub.Store {
		b.Helper()
		return open(b, sqlite.Config{Synchronous: "normal"})
	})
}
