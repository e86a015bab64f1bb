package main

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

const (
	// memoryLook is how often memory is looked at, and how long a server must have been quiet.
	memoryLook = 3 * time.Second
	// quietFrames is how many frames in that time still count as quiet.
	quietFrames = 50
	// worthReturning is how much unused memory is worth a collection.
	worthReturning = 8 << 20
)

// How much garbage the heap may have beside what is in use before it is collected, where GOGC does not say. The percentage is of what
// is in use: Go's own 100 costs 2 to 3 KiB a connection more (parley bench idle --duration 12s: 14.8 and 11.6 KiB with 100, 10.4 and 10.9
// with 75), and CPU per message was the same. The floor is for a hub with little in use, which would collect for every few pages that it
// reads (parley bench history: 593 us of CPU a page, 837 without it).
const (
	garbagePercent = 75
	garbageFloor   = 24 << 20
	mostGarbage    = 1000 // percent
)

// tuneGarbage keeps to that for as long as the process lives.
var tuneGarbage = sync.OnceFunc(func() {
	if os.Getenv("GOGC") == "" {
		new(tuner).tune()
	}
})

// tuner sets the percentage anew after each collection.
type tuner struct{ percent int }

func (t *tuner) tune() {
	inUse := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}}
	metrics.Read(inUse)
	if percent := garbageShare(inUse[0].Value.Uint64() + inUse[1].Value.Uint64()); percent != t.percent {
		debug.SetGCPercent(percent)
		t.percent = percent
	}
	runtime.AddCleanup(new([64]byte), (*tuner).tune, t) // of what the next collection finds unused
}

// garbageShare is the percentage where so many bytes are in use; in steps, since setting it stops everything for a moment.
func garbageShare(inUse uint64) int {
	const step = 25
	share := min(garbageFloor*100/max(inUse, 1), mostGarbage) / step * step
	return max(garbagePercent, int(share))
}

// returnMemory gives memory that a burst left behind back to the system while the server is quiet: the runtime is slow at
// it, and 10,000 connected clients would seem to cost half as much again. Under load it does nothing, since a
// forced collection then is felt in the latencies.
func (s *server) returnMemory(ctx context.Context) {
	tick := time.NewTicker(memoryLook)
	defer tick.Stop()
	unused := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	written, done := s.sessions.Stats().Frames, int64(0)
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		now := s.sessions.Stats().Frames
		quiet := now-written < quietFrames
		written = now
		if metrics.Read(unused); quiet && now != done && unused[0].Value.Uint64()+unused[1].Value.Uint64() > worthReturning {
			debug.FreeOSMemory()
			debug.FreeOSMemory() // pools keep what they hold through one collection
			done = now           // once for each burst
		}
	}
}

// held is how many bytes the process has of the system, as the runtime knows it.
func held() int64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64() - samples[1].Value.Uint64())
}
