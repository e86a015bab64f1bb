package hub_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub"
	"parley/session/wire"
)

// search gives the bodies of a page, oldest first.
func (w *world) search(a hub.Actor, query string, in hub.ConversationRef) (bodies []string, complete bool) {
	w.t.Helper()
	page, err := w.hub.Search(w.t.Context(), a, hub.Search{Query: query, Conversation: in, Limit: 50})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, m := range page.Messages {
		bodies = append(bodies, m.Body)
	}
	slices.Sort(bodies)
	return bodies, page.Complete
}

func (w *world) searchRefused(code hub.Code, a hub.Actor, s hub.Search) {
	w.t.Helper()
	s.Limit = 1
	_, err := w.hub.Search(w.t.Context(), a, s)
	if e, ok := errors.AsType[*hub.Error](err); !ok || e.Code != code || e.Op != "message.search" {
		w.t.Errorf("searching %+v: got %v, want code %d", s, err, code)
	}
}

// indexed is what the store finds by itself.
func indexed(t *testing.T, store hub.Store, v hub.Viewer, query string) int {
	t.Helper()
	terms, err := hub.ParseSearch(query)
	if err != nil {
		t.Fatal(err)
	}
	page, err := store.Search(t.Context(), v, hub.SearchQuery{Terms: terms, Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Messages)
}

// TestSearchFindsWhatWasJustSaid: also while nothing of it is in the index yet.
func TestSearchFindsWhatWasJustSaid(t *testing.T) {
	w := newWorld(t)
	one, other := w.thread("bob"), w.thread()
	w.say("ann", one, "green tea")
	w.say("ann", other, "green bottle")
	for query, want := range map[string]string{"green": "green bottle,green tea", `"green tea"`: "green tea", "bott*": "green bottle", "x": ""} {
		if got, complete := w.search(w.as("ann"), query, ""); strings.Join(got, ",") != want || !complete {
			t.Errorf("%q: %q, complete: %v", query, got, complete)
		}
	}
	if got, _ := w.search(w.as("bob"), "green", ""); len(got) != 1 {
		t.Errorf("bob finds %q", got)
	}
	w.say("ann", one, "green at last")
	if got, complete := w.search(hub.Actor{Service: w.service}, "green", one); len(got) != 2 || !complete {
		t.Errorf("the account finds %q, complete: %v", got, complete)
	}
	w.searchRefused(hub.CodeInvalidParams, w.as("ann"), hub.Search{Query: " - "})
	w.searchRefused(hub.CodePageToken, w.as("ann"), hub.Search{Query: "tea", After: "x"})
	w.searchRefused(hub.CodeConversationAbsent, w.as("bob"), hub.Search{Query: "tea", Conversation: other})
}

// indexing is a store that can refuse to index.
type indexing struct {
	hub.Store
	refuses atomic.Bool
	steps   atomic.Int64
}

func (s *indexing) Index(ctx context.Context, steps []hub.IndexStep) error {
	if s.refuses.Load() {
		return errors.New("not now")
	}
	s.steps.Add(int64(len(steps)))
	return s.Store.Index(ctx, steps)
}

// indexWorld is a hub on such a store, for the time of synctest.
func indexWorld(t *testing.T) (*world, *indexing) {
	t.Helper()
	var store *indexing
	w := newWorld(t, func(c *hub.Config) {
		store = &indexing{Store: c.Store}
		c.Store = store
	})
	return w, store
}

// passes lets time go by.
func passes(d time.Duration) { <-time.NewTimer(d).C }

// TestIndexFollows: what was said is in the index a little later without anybody who searches, and only then.
func TestIndexFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, store := indexWorld(t)
		passes(time.Minute)
		before := store.steps.Load()
		ref := w.thread()
		for i := range 1000 {
			w.say("ann", ref, fmt.Sprint("tea ", i))
		}
		w.do(w.as("ann"), &hub.RemoveMessage{Conversation: ref, Message: hub.MessageRef{Index: 7}})
		stats := w.hub.Stats()
		if n := store.steps.Load() - before; n != 0 || stats.Unindexed != 1 {
			t.Errorf("indexed in %d steps before any time has passed; %d wait", n, stats.Unindexed)
		}
		passes(time.Minute)
		for query, want := range map[string]int{"tea 999": 1, "tea 7": 0} {
			if got := indexed(t, store, hub.Viewer{Service: w.service}, query); got != want {
				t.Errorf("%q finds %d, want %d", query, got, want)
			}
		}
		// 1,000 rows in steps of 30; the one that was removed comes as something to drop.
		stats = w.hub.Stats()
		if n := store.steps.Load() - before; n != 34 || stats.Indexed != 1000 || stats.Unindexed != 0 || stats.IndexLate != 0 {
			t.Errorf("indexed %d messages in %d steps; %d wait", stats.Indexed, n, stats.Unindexed)
		}
	})
}

// TestIndexAfterTrouble: while the store does not take it, searches find what is there and say so; later all is made up for.
func TestIndexAfterTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, store := indexWorld(t)
		ref := w.thread()
		w.say("ann", ref, "tea")
		passes(time.Minute)
		store.refuses.Store(true)
		w.say("ann", ref, "more tea")
		for range 2 {
			if got, complete := w.search(w.as("ann"), "tea", ""); len(got) != 1 || complete {
				t.Errorf("found %q, complete: %v", got, complete)
			}
			passes(10 * time.Second)
		}
		store.refuses.Store(false)
		passes(10 * time.Second)
		if got := indexed(t, store, hub.Viewer{Service: w.service}, "tea"); got != 2 {
			t.Errorf("%d are in the index", got)
		}
	})
}

// TestSearchIsBounded: who is in more than a search brings up to date is told that something may be missing, and finds it
// when asking again.
func TestSearchIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := indexWorld(t)
		passes(time.Minute) // looking through what is there is over
		var refs []hub.ConversationRef
		for range 25 {
			refs = append(refs, w.thread())
		}
		passes(time.Minute)
		for _, ref := range refs {
			w.say("ann", ref, "tea")
		}
		for _, a := range []hub.Actor{w.as("ann"), {Service: w.service}} {
			// The index works beside it, and may have come to some more.
			if got, complete := w.search(a, "tea", ""); len(got) < 20 || complete != (len(got) == 25) {
				t.Errorf("%q found %d, complete: %v", a.Identity, len(got), complete)
			}
			if got, complete := w.search(a, "tea", ""); len(got) != 25 || !complete {
				t.Errorf("%q found %d of 25, complete: %v", a.Identity, len(got), complete)
			}
			passes(time.Minute)
			for _, ref := range refs {
				w.do(w.as("ann"), &hub.RemoveMessage{Conversation: ref, Message: hub.MessageRef{Index: 0}})
				w.say("ann", ref, "coffee")
			}
			passes(time.Minute)
			refs = refs[:0]
			for range 25 {
				refs = append(refs, w.thread())
				w.say("ann", refs[len(refs)-1], "x")
			}
			passes(time.Minute)
			for _, ref := range refs {
				w.say("ann", ref, "tea")
			}
		}
	})
}

// TestSurvey: what a hub left behind unindexed is found by the next.
func TestSurvey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, store := indexWorld(t)
		passes(time.Minute)
		store.refuses.Store(true)
		for range 30 {
			w.say("ann", w.thread(), "tea")
		}
		w.hub.Close()
		store.refuses.Store(false)
		w.hub = hub.New(hub.Config{Store: store, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits()})
		passes(5 * time.Second)
		if got := indexed(t, store, hub.Viewer{Service: w.service}, "tea"); got != 30 {
			t.Errorf("%d of 30 are in the index", got)
		}
	})
}
