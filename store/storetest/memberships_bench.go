package storetest

import (
	"fmt"
	"testing"

	"parley/hub"
)

// BenchmarkMemberships reads what each of 10,000 users is in, in turn: what a connect takes of the store.
func BenchmarkMemberships(b *testing.B, open func(b *testing.B) hub.Store) {
	b.Helper()
	const users = 10_000
	for _, each := range []int{0, 1, 20} {
		b.Run(fmt.Sprint(each), func(b *testing.B) {
			s := &scene{B: b, store: open(b)}
			s.begin()
			s.populate(users, each)
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				n += 7919 // a prime, so that neighbours do not follow each other
				u, all, err := s.store.Memberships(b.Context(), s.service.SID, fmt.Sprint("user", n%users))
				if err != nil || u == nil || len(all) != each {
					b.Fatal(u, len(all), err)
				}
			}
		})
	}
}

// populate makes users, and as many conversations that all of them are in.
func (s *scene) populate(users, each int) {
	s.Helper()
	var threads []hub.ConversationSID
	for range each {
		threads = append(threads, s.thread(1))
	}
	for done := 0; done < users; done += 500 {
		s.write(func(tx hub.Tx) error {
			for i := done; i < done+500; i++ {
				u := &hub.User{SID: hub.NewUserSID(), Service: s.service.SID, Identity: fmt.Sprint("user", i), Role: s.service.DefaultUserRole}
				if err := tx.PutUser(u); err != nil {
					return err
				}
				for _, c := range threads {
					if err := tx.PutParticipant(&hub.Participant{
						SID: hub.NewParticipantSID(), Conversation: c, User: u.SID, Identity: u.Identity, Role: s.service.DefaultMemberRole,
						Notification: hub.NotifyDefault, DateCreated: tx.Now(), DateUpdated: tx.Now(), Created: hub.Revision(i + 2), Changed: hub.Revision(i + 2),
					}); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
}
