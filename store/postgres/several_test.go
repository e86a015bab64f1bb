package postgres_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"parley/hub"
	"parley/store/postgres"
	"parley/store/postgres/pgtest"
)

// TestSeveralHubs: hubs that write to the same conversations at the same time give each message a place of its own, lose none
// and hold none up for long. Their names are taken once.
func TestSeveralHubs(t *testing.T) {
	url := pgtest.Shared(t).Database(t)
	first := newTown(t, open(t, postgres.Config{URL: url}), 0)
	towns := []*town{first}
	for range 2 {
		other := newTown(t, open(t, postgres.Config{URL: url}), 0)
		other.service = first.service
		towns = append(towns, other)
	}
	var threads []hub.ConversationSID
	for range 3 {
		threads = append(threads, first.thread("", "ann", "bob"))
	}
	const each = 150
	var all sync.WaitGroup
	var named atomic.Int64
	for i, town := range towns {
		for sender := range 4 {
			all.Go(func() {
				for n := range each {
					ref := hub.ConversationRef(threads[(n+sender)%len(threads)])
					body := fmt.Sprint(i, " ", sender, " ", n)
					cmd := hub.Command(&hub.SendMessage{Conversation: ref, Body: body, ReplyTo: hub.NoIndex, Nonce: body})
					if n%10 == 9 {
						cmd = &hub.React{Conversation: ref, Message: hub.MessageRef{Index: 0}, Reaction: fmt.Sprint(n % 7), Remove: i == 0}
					}
					if _, err := town.do([]string{"ann", "bob"}[sender%2], cmd); err != nil {
						t.Errorf("%s: %v", body, err)
					}
				}
				if _, err := town.do("", &hub.CreateConversation{UniqueName: fmt.Sprint("name ", sender)}); err == nil {
					named.Add(1)
				}
			})
		}
	}
	all.Wait()
	if named.Load() != 4 {
		t.Errorf("4 names were given %d times", named.Load())
	}
	total := 0
	for _, c := range threads {
		changes, err := first.gate.Changes(t.Context(), hub.Viewer{Service: first.service.SID}, c, hub.ChangeQuery{Limit: 10000})
		if err != nil {
			t.Fatal(err)
		}
		seen, index := map[hub.Revision]bool{}, int64(0)
		for _, e := range changes.Events {
			if seen[e.Revision] {
				t.Errorf("revision %d is there twice", e.Revision)
			}
			if seen[e.Revision] = true; e.Kind == hub.MessageAdded {
				if e.Message.Index != index {
					t.Errorf("index %d where %d was due", e.Message.Index, index)
				}
				index++
			}
		}
		if changes.View.LastIndex != index-1 || changes.View.Messages != index {
			t.Errorf("the head has index %d and %d messages, and there are %d", changes.View.LastIndex, changes.View.Messages, index)
		}
		total += int(index)
	}
	if want := 3 * 4 * each * 9 / 10; total != want {
		t.Errorf("%d messages are there, want %d", total, want)
	}
}

// TestRemovedMeanwhile: once a removal was acknowledged, no hub takes what the removed one sends (rule R6).
func TestRemovedMeanwhile(t *testing.T) {
	url := pgtest.Shared(t).Database(t)
	first := newTown(t, open(t, postgres.Config{URL: url}), 0)
	second := newTown(t, open(t, postgres.Config{URL: url}), 0)
	second.service = first.service
	ref := hub.ConversationRef(first.thread("", "ann", "bob"))
	for round := range 30 {
		var removed atomic.Bool
		var sending sync.WaitGroup
		for range 4 {
			sending.Go(func() {
				for {
					before := removed.Load()
					_, err := second.do("bob", &hub.SendMessage{Conversation: ref, Body: "x", ReplyTo: hub.NoIndex})
					if err == nil && before {
						t.Errorf("round %d: a message was taken after the removal", round)
					}
					if err != nil {
						if hub.AsError(err).Code != hub.CodeConversationAbsent {
							t.Errorf("round %d: %v", round, err)
						}
						return
					}
				}
			})
		}
		first.must(&hub.SendMessage{Conversation: ref, Body: "y", ReplyTo: hub.NoIndex})
		first.must(&hub.RemoveParticipant{Conversation: ref, Participant: "bob"})
		removed.Store(true)
		sending.Wait()
		first.must(&hub.AddParticipant{Conversation: ref, Identity: "bob"})
	}
	// Whoever was taken was in at that revision.
	changes, err := first.gate.Changes(t.Context(), hub.Viewer{Service: first.service.SID}, hub.ConversationSID(ref), hub.ChangeQuery{Limit: 100000})
	if err != nil {
		t.Fatal(err)
	}
	in := map[hub.ParticipantSID][2]hub.Revision{}
	for _, e := range changes.Events {
		if e.Kind == hub.ParticipantJoined {
			in[e.Participant.SID] = [2]hub.Revision{e.Participant.Created, 1 << 60}
		}
	}
	for _, e := range changes.Events {
		if e.Message != nil && e.Message.Author == "bob" && in[e.Message.Participant][1] != 0 && e.Revision < in[e.Message.Participant][0] {
			t.Errorf("message at %d of one who came at %d", e.Revision, in[e.Message.Participant][0])
		}
	}
}

// TestLockedElsewhere: a conversation that somebody keeps locked fails, for now and surely, and holds up none of the others.
func TestLockedElsewhere(t *testing.T) {
	town := newTown(t, open(t, postgres.Config{URL: pgtest.Shared(t).Database(t), LockWait: 300 * time.Millisecond}), 0)
	stuck, free := town.thread("stuck", "ann"), town.thread("free", "ann")
	conn, err := town.gate.Store.(*postgres.Store).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // its transaction ends with it
	for _, text := range []string{`SET idle_in_transaction_session_timeout = 0`, `BEGIN`, `SELECT 1 FROM head WHERE conversation = '` + string(stuck) + `' FOR UPDATE`} {
		if _, err := conn.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	say := func(c hub.ConversationSID) order {
		return order{"ann", &hub.SendMessage{Conversation: hub.ConversationRef(c), Body: "x", ReplyTo: hub.NoIndex}}
	}
	name := "new"
	rename := func(c hub.ConversationSID) order {
		return order{"", &hub.UpdateConversation{Conversation: hub.ConversationRef(c), FriendlyName: &name}}
	}
	got := town.together([]order{say(stuck), say(free), rename(stuck), rename(free), say(stuck), say(free)})
	for i, text := range got {
		if failed := text == fmt.Sprint("error ", hub.CodeUnavailable); failed != (i%2 == 0) {
			t.Errorf("order %d: %s", i, text)
		}
	}
	if _, err := conn.Exec(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	for i, text := range town.together([]order{say(stuck), rename(stuck)}) {
		if text == fmt.Sprint("error ", hub.CodeUnavailable) {
			t.Errorf("when it is free again, order %d: %s", i, text)
		}
	}
}

// TestServerFails: while the server is killed, stopped and started again, what is acknowledged is there, what fails says so, and
// the store comes back by itself.
func TestServerFails(t *testing.T) {
	server := pgtest.Start(t)
	if version, pid := server.Version(t); version < 150000 || pid != server.Pid() {
		t.Fatalf("version %d, process %d", version, pid)
	}
	store := open(t, postgres.Config{URL: server.Database(t), Timeout: time.Second, Settle: time.Second})
	town := newTown(t, store, 0)
	c := town.thread("", "ann")
	epoch := store.Epoch()
	var acked, failed atomic.Int64
	done := make(chan struct{})
	var sending sync.WaitGroup
	for sender := range 4 {
		sending.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				default:
				}
				body := fmt.Sprint(sender, " ", n)
				cmd := func() hub.Command {
					return &hub.SendMessage{Conversation: hub.ConversationRef(c), Body: body, ReplyTo: hub.NoIndex, Nonce: body}
				}
				for _, err := town.do("ann", cmd()); err != nil; _, err = town.do("ann", cmd()) {
					if failed.Add(1); !hub.AsError(err).Code.Info().Retry {
						t.Errorf("%s: %v", body, err)
						return
					}
				}
				acked.Add(1)
			}
		})
	}
	goesOn := func(counter *atomic.Int64, what string) {
		t.Helper()
		from := counter.Load()
		eventually(t, what, func() bool { return counter.Load() >= from+4 })
	}
	goesOn(&acked, "messages are taken")
	server.Kill(t)
	goesOn(&failed, "messages are refused while the server is dead")
	server.Restart(t)
	goesOn(&acked, "messages are taken after a kill")
	server.Signal(t, syscall.SIGSTOP)
	goesOn(&failed, "messages are refused while the server stands still")
	server.Signal(t, syscall.SIGCONT)
	goesOn(&acked, "messages are taken after a standstill")
	server.Stop()
	server.Restart(t)
	goesOn(&acked, "messages are taken after a restart")
	close(done)
	sending.Wait()
	v, _, err := store.Conversation(t.Context(), hub.Viewer{Service: town.service.SID}, hub.ConversationRef(c))
	if err != nil {
		t.Fatal(err)
	}
	if v.Messages != acked.Load() || v.LastIndex != acked.Load()-1 {
		t.Errorf("%d messages were acknowledged, and %d are there", acked.Load(), v.Messages)
	}
	if store.Epoch() != epoch {
		t.Error("another epoch began, and nothing was lost")
	}
}
