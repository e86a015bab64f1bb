package postgres_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub"
	"parley/store/postgres"
)

// senders send at a time, into one conversation.
const senders = 64

// BenchmarkHot is what group commit is for: 64 senders to one conversation, through a hub, against the same senders with a
// transaction for each message, which wait for each other's locks. "times" is how many times faster the hub was.
func BenchmarkHot(b *testing.B) {
	store := open(b, postgres.Config{})
	t := newTown(b, store, 0)
	var names []string
	for i := range senders {
		names = append(names, fmt.Sprint("sender ", i))
	}
	c := t.thread("", names...)
	serial := newTown(b, store, 1)
	serial.service = t.service
	message := func(n int64) *hub.SendMessage {
		return &hub.SendMessage{
			Conversation: hub.ConversationRef(c), Body: "a message of usual length, more or less", ReplyTo: hub.NoIndex,
			Nonce: fmt.Sprint("nonce-", n),
		}
	}
	var nonce atomic.Int64
	const warm = 2000
	// Small runs tell nothing: those that take turns are measured once, over a bounded number of messages.
	alone := rate(b, warm, func(sender int) func() error {
		conn, err := store.Connect(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { conn.Close(b.Context()) }) //nolint:errcheck // nothing is left to send
		return func() error {
			return store.AddAlone(conn, t.op(names[sender], message(nonce.Add(1))))
		}
	})
	turns := rate(b, warm, func(sender int) func() error {
		return func() error {
			_, err := serial.do(names[sender], message(nonce.Add(1)))
			return err
		}
	})
	b.ResetTimer()
	together := rate(b, max(b.N, 20000), func(sender int) func() error {
		return func() error {
			_, err := t.do(names[sender], message(nonce.Add(1)))
			return err
		}
	})
	b.ReportMetric(together, "messages/s")
	b.ReportMetric(alone, "alone/s")
	b.ReportMetric(turns, "in-turn/s")
	b.ReportMetric(together/max(alone, turns), "times")
}

// rate has all senders send so many messages together, and says how many that were in a second.
func rate(b *testing.B, total int, sender func(i int) func() error) float64 {
	b.Helper()
	sends := make([]func() error, senders)
	for i := range sends {
		sends[i] = sender(i)
	}
	began := time.Now()
	var left atomic.Int64
	left.Store(int64(total))
	var all sync.WaitGroup
	for _, send := range sends {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				if err := send(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return float64(total) / time.Since(began).Seconds()
}
