package bus

import "testing"

// TestWishes: a topic is told to be sure when the last command about it was confirmed, not before, once for each wish.
func TestWishes(t *testing.T) {
	t.Parallel()
	w := newWishes()
	confirm := func(kind string, tell, expected bool) {
		t.Helper()
		if gotTell, gotExpected := w.confirm("t", kind); gotTell != tell || gotExpected != expected {
			t.Errorf("%s: tell %t, expected %t", kind, gotTell, gotExpected)
		}
	}
	w.want("t")
	w.take()
	w.drop("t")
	w.take()
	w.want("t")
	w.take()
	confirm(subscribed, false, true) // it ends once more after that
	confirm(unsubscribed, false, true)
	confirm(subscribed, true, true)
	confirm(subscribed, false, false) // the library subscribed again

	w.want("t")
	w.take()
	w.want("t")                      // and is not sent yet
	confirm(subscribed, false, true) // not for this wish
	w.take()
	confirm(subscribed, true, true)
	confirm(unsubscribed, false, false) // the server ended it

	if topics := w.restart(); len(topics) != 1 {
		t.Errorf("a new connection is subscribed to %q", topics)
	}
	confirm(subscribed, false, true) // it was told, and doubt tells the rest
	w.restart()
	w.untell([]string{"t"})
	confirm(subscribed, true, true)

	w.drop("t")
	w.take()
	confirm(unsubscribed, false, true)
	if len(w.topics) != 0 || w.wanted != 0 {
		t.Errorf("%d topics and %d wishes are left", len(w.topics), w.wanted)
	}
}
