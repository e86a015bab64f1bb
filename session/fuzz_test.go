package session

import (
	"slices"
	"testing"

	"parley/hub"
	"parley/session/wire"
)

// FuzzMethodParams gives every method of the registry arbitrary params: it takes them or names what is wrong, and never
// panics.
func FuzzMethodParams(f *testing.F) {
	names := slices.DeleteFunc(MethodNames(), func(name string) bool {
		m := methods[name]
		return m.write == nil && m.read == nil
	})
	seeds := []string{
		`{}`, `null`, `{"conversation":"lobby"}`, `{"conversation":null,"message":-1,"index":1.5,"since":-3}`,
		`{"conversation":"CH00000000000000000000000000000000","message":0,"participant":"ann","identity":"ann","body":"x",` +
			`"attributes":{"a":[1]},"reaction":"+1","index":3,"since":0,"level":"muted","role_sid":"RL","state":"closed",` +
			`"page_size":101,"page_token":"PT","anchor":"end","direction":"forward","proxy_address":"+1","address":"+2","media":["ME"]}`,
	}
	for i := range names {
		for _, params := range seeds {
			f.Add(uint(i), []byte(params))
		}
	}
	f.Fuzz(func(t *testing.T, which uint, params []byte) {
		if wire.Check(params) != nil {
			return // refused with the frame
		}
		name := names[which%uint(len(names))]
		p := wire.ParseParams(name, params)
		switch m := methods[name]; {
		case m.write != nil:
			if cmd := m.write(p); cmd == nil {
				t.Errorf("%s made no command", name)
			}
		case m.read(p) == nil:
			t.Errorf("%s made no read", name)
		}
		if err := p.Err(); err != nil && hub.AsError(err).Code != hub.CodeInvalidParams {
			t.Errorf("%s refused its params with %v", name, err)
		}
	})
}
