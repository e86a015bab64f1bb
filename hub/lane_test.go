package hub

import (
	"testing"
	"time"
)

// TestLaneFailsAlike: when a write fails retryably, those of the same session to the same conversation behind it fail
// alike, in the batch and in the queue, and nobody else's do (rule R10).
func TestLaneFailsAlike(t *testing.T) {
	h := &Hub{}
	h.committer.init()
	mine, other := &Feed{}, &Feed{}
	failed := map[string]bool{}
	write := func(name string, f *Feed, ref ConversationRef) *pending {
		p := &pending{cmd: &SendMessage{Conversation: ref}, done: func(_ any, err error) {
			failed[name] = err != nil && AsError(err).Code == CodeUnavailable
		}}
		p.turn.actor.Feed = f
		return p
	}
	first, behind := write("first", mine, "a"), write("behind", mine, "a")
	b := &batch{all: []*pending{first, behind}, failing: true}
	first.batch, behind.batch = b, b
	first.Err = unavailable(nil)
	if behind.Err = behind.run(nil); behind.Err == nil {
		t.Error("the one behind it in the batch ran")
	}
	h.committer.queue = []*pending{write("queued", mine, "a"), write("elsewhere", mine, "b"), write("other", other, "a")}
	h.finish(first)
	h.finish(behind)
	for _, name := range []string{"first", "behind", "queued"} {
		if !failed[name] {
			t.Errorf("%s did not fail", name)
		}
	}
	h.Submit(Actor{Feed: mine}, &SendMessage{Conversation: "a"}, func(_ any, err error) {
		failed["late"] = err != nil && AsError(err).Code == CodeUnavailable && AsError(err).RetryAfter >= time.Second
	})
	if !failed["late"] {
		t.Error("one that came before the client was to try again did not fail")
	}
	if n := len(h.committer.queue); n != 2 || failed["elsewhere"] || failed["other"] {
		t.Errorf("%d others still wait, want 2: %v", n, failed)
	}
	mine.shut["a"] = time.Now()
	h.Submit(Actor{Feed: mine}, &SendMessage{Conversation: "a"}, func(any, error) { t.Error("one that came again was refused") })
	if n := len(h.committer.queue); n != 3 || len(mine.shut) > 0 {
		t.Errorf("%d wait, want 3; shut are %v", n, mine.shut)
	}
}
