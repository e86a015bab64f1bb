package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/session/client"
	"parley/session/wire"
)

// talker is a client that sends all the time, and what became of it.
type talker struct {
	*client.Client
	identity string

	mu     sync.Mutex
	acked  []string // nonces
	failed []error
	seen   []int64 // indexes of messages that were told of
	ended  client.Change
	at     time.Time // of ended: how and when the first connection ended
}

func newTalker(t *testing.T, p *process, identity string) *talker {
	t.Helper()
	one := &talker{identity: identity}
	one.Client = userOf(t, p, identity, client.Config{OnEvent: one.event, OnState: one.state})
	return one
}

func (k *talker) event(e client.Event) {
	if e.Method == wire.EventMessageAdded {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.seen = append(k.seen, e.Message.Index)
	}
}

func (k *talker) state(ch client.Change) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if ch.State == client.StateWaiting && k.at.IsZero() {
		k.ended, k.at = ch, time.Now()
	}
}

// talk sends three messages at a time, whether or not there is a connection, until stop is closed.
func (k *talker) talk(t *testing.T, sid string, stop <-chan struct{}) {
	t.Helper()
	pace := time.NewTicker(50 * time.Millisecond)
	defer pace.Stop()
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-pace.C:
		}
		var all []*client.Sending
		for i := range 3 {
			s, err := k.Enqueue(sid, client.Draft{Body: "x", Nonce: fmt.Sprintf("%s-%d-%d", k.identity, n, i)})
			if err != nil {
				k.note("", err)
				continue
			}
			all = append(all, s)
		}
		for _, s := range all {
			_, err := s.Wait(t.Context())
			k.note(s.Nonce(), err)
		}
	}
}

func (k *talker) note(nonce string, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.failed = append(k.failed, err)
	} else {
		k.acked = append(k.acked, nonce)
	}
}

func (k *talker) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.acked)
}

// sawAll reports whether the client was told of n messages.
func (k *talker) sawAll(n int) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.seen) >= n
}

// TestDrainUnderLoad stops a hub while clients send, and starts the next on the same store. Nobody notices more than a pause:
// what the first hub took it answered, everything is stored once, and clients were moved one after the other.
func TestDrainUnderLoad(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("handover", func(t *testing.T) {
		const window = 2 * time.Second
		file := filepath.Join(t.TempDir(), "parley.db")
		p := newServe(t, file, "--drain", window.String(), "--max-resume-rows", "100000")
		p.start()
		var talkers []*talker
		var clients []*client.Client
		for i := range 20 {
			k := newTalker(t, p, fmt.Sprintf("user%d", i))
			talkers, clients = append(talkers, k), append(clients, k.Client)
		}
		sid := placeOf(t, clients...)
		stop, all := make(chan struct{}), sync.WaitGroup{}
		end := sync.OnceFunc(func() { close(stop); all.Wait() })
		defer end()
		for _, k := range talkers {
			all.Go(func() { k.talk(t, sid, stop) })
		}
		everybodySends(t, talkers)
		if err := p.terminate(); err != nil {
			t.Errorf("after SIGTERM it ended with %v", err)
		}
		before := handedOver(t, talkers)
		left := leftBy(t, file, sid, talkers[0].identity)
		before.judge(t, left)
		moved(t, talkers, window)
		p.start()
		everybodySends(t, talkers)
		end()
		judgeStore(t, talkers, messagesOf(t, talkers[0].Client, sid))
	})
}

// everybodySends waits until each client has had a few more messages acknowledged.
func everybodySends(t *testing.T, talkers []*talker) {
	t.Helper()
	least := make([]int, len(talkers))
	for i, k := range talkers {
		least[i] = k.count() + 6
	}
	for i, k := range talkers {
		if !soon(func() bool { return k.count() >= least[i] }) {
			t.Fatalf("%s: nothing is acknowledged; the client is %s", k.identity, k.State())
		}
	}
}

// between is what clients know when one hub has gone and the next is not there: what was acknowledged, and what not.
type between struct{ acked, open []string }

func handedOver(t *testing.T, talkers []*talker) (b between) {
	t.Helper()
	for _, k := range talkers {
		if !soon(func() bool { return k.State() != client.StateConnected }) {
			t.Fatalf("%s is still connected", k.identity)
		}
		for _, m := range k.Outbox() {
			b.open = append(b.open, m.Draft.Nonce)
		}
		k.mu.Lock()
		b.acked = append(b.acked, k.acked...)
		k.mu.Unlock()
	}
	return b
}

// judge holds it to what the first hub left: it answered what it did, and did what it answered.
func (b *between) judge(t *testing.T, left map[string][]int64) {
	t.Helper()
	if len(b.open) == 0 {
		t.Error("no client had anything to send while there was no hub")
	}
	for _, nonce := range b.acked {
		if len(left[nonce]) != 1 {
			t.Errorf("%s was acknowledged before the end and is stored %d times", nonce, len(left[nonce]))
		}
	}
	for _, nonce := range b.open {
		if len(left[nonce]) != 0 {
			t.Errorf("%s was stored and not acknowledged", nonce)
		}
	}
}

// moved looks at how the first connections ended: each was told to come back, and they were spread over the window.
func moved(t *testing.T, talkers []*talker, window time.Duration) {
	t.Helper()
	var times []time.Time
	for _, k := range talkers {
		k.mu.Lock()
		end, at := k.ended, k.at
		k.mu.Unlock()
		if e, ok := errors.AsType[*client.Error](end.Err); !ok || e.Close != wire.CloseDraining || end.Wait < time.Second {
			t.Errorf("%s: the connection ended with %v, to wait %v", k.identity, end.Err, end.Wait)
		}
		times = append(times, at)
	}
	slices.SortFunc(times, time.Time.Compare)
	if took := times[len(times)-1].Sub(times[0]); took < window/2 || took > 3*window {
		t.Errorf("all clients were closed within %v; the window is %v", took, window)
	}
	for i := range times[:len(times)/2] {
		if times[i+len(times)/2].Sub(times[i]) < window/8 {
			t.Errorf("half of the clients were closed in %v", times[i+len(times)/2].Sub(times[i]))
		}
	}
}

// judgeStore: what was acknowledged is stored once, nothing failed, and everybody was told of everything once.
func judgeStore(t *testing.T, talkers []*talker, stored map[string][]int64) {
	t.Helper()
	for nonce, at := range stored {
		if len(at) != 1 {
			t.Errorf("%s is stored at %v", nonce, at)
		}
	}
	acked := 0
	for _, k := range talkers {
		if !soon(func() bool { return k.sawAll(len(stored)) }) {
			t.Fatalf("%s was not told of all %d messages: %+v", k.identity, len(stored), k.Stats())
		}
		k.mu.Lock()
		for _, nonce := range k.acked {
			if stored[nonce] == nil {
				t.Errorf("%s was acknowledged and is not stored", nonce)
			}
		}
		for _, err := range k.failed {
			t.Errorf("%s: %v", k.identity, err)
		}
		for i, index := range k.seen {
			if index != int64(i) {
				t.Errorf("%s: event %d is of message %d", k.identity, i, index)
				break
			}
		}
		if len(k.seen) != len(stored) {
			t.Errorf("%s was told of %d of %d messages", k.identity, len(k.seen), len(stored))
		}
		acked += len(k.acked)
		k.mu.Unlock()
	}
	if acked != len(stored) {
		t.Errorf("%d messages are stored and %d acknowledged", len(stored), acked)
	}
	t.Logf("%d messages", acked)
}
