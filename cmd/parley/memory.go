package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
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

// garbagePercent is how much garbage the heap may have beside what is in use before it is collected, in percent of that, where
// GOGC does not say. Go's own 100 costs 2 to 3 KiB a connection more (parley bench idle --duration 12s: 14.8 and 11.6 KiB with
// 100, 10.4 and 10.9 with 75); CPU per message in rooms and per delivery in fanout were the same within the noise.
const garbagePercent = 75

// tuneGarbage sets it.
func tuneGarbage() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
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
