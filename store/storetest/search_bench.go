package storetest

import (
	"fmt"
	"testing"
	"time"

	"parley/hub"
)

// BenchmarkSearch looks for words that everybody uses, as somebody in three small conversations and as the account, beside
// few messages of others and beside many: for the former it must not matter how many.
func BenchmarkSearch(b *testing.B, open func(b *testing.B) hub.Store) {
	b.Helper()
	for _, others := range []int{1_000, 200_000} {
		b.Run(fmt.Sprint("others=", others), func(b *testing.B) {
			w := newBenchWorld(b, open(b))
			w.crowd(others)
			for _, who := range []string{"ann", "bob", ""} {
				for _, query := range []string{"the", "the tea", "th*", "t*", "message*", "message7", "absent"} {
					b.Run(fmt.Sprintf("%s/%s", map[string]string{"ann": "small", "bob": "large", "": "account"}[who], query), func(b *testing.B) {
						w.searches(b, who, query)
					})
				}
			}
		})
	}
}

// benchWorld is a store with one service, for a benchmark.
type benchWorld struct {
	*testing.B
	store   hub.Store
	service *hub.Service
}

func newBenchWorld(b *testing.B, store hub.Store) *benchWorld {
	b.Helper()
	w := &benchWorld{B: b, store: store}
	var roles []*hub.Role
	w.service, roles = hub.NewService("bench", time.Now().UTC().Truncate(time.Millisecond))
	w.commit([]*hub.Op{{Run: func(tx hub.Tx) error {
		for _, r := range roles {
			if err := tx.PutRole(r); err != nil {
				return err
			}
		}
		return tx.PutService(w.service)
	}}})
	return w
}

func (w *benchWorld) commit(ops []*hub.Op) {
	w.Helper()
	w.store.Commit(ops)
	for _, op := range ops {
		if op.Err != nil {
			w.Fatal(op.Err)
		}
	}
}

// crowd has bob say so many things in conversations of a thousand messages, and ann 150 in three.
func (w *benchWorld) crowd(messages int) {
	w.Helper()
	for _, part := range []struct {
		who           string
		threads, each int
	}{{"bob", messages / 1000, 1000}, {"ann", 3, 50}} {
		user := &hub.User{SID: hub.NewUserSID(), Service: w.service.SID, Identity: part.who, Role: w.service.DefaultUserRole}
		w.commit([]*hub.Op{{Run: func(tx hub.Tx) error { return tx.PutUser(user) }}})
		for range part.threads {
			w.talk(user, part.each)
		}
	}
}

// talk makes a conversation with so many messages, all in the index.
func (w *benchWorld) talk(user *hub.User, messages int) {
	w.Helper()
	c := &hub.Conversation{
		SID: hub.NewConversationSID(), Service: w.service.SID, State: hub.StateActive, Changed: 1,
		Head: hub.Head{Revision: 1, LastIndex: hub.NoIndex, LastLive: hub.NoIndex},
	}
	w.commit([]*hub.Op{{Run: func(tx hub.Tx) error { return tx.PutConversation(c) }}})
	w.commit([]*hub.Op{{Run: func(tx hub.Tx) error {
		for i := range messages {
			c.Revision++
			c.LastIndex++
			c.Messages++
			c.LastLive = c.LastIndex
			body := fmt.Sprintf("the message%d about tea that %s thought of, number %d", i%1000, user.Identity, i)
			if err := tx.PutMessage(&hub.Message{
				SID: hub.NewMessageSID(), Conversation: c.SID, Index: c.LastIndex, Author: user.Identity, Body: body,
				ReplyTo: hub.NoIndex, Created: c.Revision, Changed: c.Revision, DateCreated: tx.Now(),
			}); err != nil {
				return err
			}
		}
		c.Revision++
		c.Participants++
		p := &hub.Participant{
			SID: hub.NewParticipantSID(), Conversation: c.SID, User: user.SID, Identity: user.Identity,
			Role: w.service.DefaultMemberRole, Horizon: hub.NoIndex, Created: c.Revision, Changed: c.Revision,
		}
		if err := tx.PutParticipant(p); err != nil {
			return err
		}
		return tx.PutHead(c)
	}}})
	changes, err := w.store.Changes(w.Context(), hub.Viewer{Service: w.service.SID}, c.SID, hub.ChangeQuery{Limit: messages + 10})
	if err == nil {
		err = w.store.Index(w.Context(), []hub.IndexStep{hub.NewIndexStep(c.SID, 0, changes)})
	}
	if err != nil {
		w.Fatal(err)
	}
}

// searches measures a first page.
func (w *benchWorld) searches(b *testing.B, who, query string) {
	b.Helper()
	terms, err := hub.ParseSearch(query)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		v := hub.Viewer{Service: w.service.SID, Identity: who}
		if _, err := w.store.Search(b.Context(), v, hub.SearchQuery{Terms: terms, Limit: 30}); err != nil {
			b.Fatal(err)
		}
	}
}
