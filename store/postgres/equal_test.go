package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"parley/hub"
	"parley/store/postgres"
	"parley/store/sqlite"
)

// random gives orders; two of one seed give the same ones, but for sids.
type random struct {
	*rand.Rand
	threads []hub.ConversationSID
	roles   []hub.RoleSID // of users
}

var people = []string{"ann", "bob", "cyd", "dan", "Ann", "eve"}

func (r *random) pick(n int) int { return r.IntN(n) }

// outside is the address of somebody.
func (r *random) outside() string { return fmt.Sprint("+4915", r.pick(3)) }

// order is one thing that somebody does, mostly sending. Only one in many names a conversation by its unique name.
func (r *random) order() order {
	n := r.pick(len(r.threads))
	ref := hub.ConversationRef(r.threads[n])
	if r.pick(40) == 0 {
		ref = hub.ConversationRef(fmt.Sprint("room ", n))
	}
	who := people[r.pick(len(people))]
	if r.pick(4) == 0 {
		who = ""
	}
	other := people[r.pick(len(people))]
	message := hub.MessageRef{Index: int64(r.pick(12))}
	text := fmt.Sprint("text ", r.pick(1000))
	switch r.pick(120) {
	case 0:
		return order{who, &hub.JoinConversation{Conversation: ref}}
	case 1:
		return order{who, &hub.LeaveConversation{Conversation: ref}}
	case 2:
		return order{"", &hub.RemoveParticipant{Conversation: ref, Participant: hub.ParticipantRef(other)}}
	case 3, 4, 5:
		return order{"", &hub.AddParticipant{Conversation: ref, Identity: other}}
	case 6, 7:
		return order{who, &hub.EditMessage{Conversation: ref, Message: message, Body: &text}}
	case 8:
		return order{who, &hub.RemoveMessage{Conversation: ref, Message: message}}
	case 9:
		return order{who, &hub.React{Conversation: ref, Message: message, Reaction: "+1", Remove: r.pick(3) == 0}}
	case 10:
		return order{who, &hub.SetHorizon{Conversation: ref, Index: &message.Index, Advance: r.pick(2) == 0}}
	case 11:
		state := []hub.State{hub.StateInactive, hub.StateInactive, hub.StateActive, hub.StateActive, hub.StateActive, hub.StateClosed}[r.pick(6)]
		return order{"", &hub.UpdateConversation{Conversation: ref, State: &state}}
	case 12:
		return order{who, &hub.UpdateConversation{Conversation: ref, FriendlyName: &text}}
	case 13, 14, 15:
		return order{"", &hub.AddNonChatParticipant{Conversation: ref, Address: r.outside(), ProxyAddress: fmt.Sprintf("+4900%d%d", n, r.pick(2))}}
	}
	cmd := &hub.SendMessage{Conversation: ref, Body: text, ReplyTo: hub.NoIndex}
	if r.pick(10) == 0 {
		cmd.ReplyTo = int64(r.pick(30) - 2)
	}
	if r.pick(3) == 0 {
		cmd.Nonce = fmt.Sprint("nonce ", r.pick(40))
	}
	if who == "" && r.pick(2) == 0 {
		if cmd.Author = other; r.pick(2) == 0 {
			cmd.Author = r.outside()
		}
	}
	return order{who, cmd}
}

// settle changes what batches must not race with: roles and bars of users.
func (r *random) settle(t *town) {
	who := people[r.pick(len(people))]
	role := r.roles[r.pick(len(r.roles))]
	t.do("", &hub.UpdateUser{Identity: who, Role: &role}) //nolint:errcheck // whoever is not there yet has the default
	barred := r.pick(3) == 0
	op := &hub.Op{Run: func(tx hub.Tx) error {
		u, err := tx.User(t.service.SID, who)
		if err != nil || u == nil {
			return err
		}
		u.Barred = barred
		return tx.PutUser(u)
	}}
	t.gate.Store.Commit([]*hub.Op{op})
	if op.Err != nil {
		t.Fatal(op.Err)
	}
}

// play has a town live through what a seed says and tells everything that came of it.
func play(t *town, seed uint64) (story []string) {
	t.Helper()
	r := &random{Rand: rand.New(rand.NewPCG(seed, 1))}
	// Who may send by the service role, by the conversation role, by both and by neither.
	silent := *t.roles[3]
	silent.SID, silent.Permissions = hub.NewRoleSID(), []hub.Permission{hub.PermLeaveConversation, hub.PermEditOwnMessage}
	loud := *t.roles[1]
	loud.SID, loud.Permissions = hub.NewRoleSID(), []hub.Permission{hub.PermSendMessage, hub.PermJoinConversation}
	t.must(&hub.PutService{Service: t.service, Roles: []*hub.Role{&silent, &loud}})
	r.roles = []hub.RoleSID{t.service.DefaultUserRole, loud.SID}
	for i := range 6 {
		c := t.thread(fmt.Sprint("room ", i), "ann", "bob", "Ann")
		t.must(&hub.AddParticipant{Conversation: hub.ConversationRef(c), Identity: "dan", Role: silent.SID})
		r.threads = append(r.threads, c)
	}
	for i := range 40 {
		r.settle(t)
		orders := make([]order, 1+r.pick(50))
		for j := range orders {
			orders[j] = r.order()
		}
		for j, text := range t.together(orders) {
			story = append(story, fmt.Sprintf("batch %d, %q %T: %s", i, orders[j].who, orders[j].cmd, text))
		}
		if closed := i % 9; closed == 8 { // one begins anew, or all are closed before long
			n := r.pick(len(r.threads))
			t.must(&hub.DeleteConversation{Conversation: hub.ConversationRef(r.threads[n])})
			r.threads[n] = t.thread(fmt.Sprint("room ", n), "ann", "bob", "cyd", "dan")
		}
	}
	for _, c := range r.threads {
		story = append(story, t.tell(c)...)
	}
	return story
}

// tell tells all of a conversation.
func (t *town) tell(c hub.ConversationSID) (story []string) {
	t.Helper()
	for _, who := range append([]string{""}, people...) {
		v, was, err := t.gate.Conversation(t.Context(), hub.Viewer{Service: t.service.SID, Identity: who}, hub.ConversationRef(c))
		if err != nil {
			t.Fatal(err)
		}
		story = append(story, fmt.Sprintf("%q was %v: %s", who, was, viewText(v)))
	}
	changes, err := t.gate.Changes(t.Context(), hub.Viewer{Service: t.service.SID}, c, hub.ChangeQuery{Limit: 10000})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range changes.Events {
		switch {
		case e.Message != nil:
			story = append(story, fmt.Sprint(e.Kind, e.Revision, messageText(e.Message)))
		case e.Participant != nil:
			story = append(story, fmt.Sprint(e.Kind, e.Revision, participantText(e.Participant)))
		default:
			story = append(story, fmt.Sprint(e.Kind, e.Revision))
		}
	}
	return story
}

// TestAsSQLite: whatever goes as data and whatever runs, the outcome is that of the engine that runs everything in order.
func TestAsSQLite(t *testing.T) {
	first := uint64(time.Now().UnixNano())
	for seed := first; seed < first+3; seed++ {
		file, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "parley.db"), Synchronous: "normal"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { file.Close() }) //nolint:errcheck // of no interest here
		want := play(newTown(t, file, 0), seed)
		tested := newTown(t, open(t, postgres.Config{}), 0)
		got := play(tested, seed)
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("seed %d: step %d of %d differs:\n got %s\nwant %s", seed, i, len(want), got[i], want[i])
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: %d steps, want %d", seed, len(got), len(want))
		}
		if tested.gate.added < 40 || tested.gate.runs < 100 {
			t.Errorf("seed %d: %d messages went as data and %d ops ran: too few to tell", seed, tested.gate.added, tested.gate.runs)
		}
		t.Logf("seed %d: %d steps alike; %d messages went as data, %d ops ran", seed, len(got), tested.gate.added, tested.gate.runs)
	}
}
