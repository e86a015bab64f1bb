package postgres_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"parley/hub"
	"parley/store/postgres"
)

// BenchmarkGaps is what reading many rooms' gaps at once is for: rooms that miss three messages each are read by four at a
// time each alone, and by two at a time 64 together.
func BenchmarkGaps(b *testing.B) {
	const rooms, missed, together = 640, 3, 64
	store := open(b, postgres.Config{})
	t := newTown(b, store, 0)
	var gaps []hub.Gap
	for range rooms {
		c := t.thread("", "ann", "bob")
		for i := range 20 + missed {
			if _, err := t.do("ann", &hub.SendMessage{Conversation: hub.ConversationRef(c), Body: fmt.Sprint("message ", i), ReplyTo: hub.NoIndex}); err != nil {
				b.Fatal(err)
			}
		}
		gaps = append(gaps, hub.Gap{Service: t.service.SID, Conversation: c, Since: 3 + 20})
	}
	b.Run("one-by-one", func(b *testing.B) {
		filled(b, gaps, 4, 1, func(some []hub.Gap) (pages []*hub.Changes, err error) {
			page, err := store.Changes(b.Context(), hub.Viewer{Service: some[0].Service}, some[0].Conversation,
				hub.ChangeQuery{Since: some[0].Since, Limit: 100, Bytes: 256 << 10})
			return append(pages, page), err
		})
	})
	b.Run("together", func(b *testing.B) {
		filled(b, gaps, 2, together, func(some []hub.Gap) ([]*hub.Changes, error) {
			return store.Gaps(b.Context(), some, hub.GapQuery{Limit: 100, Bytes: 256 << 10, AllRows: 1000, AllBytes: 2 << 20})
		})
	})
}

// filled has readers read all gaps, so many at a time, b.N times over, and reports how many that were in a second.
func filled(b *testing.B, gaps []hub.Gap, readers, most int, read func(some []hub.Gap) ([]*hub.Changes, error)) {
	b.Helper()
	for b.Loop() {
		line := make(chan []hub.Gap, len(gaps))
		for some := range slices.Chunk(gaps, most) {
			line <- some
		}
		close(line)
		var all sync.WaitGroup
		for range readers {
			all.Go(func() {
				for some := range line {
					pages, err := read(some)
					if err != nil || len(pages) != len(some) || len(pages[0].Events) != 3 {
						b.Error(len(pages), err)
						return
					}
				}
			})
		}
		all.Wait()
	}
	b.ReportMetric(float64(b.N*len(gaps))/b.Elapsed().Seconds(), "rooms/s")
}
