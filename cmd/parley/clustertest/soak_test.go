package clustertest

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"
)

// soaking is how long TestSoak is to go on; 0 where tests are to be short.
func soaking() time.Duration {
	d, _ := time.ParseDuration(os.Getenv("PARLEY_SOAK")) // what is none is none
	return d
}

// TestSoak does one harm after the other to one cluster, in an order of chance, for as long as PARLEY_SOAK says, and once
// at least. Towns come and go meanwhile, and in the end the hubs are as small as in the beginning.
func TestSoak(t *testing.T) {
	began, c := time.Now(), Start(t, Config{Flags: []string{"--heartbeat", "2s"}})
	rng := rand.New(rand.NewPCG(c.Seed, 1<<35))
	harms := slices.Concat(hubHarms, redisHarms, postgresHarms)
	for round := 0; round == 0 || time.Since(began) < soaking() && !t.Failed(); round++ {
		w := Found(c, 160)
		for range 4 {
			h := harms[rng.IntN(len(harms))]
			t.Logf("after %v: %s", time.Since(began).Round(time.Second), h.name)
			w.Through(t, func() { h.do(t, c, w) })
			if soaking() == 0 {
				break
			}
		}
		w.Leave(t)
	}
}

// linger waits while the load goes on.
func (w *Town) linger(d time.Duration) {
	over := time.NewTimer(d)
	defer over.Stop()
	<-over.C
}
