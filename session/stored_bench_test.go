package session_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"parley/hub"
)

// BenchmarkConnectToThousand is a connect of somebody in 1,000 conversations, among 100,000 that are stored and in which nobody
// else is connected. B/stored is what each of those holds of the heap, B/live what one does that somebody connected is in.
func BenchmarkConnectToThousand(b *testing.B) {
	const stored, each = 100_000, 1000
	s := newServer(b)
	s.settle("warm", 100, 10)
	before := s.heap()
	s.settle("small", (stored-10*each)/100, 100) // a join counts what its user is in already
	s.settle("big", 10, each)
	after := s.heap()
	if rooms := s.hub.Stats().Rooms; rooms != 0 {
		b.Fatalf("%d rooms live without anybody", rooms)
	}
	n := 0
	for b.Loop() {
		c := s.connect(fmt.Sprint("big", n%10))
		c.conn.CloseNow() //nolint:errcheck // it is over
		n++
	}
	c := s.connect("big0")
	live, rooms := s.heap(), s.hub.Stats().Rooms
	c.conn.CloseNow() //nolint:errcheck // it is over
	if rooms < each {
		b.Fatalf("%d rooms live, want those of big0", rooms)
	}
	b.ReportMetric(float64(after-before)/stored, "B/stored")
	b.ReportMetric(float64(live-after)/float64(rooms), "B/live")
}

// heap is how many bytes are in use when nothing waits for the index of words.
func (s *server) heap() int64 {
	s.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for s.hub.Stats().Unindexed > 0 {
		<-tick.C
	}
	runtime.GC()
	runtime.GC() // what pools held goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// settle makes so many users, each in as many conversations of its own.
func (s *server) settle(name string, users, each int) {
	s.t.Helper()
	account := hub.Actor{Service: s.service}
	next := make(chan int)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			for i := range next {
				who := fmt.Sprint(name, i)
				for range each {
					answer, err := s.hub.Do(s.t.Context(), account, &hub.CreateConversation{})
					if err == nil {
						sid := answer.(*hub.ConversationView).SID
						_, err = s.hub.Do(s.t.Context(), account, &hub.AddParticipant{Conversation: hub.ConversationRef(sid), Identity: who})
					}
					if err != nil {
						s.t.Error(err)
						return
					}
				}
			}
		})
	}
	for i := range users {
		next <- i
	}
	close(next)
	wg.Wait()
}
