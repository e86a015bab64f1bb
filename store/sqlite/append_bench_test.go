package sqlite_test

import (
	"fmt"
	"testing"
	"time"

	"parley/hub"
	"parley/store/sqlite"
)

// BenchmarkAppend compares 512 producers' sends in one commit with one send per commit; each looks at what the hub looks at.
func BenchmarkAppend(b *testing.B) {
	for _, batch := range []int{1, 512} {
		b.Run(fmt.Sprint("batch=", batch), func(b *testing.B) {
			s := open(b, sqlite.Config{})
			service, roles := hub.NewService("bench", time.Now())
			threads := make([]hub.ConversationSID, 64)
			setup := []*hub.Op{{Run: func(tx hub.Tx) error {
				for _, r := range roles {
					if err := tx.PutRole(r); err != nil {
						return err
					}
				}
				return tx.PutService(service)
			}}}
			for i := range threads {
				threads[i] = hub.NewConversationSID()
				setup = append(setup, &hub.Op{Run: put(service.SID, threads[i])})
			}
			for p := range 512 {
				setup = append(setup, &hub.Op{Run: func(tx hub.Tx) error {
					u := &hub.User{SID: hub.NewUserSID(), Service: service.SID, Identity: fmt.Sprint(p), Role: service.DefaultUserRole}
					if err := tx.PutUser(u); err != nil {
						return err
					}
					return tx.PutParticipant(&hub.Participant{
						SID: hub.NewParticipantSID(), Conversation: threads[p%64], User: u.SID, Identity: u.Identity,
						Role: service.DefaultMemberRole, Horizon: hub.NoIndex, Created: 1, Changed: 1,
					})
				}})
			}
			s.Commit(setup)
			for _, op := range setup {
				if op.Err != nil {
					b.Fatal(op.Err)
				}
			}
			n := 0
			b.ResetTimer()
			for n < b.N {
				ops := make([]*hub.Op, min(batch, b.N-n))
				for i := range ops {
					n++
					ops[i] = &hub.Op{Run: say(service.SID, threads[n%64], fmt.Sprint(n%512), "a message of usual length, more or less", fmt.Sprint("nonce-", n))}
				}
				s.Commit(ops)
				for _, op := range ops {
					if op.Err != nil {
						b.Fatal(op.Err)
					}
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}
