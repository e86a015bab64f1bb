package bus

import "sync/atomic"

// counters is what a bus counts about itself.
type counters struct {
	connections, rebuilds     atomic.Int64
	probes, probesLost        atomic.Int64
	published, publishedBytes atomic.Int64
	received, receivedBytes   atomic.Int64
	batches, failed, dropped  atomic.Int64
	hubs, departures          atomic.Int64
}

// Stats is a moment's figures of a bus.
type Stats struct {
	Well        bool
	Connections int64 // that are subscribed, or being
	Topics      int64 // that are wished for
	Waiting     int64 // payloads that wait to be published
	Hubs        int64 // others that live

	// Since the start.
	Published, PublishedBytes int64
	Batches                   int64 // pipelines that they went in
	Failed                    int64 // payloads that could not be published
	Dropped                   int64 // payloads that found the queue full
	Received, ReceivedBytes   int64
	Probes, ProbesLost        int64
	Rebuilds                  int64 // connections that work again after a fault
	Departures                int64 // other hubs that ended without a word
}

// Stats gathers the figures of a bus.
func (b *Redis) Stats() Stats {
	c := &b.counters
	s := Stats{
		Well: b.Unwell() == nil, Connections: c.connections.Load(),
		Published: c.published.Load(), PublishedBytes: c.publishedBytes.Load(),
		Batches: c.batches.Load(), Failed: c.failed.Load(), Dropped: c.dropped.Load(),
		Received: c.received.Load(), ReceivedBytes: c.receivedBytes.Load(),
		Probes: c.probes.Load(), ProbesLost: c.probesLost.Load(), Rebuilds: c.rebuilds.Load(),
		Hubs: c.hubs.Load(), Departures: c.departures.Load(),
	}
	for _, l := range b.links {
		l.mu.Lock()
		s.Topics += int64(l.wishes.wanted)
		l.mu.Unlock()
	}
	b.outbox.mu.Lock()
	s.Waiting = int64(len(b.outbox.queue))
	b.outbox.mu.Unlock()
	return s
}
