package clustertest

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"parley/cmd/parley/history"
)

// compared is how often the hubs of TestHostileBus compare everything with the store. By default it is every 30 s; what comes
// within soonCompared did not wait for that.
const (
	compared     = 3 * time.Second
	soonCompared = 20 * time.Second
)

// TestHostileBus has the hubs lose, repeat and reorder 1 % of what the bus brings, and sets the clocks of two of them five
// minutes apart from the third's, one each way. A fourth hub hears nothing at all.
func TestHostileBus(t *testing.T) {
	t.Parallel()
	clocks, deaf := []string{"-5m", "0s", "5m", "0s"}, 3
	c := Start(t, Config{
		Hubs:   4,
		Binary: func(int) string { return Binary(t, "fault") },
		Env: func(i int) []string {
			rates := "drop=0.01,repeat=0.01,reorder=0.01,delay=0.01"
			if i == deaf {
				rates = "drop=1"
			}
			return []string{
				"PARLEY_FAULT_BUS=" + rates, "PARLEY_FAULT_COMPARE=" + compared.String(), "PARLEY_FAULT_CLOCK=" + clocks[i],
				fmt.Sprintf("PARLEY_FAULT_SEED=%d", i),
			}
		},
	})
	w := Found(c, 160)
	t.Run("bus messages lost, repeated, reordered, and clocks apart", func(t *testing.T) {
		w.Through(t, func() { w.Await(1000) })
	})
	t.Run("the last publish of a quiet conversation is lost", func(t *testing.T) {
		writer, reader, at := w.strangers(t, c.Hubs[0], c.Hubs[deaf])
		began := time.Now()
		m := writer.tell(t, at.SID, "")
		seen := Soon(settleWithin, func() bool { next, in := reader.due(at.SID); return in && next > m })
		if took := time.Since(began); !seen || took > soonCompared {
			t.Errorf("it was seen: %v, after %v; everything is compared every %v", seen, took, compared)
		}
		w.Judge(t)
	})
	if apart := w.clocks(t); apart < 9*time.Minute {
		t.Errorf("the hubs' clocks were %v apart", apart)
	}
	c.Each(func(h *Hub) {
		if err := h.Terminate(); err != nil {
			t.Errorf("%s ended with %v", h.Name, err)
		}
	})
	for i, h := range c.Hubs {
		said := regexp.MustCompile(`"the bus was hostile","dropped":(\d+),"repeated":(\d+),"reordered":(\d+)`).FindStringSubmatch(h.log.String())
		if said == nil {
			t.Fatalf("%s does not say what its bus did", h.Name)
		}
		for n, what := range []string{"dropped", "repeated", "reordered"} {
			if count, _ := strconv.Atoi(said[n+1]); count == 0 && (i != deaf || n == 0) {
				t.Errorf("%s: no message was %s", h.Name, what)
			}
		}
	}
}

// clocks gives how far apart the clocks are that made the sids of messages: those begin with the time, in milliseconds.
func (w *Town) clocks(tb testing.TB) time.Duration {
	tb.Helper()
	first, last := int64(1)<<48, int64(0)
	for _, r := range w.record.History() {
		if r.What != history.Acked || r.Message == nil {
			continue
		}
		ms, err := strconv.ParseInt(r.Message.SID[2:14], 16, 64)
		if err != nil {
			tb.Fatal(err)
		}
		first, last = min(first, ms), max(last, ms)
	}
	return time.Duration(last-first) * time.Millisecond
}

// strangers finds two members of one place and puts them on two hubs.
func (w *Town) strangers(tb testing.TB, first, second *Hub) (a, b *Person, at *Place) {
	tb.Helper()
	at = w.Places[len(w.Places)/2]
	a, b = at.members[1], at.members[2]
	a.Move(tb, first, "")
	b.Move(tb, second, "")
	return a, b, at
}
