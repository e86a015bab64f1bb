package main

import (
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

func TestGarbageShare(t *testing.T) {
	for _, c := range []struct {
		inUse uint64
		want  int
	}{{0, 1000}, {2 << 20, 1000}, {4 << 20, 600}, {10 << 20, 225}, {24 << 20, 100}, {32 << 20, 75}, {10 << 30, 75}} {
		if got := garbageShare(c.inUse); got != c.want {
			t.Errorf("of %d bytes: %d %%, want %d", c.inUse, got, c.want)
		}
	}
}

// TestGarbageFollows: what the runtime uses is looked after at each collection, again and again.
func TestGarbageFollows(t *testing.T) {
	new(tuner).tune()
	for _, c := range []struct {
		inUse    int
		from, to uint64
	}{{64 << 20, 75, 75}, {0, 100, 1000}, {64 << 20, 75, 75}} {
		use := make([]byte, c.inUse)
		until := time.Now().Add(20 * time.Second)
		for got := uint64(0); got < c.from || got > c.to; {
			if time.Now().After(until) {
				t.Fatalf("%d %% with %d bytes in use, want %d to %d", got, c.inUse, c.from, c.to)
			}
			runtime.GC()
			share := []metrics.Sample{{Name: "/gc/gogc:percent"}}
			metrics.Read(share)
			got = share[0].Value.Uint64()
		}
		runtime.KeepAlive(use)
	}
}
