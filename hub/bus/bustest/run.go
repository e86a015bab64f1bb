package bustest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/hub"
)

// Seats makes the bus of one more hub, joined with all others that it made. The test closes it.
type Seats func(t *testing.T) hub.Bus

// Run holds an implementation to what hub.Bus promises. Nothing may go wrong with the service behind it meanwhile.
func Run(t *testing.T, seats Seats) {
	t.Helper()
	for _, test := range []struct {
		name string
		run  func(*testing.T, Seats)
	}{
		{"Order", order},
		{"Payloads", payloads},
		{"Own", own},
		{"Confirmed", confirmed},
		{"Unsubscribe", unsubscribe},
		{"ManyTopics", manyTopics},
		{"Close", closing},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, seats) })
	}
}

// A Desk is a bus and the ear that it tells.
type Desk struct {
	hub.Bus
	*Ear
}

// Sit joins a bus and waits until it works.
func Sit(t *testing.T, bus hub.Bus) Desk {
	t.Helper()
	d := Desk{bus, NewEar()}
	bus.Join(d.Ear)
	t.Cleanup(bus.Close)
	Eventually(t, "the bus works", d.Well)
	return d
}

// Topic makes a topic that nobody else has.
func Topic() string { return string(hub.NewConversationSID()) }

// Follow subscribes and waits until it is sure.
func (d Desk) Follow(t *testing.T, topics ...string) {
	t.Helper()
	before := make([]int, len(topics))
	for i, topic := range topics {
		before[i] = d.Sure(topic)
	}
	d.Subscribe(topics...)
	for i, topic := range topics {
		Eventually(t, "a subscription is sure", func() bool { return d.Sure(topic) > before[i] })
	}
}

func order(t *testing.T, seats Seats) {
	t.Helper()
	a, b, c := Sit(t, seats(t)), Sit(t, seats(t)), Sit(t, seats(t))
	topics := []string{Topic(), Topic(), Topic()}
	b.Follow(t, topics...)
	c.Follow(t, topics...)
	const each = 500
	for i := range each {
		for _, topic := range topics {
			a.Publish(topic, fmt.Appendf(nil, "%s %d", topic, i))
		}
	}
	for _, d := range []Desk{b, c} {
		Eventually(t, "all is heard", func() bool { return len(d.All()) == each*len(topics) })
		next := map[string]int{}
		for _, payload := range d.All() {
			topic, number, _ := strings.Cut(payload, " ")
			if number != fmt.Sprint(next[topic]) {
				t.Fatalf("%s came where %d was due", number, next[topic])
			}
			next[topic]++
		}
	}
	if n := len(a.Doubts()) + len(b.Doubts()) + len(c.Doubts()); n > 0 {
		t.Errorf("%d doubts where nothing went wrong", n)
	}
}

func payloads(t *testing.T, seats Seats) {
	t.Helper()
	a, b := Sit(t, seats(t)), Sit(t, seats(t))
	topic := Topic()
	b.Follow(t, topic)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	sent := [][]byte{all, {}, []byte("\r\n$-1\r\n"), bytes.Repeat(all, 1024), {0}}
	for _, payload := range sent {
		a.Publish(topic, payload)
	}
	Eventually(t, "all is heard", func() bool { return len(b.All()) == len(sent) })
	for i, payload := range b.All() {
		if payload != string(sent[i]) {
			t.Errorf("payload %d of %d bytes came as %d bytes", i, len(sent[i]), len(payload))
		}
	}
}

// own: a hub may hear what it published or not, and others hear it in any case.
func own(t *testing.T, seats Seats) {
	t.Helper()
	a, b := Sit(t, seats(t)), Sit(t, seats(t))
	topic := Topic()
	a.Follow(t, topic)
	b.Follow(t, topic)
	a.Publish(topic, []byte("from a"))
	b.Publish(topic, []byte("from b"))
	Eventually(t, "each hears the other", func() bool { return a.Has("from b") && b.Has("from a") })
}

// confirmed: what is published once a subscription is sure is heard, however often one came and went before.
func confirmed(t *testing.T, seats Seats) {
	t.Helper()
	a, b := Sit(t, seats(t)), Sit(t, seats(t))
	for i := range 50 {
		topic, payload := Topic(), fmt.Sprint(i)
		for range i % 4 {
			b.Subscribe(topic)
			b.Unsubscribe(topic)
		}
		b.Follow(t, topic)
		a.Publish(topic, []byte(payload))
		Eventually(t, "it is heard", func() bool { return b.Has(payload) })
		b.Follow(t, topic) // also what was sure before is confirmed
	}
}

func unsubscribe(t *testing.T, seats Seats) {
	t.Helper()
	a, b := Sit(t, seats(t)), Sit(t, seats(t))
	topic, other := Topic(), Topic()
	b.Follow(t, topic, other)
	b.Unsubscribe(topic)
	round := 0
	Eventually(t, "nothing more is heard", func() bool {
		round++
		left := fmt.Sprint("left ", round)
		a.Publish(topic, []byte(left))
		for i := range 3 {
			payload := fmt.Sprint("other ", round, i)
			a.Publish(other, []byte(payload))
			Eventually(t, "the other topic is heard", func() bool { return b.Has(payload) })
		}
		return !b.Has(left)
	})
	b.Follow(t, topic)
	a.Publish(topic, []byte("again"))
	Eventually(t, "it is heard again", func() bool { return b.Has("again") })
}

func manyTopics(t *testing.T, seats Seats) {
	t.Helper()
	a, b := Sit(t, seats(t)), Sit(t, seats(t))
	topics := make([]string, 5000)
	for i := range topics {
		topics[i] = Topic()
	}
	b.Follow(t, topics...)
	for some := range slices.Chunk(topics, 500) {
		before := len(b.All())
		for _, topic := range some {
			a.Publish(topic, []byte(topic))
		}
		Eventually(t, "all is heard", func() bool { return len(b.All()) == before+len(some) })
	}
	heard := b.All()
	slices.Sort(heard)
	if slices.Sort(topics); !slices.Equal(heard, topics) {
		t.Error("not every topic was heard once")
	}
	b.Unsubscribe(topics...)
}

// closing: nothing is heard after Close, and the others do not mind.
func closing(t *testing.T, seats Seats) {
	t.Helper()
	a, b, c := Sit(t, seats(t)), Sit(t, seats(t)), Sit(t, seats(t))
	topic := Topic()
	b.Follow(t, topic)
	c.Follow(t, topic)
	b.Close()
	before := len(b.All())
	a.Publish(topic, []byte("after"))
	Eventually(t, "the others hear it", func() bool { return c.Has("after") })
	if len(b.All()) != before {
		t.Error("something was heard after Close")
	}
	seats(t).Close() // one that never joined
}
