package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/hub"
)

// Bench measures that pages cost what they hold, whatever else there is: a page of 50 messages of a conversation that holds
// a million and of one that holds a thousand, and a user's list of a thousand conversations, with unread counts, that hold
// 200 messages each and one each. "times" is how many times longer the larger took, by the median.
func Bench(b *testing.B, open func(b *testing.B) hub.Store) {
	b.Helper()
	s := &scene{B: b, store: open(b)}
	s.begin()
	small, large := s.thread(1000), s.thread(1_000_000)
	for name, q := range map[string]hub.MessageQuery{
		"newest": {Anchor: hub.NoIndex}, "middle": {Anchor: 500}, "oldest": {Anchor: hub.NoIndex, Forward: true}, "after": {Anchor: 400, Forward: true},
	} {
		q.Limit = 50
		b.Run("Messages/"+name, func(b *testing.B) {
			page := func(c hub.ConversationSID, anchor int64) func() error {
				q := q
				if q.Anchor != hub.NoIndex {
					q.Anchor = anchor
				}
				return func() error {
					page, err := s.store.Messages(b.Context(), hub.Viewer{Service: s.service.SID}, hub.ConversationRef(c), q)
					if err == nil && len(page.Messages) != q.Limit {
						err = fmt.Errorf("%d messages", len(page.Messages))
					}
					return err
				}
			}
			compare(b, page(small, q.Anchor), page(large, q.Anchor*1000))
		})
	}
	for range 1000 {
		s.seat(s.thread(1), "few")
		s.seat(s.thread(200), "many")
	}
	for _, size := range []int{50, 100} {
		b.Run(fmt.Sprint("Conversations/", size), func(b *testing.B) {
			compare(b, s.list("few", size), s.list("many", size))
		})
	}
}

// compare takes turns, and tells how many times longer large takes than small.
func compare(b *testing.B, small, large func() error) {
	b.Helper()
	took := [2][]time.Duration{}
	for b.Loop() {
		for i, f := range []func() error{small, large} {
			began := time.Now()
			if err := f(); err != nil {
				b.Fatal(err)
			}
			took[i] = append(took[i], time.Since(began))
		}
	}
	var median [2]float64
	for i, all := range took {
		slices.Sort(all)
		median[i] = float64(all[len(all)/2])
	}
	b.ReportMetric(median[0]/1e3, "small-us")
	b.ReportMetric(median[1]/1e3, "large-us")
	b.ReportMetric(median[1]/median[0], "times")
}

// scene is a store that is filled for benchmarks.
type scene struct {
	*testing.B
	store   hub.Store
	service *hub.Service
}

func (s *scene) begin() {
	s.Helper()
	service, roles := hub.NewService("bench", time.Now().UTC())
	s.service = service
	s.write(func(tx hub.Tx) error {
		for _, r := range roles {
			if err := tx.PutRole(r); err != nil {
				return err
			}
		}
		return tx.PutService(service)
	})
}

func (s *scene) write(f write) {
	s.Helper()
	op := &hub.Op{Run: f}
	if s.store.Commit([]*hub.Op{op}); op.Err != nil {
		s.Fatal(op.Err)
	}
}

// thread makes a conversation of so many messages.
func (s *scene) thread(messages int) hub.ConversationSID {
	s.Helper()
	c := hub.NewConversationSID()
	s.write(putThreadOf(s.service.SID, c, ""))
	for done := 0; done < messages; done += 1000 {
		s.write(func(tx hub.Tx) error {
			thread, err := tx.Conversation(s.service.SID, hub.ConversationRef(c))
			if err != nil {
				return err
			}
			for range min(1000, messages-done) {
				thread.Revision++
				thread.LastIndex++
				if err := tx.PutMessage(&hub.Message{
					SID: hub.NewMessageSID(), Conversation: c, Index: thread.LastIndex, Author: "ann", ReplyTo: hub.NoIndex,
					Body: "a message of usual length, more or less", DateCreated: tx.Now(), DateUpdated: tx.Now(),
					Created: thread.Revision, Changed: thread.Revision,
				}); err != nil {
					return err
				}
			}
			thread.LastLive, thread.Messages = thread.LastIndex, thread.LastIndex+1
			return tx.PutHead(thread)
		})
	}
	return c
}

// seat adds somebody who has read the first message.
func (s *scene) seat(c hub.ConversationSID, identity string) {
	s.Helper()
	s.write(func(tx hub.Tx) error {
		u, err := tx.User(s.service.SID, identity)
		if err != nil {
			return err
		}
		if u == nil {
			u = &hub.User{SID: hub.NewUserSID(), Service: s.service.SID, Identity: identity, Role: s.service.DefaultUserRole}
			if err := tx.PutUser(u); err != nil {
				return err
			}
		}
		thread, err := tx.Conversation(s.service.SID, hub.ConversationRef(c))
		if err != nil {
			return err
		}
		thread.Revision++
		thread.Participants++
		if err := tx.PutParticipant(&hub.Participant{
			SID: hub.NewParticipantSID(), Conversation: c, User: u.SID, Identity: identity, Role: s.service.DefaultMemberRole,
			Notification: hub.NotifyDefault, DateCreated: tx.Now(), DateUpdated: tx.Now(), Created: thread.Revision, Changed: thread.Revision,
		}); err != nil {
			return err
		}
		return tx.PutHead(thread)
	})
}

// list reads all of somebody's conversations, page by page.
func (s *scene) list(identity string, size int) func() error {
	return func() error {
		seen, q := 0, hub.ConversationQuery{Limit: size}
		for {
			page, err := s.store.Conversations(s.Context(), hub.Viewer{Service: s.service.SID, Identity: identity}, q)
			if err != nil {
				return err
			}
			for _, v := range page.Views {
				if v.Unread == nil {
					return fmt.Errorf("%s has no unread count", v.SID)
				}
			}
			seen += len(page.Views)
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		if seen != 1000 {
			return fmt.Errorf("%d conversations", seen)
		}
		return nil
	}
}
