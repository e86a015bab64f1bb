package hub

import (
	"fmt"
	"testing"
)

// TestMet: whom the hub meets again and again it knows; of the others it forgets those who came first.
func TestMet(t *testing.T) {
	var m met
	who := func(i int) userKey { return userKey{"IS1", fmt.Sprint(i)} }
	for i := range 3 * mostMet {
		m.add(who(i), UserSID(fmt.Sprint("US", i)))
		if sid := m.sid(who(0)); sid != "US0" {
			t.Fatalf("after %d others the first is %q", i, sid)
		}
	}
	if n := len(m.young) + len(m.old); n > 2*mostMet {
		t.Errorf("%d are remembered", n)
	}
	if m.sid(who(1)) != "" || m.sid(who(3*mostMet-1)) == "" {
		t.Error("not the first are forgotten")
	}
	m.forget(who(0))
	if m.sid(who(0)) != "" {
		t.Error("one who was removed is remembered")
	}
}
