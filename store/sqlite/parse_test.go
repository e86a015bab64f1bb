package sqlite_test

import (
	"reflect"
	"testing"

	"parley/store/sqlite"
)

func TestParseURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]sqlite.Config{
		"sqlite:parley.db":                      {Path: "parley.db"},
		"sqlite:/var/lib/a b/p.db":              {Path: "/var/lib/a b/p.db"},
		"sqlite:p.db?synchronous=normal":        {Path: "p.db", Synchronous: "normal"},
		"sqlite:p.db?synchronous=full":          {Path: "p.db", Synchronous: "full"},
		"sqlite:p.db?":                          {Path: "p.db"},
		"sqlite:":                               {},
		"sqlite:?synchronous=full":              {},
		"p.db":                                  {},
		"":                                      {},
		"postgres://h/d":                        {},
		"sqlite:p.db?synchronous=off":           {},
		"sqlite:p.db?synchronous=full&x=1":      {},
		"sqlite:p.db?%zz":                       {},
		"sqlite:p.db?synchronous=a&synchronous": {},
	} {
		got, err := sqlite.ParseURL(raw)
		if (err == nil) != (want.Path != "") || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v", raw, got, err)
		}
	}
}

func FuzzPageToken(f *testing.F) {
	f.Add(sqlite.MakeToken(1), 1)
	f.Add(sqlite.MakeToken(-5, 1<<62), 2)
	f.Add("", 1)
	f.Add("PT", 1)
	f.Fuzz(func(t *testing.T, token string, n int) {
		n = 1 + (n&3+3)%3
		keys, err := sqlite.ParseToken(token, n)
		if err != nil {
			return
		}
		if len(keys) != n {
			t.Fatalf("%d keys of %d", len(keys), n)
		}
		again, err := sqlite.ParseToken(sqlite.MakeToken(keys...), n)
		if err != nil {
			t.Fatal(err)
		}
		for i := range keys {
			if again[i] != keys[i] {
				t.Fatalf("%v became %v", keys, again)
			}
		}
	})
}
