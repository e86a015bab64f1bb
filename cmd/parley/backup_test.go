package main

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"parley/session/client"
	"parley/session/wire"
)

// TestBackupAndRestore copies a store under writes and puts the copy in a new place and over the old one. What was
// acknowledged before the backup is in both, and clients that know more are told to start afresh.
func TestBackupAndRestore(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("under writes", func(t *testing.T) {
		dir := t.TempDir()
		file, copied, fresh := filepath.Join(dir, "parley.db"), filepath.Join(dir, "copy.db"), filepath.Join(dir, "fresh.db")
		p := newServe(t, file)
		p.start()
		k := newTalker(t, p, "ann")
		sid := placeOf(t, k.Client)
		stop, all := make(chan struct{}), sync.WaitGroup{}
		end := sync.OnceFunc(func() { close(stop); all.Wait() })
		defer end()
		all.Go(func() { k.talk(t, sid, stop) })
		everybodySends(t, []*talker{k})
		before := handedBefore(k)
		mustCall(t, exitOK, "backed up", "backup", copied, "--store", "sqlite:"+file)
		mustCall(t, exitError, "exists already", "backup", copied, "--store", "sqlite:"+file)
		everybodySends(t, []*talker{k})
		end()
		mustCall(t, exitError, "held by another hub", "restore", copied, "--store", "sqlite:"+file)
		known, epoch := k.Positions(), k.Epoch()
		k.Close()
		if err := p.terminate(); err != nil {
			t.Fatal(err)
		}
		mustCall(t, exitOK, "a new epoch begins", "restore", copied, "--store", "sqlite:"+fresh)
		mustCall(t, exitOK, "a new epoch begins", "restore", copied, "--store", "sqlite:"+file)
		for _, restored := range []string{fresh, file} {
			if got := restoredAs(t, restored, sid, before, known); got == epoch {
				t.Errorf("%s has the epoch of before", filepath.Base(restored))
			}
		}
	})
}

// handedBefore is what was acknowledged so far.
func handedBefore(k *talker) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]string(nil), k.acked...)
}

// mustCall runs a command that is to end with the code and to tell something.
func mustCall(t *testing.T, code int, tell string, args ...string) {
	t.Helper()
	got := callWith(t.Context(), args...)
	if got.code != code || !strings.Contains(got.out+got.err, tell) {
		t.Fatalf("%v: exit %d, and it said %s%s; wanted exit %d and %q", args, got.code, got.out, got.err, code, tell)
	}
}

// restoredAs starts a process on a restored store, looks for messages and resumes from positions of the time before. It gives
// the epoch.
func restoredAs(t *testing.T, file, sid string, want []string, known client.Positions) string {
	t.Helper()
	p := newServe(t, file)
	p.start()
	defer p.kill()
	events := make(chan client.Event, 1000)
	c := userOf(t, p, "ann", client.Config{Resume: known, OnEvent: func(e client.Event) { events <- e }})
	defer c.Close()
	stored := messagesOf(t, c, sid)
	for _, nonce := range want {
		if len(stored[nonce]) != 1 {
			t.Errorf("%s was acknowledged before the backup and is stored %d times", nonce, len(stored[nonce]))
		}
	}
	var reset, changed bool
	for resumed := false; !resumed; {
		e := <-events
		switch e.Method {
		case wire.EventResumed:
			resumed = true
		case client.EventConnected:
			changed = e.EpochChanged
		case wire.EventConversationReset:
			reset = string(e.ConversationSID) == sid
		case wire.EventMessageAdded:
			t.Errorf("message %d is told of as if it were new", e.Message.Index)
		}
	}
	if !reset || !changed {
		t.Errorf("the client was told of a reset: %v, of another epoch: %v", reset, changed)
	}
	return c.Session().Epoch
}
