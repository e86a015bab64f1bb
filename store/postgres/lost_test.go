package postgres_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"parley/hub"
	"parley/store/postgres"
	"parley/store/postgres/pgtest"
)

// cut is a store whose server is reached through a proxy, and a conversation with one message in it.
type cut struct {
	*town
	proxy *proxy
	store *postgres.Store // through the proxy; nothing but the test uses it
	c     hub.ConversationSID
}

func newCut(t *testing.T, c postgres.Config) *cut {
	t.Helper()
	server := pgtest.Shared(t)
	url := server.Database(t)
	p := newProxy(t, server.Addr())
	c.URL = p.through(url)
	town := newTown(t, open(t, postgres.Config{URL: url}), 0)
	w := &cut{town, p, open(t, c), town.thread("", "ann")}
	if err := w.commit(w.say("first")); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *cut) commit(op *hub.Op) error {
	w.store.Commit([]*hub.Op{op})
	return op.Err
}

// say adds a message as data.
func (w *cut) say(body string) *hub.Op {
	return w.op("ann", &hub.SendMessage{Conversation: hub.ConversationRef(w.c), Body: body, ReplyTo: hub.NoIndex, Nonce: body})
}

// edit runs.
func (w *cut) edit(body string) *hub.Op {
	return &hub.Op{Run: func(tx hub.Tx) error {
		c, err := tx.Conversation(w.service.SID, hub.ConversationRef(w.c))
		if err != nil {
			return err
		}
		m, err := tx.Message(w.c, hub.MessageRef{Index: 0})
		if err != nil {
			return err
		}
		c.Revision++
		m.Body, m.Changed = body, c.Revision
		return errors.Join(tx.PutMessage(m), tx.PutHead(c))
	}}
}

// found is what is there, seen on another way.
func (w *cut) found() []*hub.Message {
	w.Helper()
	v := hub.Viewer{Service: w.service.SID}
	page, err := w.gate.Messages(w.Context(), v, hub.ConversationRef(w.c), hub.MessageQuery{Forward: true, Anchor: hub.NoIndex, Limit: 1000})
	if err != nil {
		w.Fatal(err)
	}
	for i, m := range page.Messages {
		if m.Index != int64(i) {
			w.Errorf("message %d has index %d", i, m.Index)
		}
	}
	return page.Messages
}

func (w *cut) revision() hub.Revision {
	w.Helper()
	marks, err := w.gate.Heads(w.Context(), []hub.ConversationSID{w.c})
	if err != nil {
		w.Fatal(err)
	}
	return marks[0].Revision
}

// TestLostAnswers: whatever is lost around a commit, what was asked for happens once and the caller learns it (rule R9).
func TestLostAnswers(t *testing.T) {
	w := newCut(t, postgres.Config{})
	fallen, said := 0, 1
	for round := range 3 {
		for _, trap := range []string{"answer", "request", "late"} {
			for _, way := range []string{"data", "run"} {
				body := fmt.Sprintf("%s of %s, %d", trap, way, round)
				op := w.edit(body)
				if way == "data" {
					op = w.say(body)
					said++
				}
				before := w.revision()
				w.proxy.set(trap, body)
				happened := hub.Revision(1)
				if err := w.commit(op); err != nil {
					// What is kept on its way keeps its locks too: then it must never happen.
					if happened = 0; trap != "late" || way != "run" || !hub.AsError(err).Code.Definite() {
						t.Fatalf("%s: %v", body, err)
					}
				}
				if trap == "late" {
					w.proxy.release()
				}
				if got := w.revision(); got != before+happened {
					t.Errorf("%s: the revision went from %d to %d", body, before, got)
				}
				if fallen++; w.proxy.fallen() != fallen {
					t.Fatalf("%s: %d traps sprang, want %d", body, w.proxy.fallen(), fallen)
				}
				if op.Plan != nil && op.Plan.Append().Message.Index != int64(said-1) {
					t.Errorf("%s: the answer is %+v", body, op.Plan.Append().Message)
				}
				if all := w.found(); len(all) != said || way == "data" && all[said-1].Body != body || way == "run" && (all[0].Body == body) != (happened == 1) {
					t.Errorf("%s: there are %d messages, want %d", body, len(all), said)
				}
			}
		}
	}
}

// TestUncertain: what cannot be settled in time is said to be uncertain, what nobody sent to have not happened, and Reopen
// waits until what was uncertain is over.
func TestUncertain(t *testing.T) {
	w := newCut(t, postgres.Config{Settle: 300 * time.Millisecond})
	for _, op := range []*hub.Op{w.say("second"), w.edit("edited")} {
		w.proxy.shutAfter(true)
		w.proxy.set("answer", "")
		if err := w.commit(op); !errors.As(err, new(*hub.UncertainError)) {
			t.Errorf("the answer to a commit is lost: %v", err)
		}
		for range 2 {
			if err := w.commit(w.say("never")); err == nil || !hub.AsError(err).Code.Definite() || !hub.AsError(err).Code.Info().Retry {
				t.Errorf("while the server is away: %v", err)
			}
		}
		if err := w.store.Reopen(t.Context()); err == nil {
			t.Error("it is settled without a server")
		}
		w.proxy.shutAfter(false)
		eventually(t, "the store settles it", func() bool { return w.store.Reopen(t.Context()) == nil })
	}
	if all := w.found(); len(all) != 2 || all[0].Body != "edited" || w.revision() != 5 {
		t.Errorf("there are %d messages, revision %d", len(all), w.revision())
	}
}

func eventually(tb testing.TB, what string, f func() bool) {
	tb.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for until := time.Now().Add(time.Minute); time.Now().Before(until); <-tick.C {
		if f() {
			return
		}
	}
	tb.Fatalf("not within a minute: %s", what)
}
