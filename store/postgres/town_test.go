package postgres_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/session/wire"
)

// town is a hub on a store, with a service and people. What it is given goes to the store in batches of known size.
type town struct {
	testing.TB
	hub     *hub.Hub
	gate    *gate
	service *hub.Service
	roles   []*hub.Role
}

func newTown(tb testing.TB, store hub.Store, batch int) *town {
	tb.Helper()
	t := &town{TB: tb, gate: &gate{Store: store}}
	t.hub = hub.New(hub.Config{Store: t.gate, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits(), BatchOps: batch})
	tb.Cleanup(t.hub.Close)
	t.service, t.roles = hub.NewService("town", time.Now().UTC().Truncate(time.Millisecond))
	t.must(&hub.PutService{Service: t.service, Roles: t.roles})
	return t
}

// gate is a store whose commits can be held up, and that counts what went which way.
type gate struct {
	hub.Store
	mu    sync.Mutex
	added int // messages that were added as data
	runs  int // ops that ran
}

func (g *gate) Commit(ops []*hub.Op) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, op := range ops {
		run := op.Run
		op.Run = func(tx hub.Tx) error { g.runs++; return run(tx) }
		if op.Plan != nil {
			op.Plan = &counted{op.Plan, g}
		}
	}
	g.Store.Commit(ops)
}

type counted struct {
	hub.Plan
	gate *gate
}

// Added implements hub.Plan.
func (c *counted) Added(m *hub.Message) { c.gate.added++; c.Plan.Added(m) }

func (t *town) actor(who string) hub.Actor {
	return hub.Actor{Service: t.service.SID, Identity: who}
}

func (t *town) do(who string, cmd hub.Command) (any, error) {
	t.Helper()
	return t.hub.Do(t.Context(), t.actor(who), cmd)
}

// must has the account do something.
func (t *town) must(cmd hub.Command) any {
	t.Helper()
	answer, err := t.do("", cmd)
	if err != nil {
		t.Fatalf("%T: %v", cmd, err)
	}
	return answer
}

// thread makes a conversation with these people in it.
func (t *town) thread(name string, people ...string) hub.ConversationSID {
	t.Helper()
	c := t.must(&hub.CreateConversation{UniqueName: name}).(*hub.ConversationView)
	for _, who := range people {
		t.must(&hub.AddParticipant{Conversation: hub.ConversationRef(c.SID), Identity: who})
	}
	return c.SID
}

// order is what somebody asks for.
type order struct {
	who string
	cmd hub.Command
}

// together has orders commit in one batch, and gives what came of each.
func (t *town) together(orders []order) []string {
	outcomes := make([]string, len(orders))
	var answered sync.WaitGroup
	answered.Add(len(orders) + 1)
	t.gate.mu.Lock() // the first command holds the committer up until all others wait
	t.hub.Submit(t.actor(""), &hub.OpenUser{}, func(any, error) { answered.Done() })
	for i, o := range orders {
		t.hub.Submit(t.actor(o.who), o.cmd, func(answer any, err error) {
			outcomes[i] = outcome(answer, err)
			answered.Done()
		})
	}
	t.gate.mu.Unlock()
	answered.Wait()
	return outcomes
}

// outcome is what an answer says, but for sids and times.
func outcome(answer any, err error) string {
	if err != nil {
		known, _ := errors.AsType[*hub.Error](err)
		return fmt.Sprint("error ", known.Code)
	}
	switch v := answer.(type) {
	case *hub.Message:
		return messageText(v)
	case *hub.ConversationView:
		return viewText(v)
	case *hub.Joined:
		return viewText(v.View) + " " + participantText(v.Participant)
	case *hub.Participant:
		return participantText(v)
	case *hub.ReadState:
		return fmt.Sprintf("read %d, unread %v", v.LastRead, number(v.Unread))
	case *hub.User:
		return fmt.Sprintf("user %s %q at %d", v.Identity, v.FriendlyName, v.Revision)
	case nil:
		return "done"
	}
	return fmt.Sprintf("%T", answer)
}

func number(n *int64) any {
	if n == nil {
		return nil
	}
	return *n
}

func messageText(m *hub.Message) string {
	return fmt.Sprintf("message %d by %s (in: %v): %q %s, reply %d, nonce %q, %v, %v, at %d and %d, removed %v", m.Index, m.Author,
		m.Participant != "", m.Body, m.Attributes, m.ReplyTo, m.Nonce, m.Reactions, m.Delivery, m.Created, m.Changed, m.Removed)
}

func participantText(p *hub.Participant) string {
	return fmt.Sprintf("participant %s %s, horizon %d, at %d and %d %s", p.Identity, p.Attributes, p.Horizon, p.Created, p.Changed, p.Gone)
}

func viewText(v *hub.ConversationView) string {
	h, own, last := v.Head, "", ""
	if v.Own != nil {
		own = participantText(v.Own)
	}
	if v.Last != nil {
		last = fmt.Sprint(v.Last.Index, " ", v.Last.Author, " ", v.Last.Body)
	}
	return fmt.Sprintf("%q %s at %d and %d: %d of %d live, %d messages, %d people (%s) last (%s) unread %v may %v", v.UniqueName, v.State,
		h.Revision, v.Changed, h.LastLive, h.LastIndex, h.Messages, h.Participants, own, last, number(v.Unread), v.Permissions)
}

// op is a command as the store sees it, for what does not go through the hub.
func (t *town) op(who string, cmd *hub.SendMessage) *hub.Op {
	return &hub.Op{Plan: draftPlan{&hub.Append{
		Service: t.service.SID, Conversation: cmd.Conversation, Identity: who,
		Message: &hub.Message{SID: hub.NewMessageSID(), Author: who, Body: cmd.Body, ReplyTo: cmd.ReplyTo, Nonce: cmd.Nonce},
	}}}
}

// draftPlan is a message, planned.
type draftPlan struct{ draft *hub.Append }

// Wants implements hub.Plan.
func (p draftPlan) Wants() hub.Wants {
	return hub.Wants{Service: p.draft.Service, Conversation: p.draft.Conversation, Identities: []string{p.draft.Identity}}
}

// Append implements hub.Plan.
func (p draftPlan) Append() *hub.Append { return p.draft }

// Added implements hub.Plan.
func (draftPlan) Added(*hub.Message) {}
