package session_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/hub"
)

// The load of BenchmarkSlowClients: messages of about 1.3 KB on the wire at a steady pace, for longer than a client
// needs to stall (its buffers hold about 40 of them), be given up and come back.
const (
	paced       = 50 * time.Millisecond
	pacedTotal  = 400
	stallWithin = 8 * time.Second
)

// BenchmarkSlowClients is what three bad clients of 200 in one conversation cost the others: one reads 4 KiB a second, one
// stops for longer than the write timeout and comes back, one never reads. The p99 of the time from before the send to
// the reading of the event is measured first without them and then with them (rules R23, R24).
func BenchmarkSlowClients(b *testing.B) {
	s := newServer(b, func(c *settings) { c.web.WriteTimeout = stallWithin; c.web.SendBuffer = 16 << 10 })
	t := newTalk(s, 197)
	var without, with []time.Duration
	for b.Loop() {
		without = append(without, t.run(nil)...)
		with = append(with, t.run(t.misbehave())...)
	}
	before, after := p99(without), p99(with)
	b.ReportMetric(before, "p99-ms-without")
	b.ReportMetric(after, "p99-ms-with")
	b.ReportMetric(after/before, "ratio")
	b.ReportMetric(0, "ns/op")
}

func p99(all []time.Duration) float64 {
	slices.Sort(all)
	return float64(all[len(all)*99/100]) / float64(time.Millisecond)
}

// talk is one conversation, in which ann speaks and others listen.
type talk struct {
	*server
	ann    *client
	sid    string
	others []*follower
	next   int64 // index of the next message
	sent   [1 << 16]atomic.Int64
}

func newTalk(s *server, others int) *talk {
	s.t.Helper()
	t := &talk{server: s, ann: s.connect("ann")}
	t.sid = sidOf(s.t, t.ann.call("conversation.create", `{}`))
	t.ann.call("conversation.join", `{"conversation":"`+t.sid+`"}`)
	for i := range others {
		t.others = append(t.others, t.join(fmt.Sprintf("other%d", i), nil))
	}
	return t
}

// join brings one more in, who has the conversation from now on.
func (t *talk) join(name string, options *websocket.DialOptions) *follower {
	t.t.Helper()
	_, err := t.hub.Do(t.t.Context(), hub.Actor{Service: t.service}, &hub.AddParticipant{
		Conversation: hub.ConversationRef(t.sid), Identity: name,
	})
	if err != nil && hub.AsError(err).Code != hub.CodeAlreadyIn {
		t.t.Fatal(err)
	}
	c := t.dialWith(options)
	c.call("connect", `{"token":"`+t.token(name)+`"}`)
	var now struct{ Revision hub.Revision }
	if err := json.Unmarshal(c.call("conversation.get", fmt.Sprintf(`{"conversation":%q}`, t.sid)), &now); err != nil {
		t.t.Fatal(err)
	}
	return &follower{client: c, next: t.next, rev: now.Revision}
}

// run sends at the given pace while bad happens, and answers how long each message took to each of the others. bad may
// end the benchmark, so it stays on the benchmark's own goroutine.
func (t *talk) run(bad func(stop <-chan struct{})) []time.Duration {
	took := make([][]time.Duration, len(t.others))
	until := t.next + pacedTotal
	var wg sync.WaitGroup
	for i, f := range t.others {
		wg.Go(func() {
			for f.next < until {
				index := f.next
				if err := f.follow(index); err != nil {
					t.t.Errorf("other %d: %v", i, err)
					return
				}
				took[i] = append(took[i], time.Duration(time.Now().UnixNano()-t.sent[index].Load()))
			}
		})
	}
	wg.Go(func() {
		if err := t.speak(until); err != nil {
			t.t.Errorf("the speaker: %v", err)
		}
	})
	stop := make(chan struct{})
	go func() {
		wg.Wait()
		close(stop)
	}()
	defer func() { <-stop }()
	if bad != nil {
		bad(stop)
	}
	<-stop
	return slices.Concat(took...)
}

func (t *talk) speak(until int64) error {
	tick := time.NewTicker(paced)
	defer tick.Stop()
	body := strings.Repeat("x", 1000)
	for ; t.next < until; t.next++ {
		<-tick.C
		t.sent[t.next].Store(time.Now().UnixNano())
		if err := t.ann.say(t.t.Context(), t.next, t.sid, body); err != nil {
			return err
		}
	}
	return nil
}

// say sends message i and waits until it is acknowledged.
func (c *client) say(ctx context.Context, i int64, sid, body string) error {
	frame := fmt.Sprintf(`{"jsonrpc":"2.0","id":"m%d","method":"message.send","params":{"conversation":%q,"body":%q}}`, i, sid, body)
	if err := c.conn.Write(ctx, websocket.MessageText, []byte(frame)); err != nil {
		return err
	}
	for {
		msg, err := c.read()
		if err != nil {
			return err
		}
		var r reply
		switch err := json.Unmarshal(msg, &r); {
		case err != nil:
			return err
		case string(r.ID) != fmt.Sprintf(`"m%d"`, i):
		case r.Error != nil:
			return fmt.Errorf("message %d: %d %s", i, r.Error.Code, r.Error.Message)
		default:
			return nil
		}
	}
}

// misbehave lets three bad ones in, and answers what they do until they are stopped.
func (t *talk) misbehave() func(stop <-chan struct{}) {
	trickle, options := slowly()
	slow := t.join("slow", options)
	stopped, options := slowly()
	sleepy := t.join("sleepy", options)
	never, options := slowly()
	t.join("never", options)
	until := t.next + pacedTotal - 1
	return func(stop <-chan struct{}) {
		stopped.let(0)
		never.let(0)
		var wg sync.WaitGroup
		wg.Go(func() { trickle.drip(1<<10, stop) })
		wg.Go(func() {
			if err := slow.follow(until); err != nil {
				t.t.Errorf("the slow one: %v", err)
			}
		})
		poll(t.t, "the two that do not read are given up", func() bool {
			return t.sessions.Stats().Sessions == int64(len(t.others))+2
		})
		stopped.let(-1)
		if err := sleepy.follow(until); err == nil {
			t.t.Error("the one that stopped was not given up")
		}
		sleepy = t.back("sleepy", sleepy)
		if err := sleepy.follow(until); err != nil {
			t.t.Errorf("the one that came back: %v", err)
		}
		wg.Wait()
		for _, f := range []*follower{slow, sleepy} {
			f.conn.CloseNow() //nolint:errcheck // it is over
		}
		poll(t.t, "the bad ones are gone", func() bool { return t.sessions.Stats().Sessions == int64(len(t.others))+1 })
	}
}

// back lets one come back that was given up.
func (t *talk) back(name string, was *follower) *follower {
	f := &follower{client: t.dial(), next: was.next, rev: was.rev}
	f.call("connect", fmt.Sprintf(`{"token":%q,"resume":{%q:%d}}`, t.token(name), t.sid, was.rev))
	return f
}

// drip lets so many bytes through four times a second, and everything once it is stopped.
func (t *throttle) drip(bytes int, stop <-chan struct{}) {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			t.let(bytes)
		case <-stop:
			t.let(-1)
			return
		}
	}
}
