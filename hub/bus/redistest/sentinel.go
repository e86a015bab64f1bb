package redistest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Sentinels are three sentinels that watch a master and its replica.
type Sentinels struct {
	Servers   [2]*Server // the first begins as master
	Sentinels [3]*Server
}

const masterName = "main"

// StartSentinels starts them and waits until they know each other.
func StartSentinels(tb testing.TB) *Sentinels {
	tb.Helper()
	s := &Sentinels{}
	s.Servers[0] = Start(tb)
	s.Servers[1] = Start(tb, "--replicaof", fmt.Sprintf("127.0.0.1 %d", s.Servers[0].port))
	await(tb, "the replica follows", func() bool { return s.Servers[1].Info("master_link_status") == "up" })
	settings := fmt.Sprintf("sentinel monitor %s 127.0.0.1 %d 2\n", masterName, s.Servers[0].port) +
		"sentinel down-after-milliseconds " + masterName + " 500\n" +
		"sentinel failover-timeout " + masterName + " 3000\n"
	for i := range s.Sentinels {
		file := filepath.Join(tb.TempDir(), "sentinel.conf") // a sentinel writes there what it learns
		if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
			tb.Fatal(err)
		}
		s.Sentinels[i] = Start(tb, file, "--sentinel")
	}
	for _, watch := range s.Sentinels {
		await(tb, "the sentinels know each other", func() bool {
			return strings.HasSuffix(watch.Info("master0"), "status=ok,address="+s.Servers[0].Addr()+",slaves=1,sentinels=3")
		})
	}
	return s
}

// URL is how a bus finds them.
func (s *Sentinels) URL() string {
	return "redis+sentinel://" + addresses(s.Sentinels[:]) + "/" + masterName
}

// Master is the server that the sentinels take for the master.
func (s *Sentinels) Master() *Server {
	for _, server := range s.Servers {
		if strings.Contains(s.Sentinels[0].Info("master0"), "address="+server.Addr()+",") {
			return server
		}
	}
	return nil
}

func addresses(servers []*Server) string {
	all := make([]string, len(servers))
	for i, s := range servers {
		all[i] = s.Addr()
	}
	return strings.Join(all, ",")
}

// await polls until something is so, for at most half a minute.
func await(tb testing.TB, what string, so func() bool) {
	tb.Helper()
	deadline := time.Now().Add(30 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		if time.Now().After(deadline) {
			tb.Fatalf("it never came about: %s", what)
		}
		<-tick.C
	}
}
