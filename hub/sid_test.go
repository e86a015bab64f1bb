package hub_test

import (
	"regexp"
	"testing"
	"time"

	"parley/hub"
)

// TestSIDsSortByTime: within a millisecond too, as what lists by sid shows what was made one after the other.
func TestSIDsSortByTime(t *testing.T) {
	uuid7 := regexp.MustCompile(`^CH[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$`) // RFC 9562, section 5.7
	at, last := time.Unix(1_795_502_999, 999_990_000), ""
	for range 3000 { // over a millisecond's end, and a second's
		sid := hub.NewSID("CH", at)
		if !uuid7.MatchString(sid) {
			t.Fatalf("%s is no UUIDv7", sid)
		}
		if sid <= last {
			t.Fatalf("at %v came %s behind %s", at, sid, last)
		}
		at, last = at.Add(300*time.Nanosecond), sid
	}
}

// TestSIDsDiffer: those of one moment too.
func TestSIDsDiffer(t *testing.T) {
	at, seen := time.Now(), map[string]bool{}
	for range 10_000 {
		seen[hub.NewSID("IM", at)] = true
	}
	if len(seen) != 10_000 {
		t.Errorf("%d of 10,000 differ", len(seen))
	}
}
