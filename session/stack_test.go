package session_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestIdleStacks: an idle session keeps one goroutine, which waits where little stack is needed. (How much that is depends on the
// race detector; without it a stack stays at 2 KiB.)
func TestIdleStacks(t *testing.T) {
	s := newServer(t)
	const clients = 20
	for i := range clients {
		s.connect(fmt.Sprint("user", i))
	}
	late := time.Now().Add(time.Minute)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		readers, deep := 0, 0
		all := make([]byte, 1<<20)
		for stack := range strings.SplitSeq(string(all[:runtime.Stack(all, true)]), "\n\n") {
			if strings.Contains(stack, "session.(*Session).readLoop") && strings.Contains(stack, ".Await(") {
				readers++
			}
			if strings.Contains(stack, "session.(*Session).next") {
				deep++
			}
		}
		if readers == clients && deep == 0 {
			return
		}
		if time.Now().After(late) {
			t.Fatalf("of %d sessions %d wait as they should, and %d deal with something", clients, readers, deep)
		}
		<-tick.C
	}
}
