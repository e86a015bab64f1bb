package client_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"parley/hub"
	"parley/session/client"
	"parley/session/wire"
)

// Whatever is cut, and wherever: every message is stored once, in the order handed over, and every event is told once
// and in order.
func TestStorm(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { storm(t, seed) })
		})
	}
}

func storm(t *testing.T, seed uint64) {
	t.Helper()
	sids := []hub.ConversationSID{"CHa", "CHb", "CHc"}
	m := newModel(t, seed, sids...)
	m.calm = true // for the first connect
	s := pipesTo(t, m)
	seen := &witness{t: t, last: map[hub.ConversationSID]hub.Revision{}, next: map[hub.ConversationSID]int64{}}
	config := client.Config{URL: s.URL, HTTPClient: s.http, Token: tokens("jwt"), OnEvent: seen.event, MaxEvents: 8}
	c, err := client.Dial(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	m.mu.Lock()
	m.calm = false
	m.mu.Unlock()

	var sending sync.WaitGroup
	for _, sid := range sids {
		sending.Go(func() { sendMany(t, c, sid, 60) })
	}
	sending.Go(func() { m.edits(200) })
	sending.Wait()
	m.mu.Lock()
	m.calm = true
	m.mu.Unlock()
	last := func() bool {
		got := c.Positions().Revisions
		m.mu.Lock()
		defer m.mu.Unlock()
		for sid, r := range m.rooms {
			if int(got[sid]) != r.revision {
				return false
			}
		}
		return true
	}
	pass(t, patience*20, last)
	c.Close()
	for _, sid := range sids {
		m.stored(sid, 60)
		if seen.next[sid] != 60 {
			t.Errorf("%d messages of %s were told", seen.next[sid], sid)
		}
	}
	if n := c.Stats(); n.Connects < 10 || n.Resent < 10 {
		t.Errorf("%d cuts, %+v", m.cuts, n)
	}
}

// sendMany hands over messages, a few at a time.
func sendMany(t *testing.T, c *client.Client, sid hub.ConversationSID, n int) {
	t.Helper()
	var all []*client.Sending
	for i := range n {
		s, err := c.Enqueue(string(sid), client.Draft{Nonce: fmt.Sprintf("%s-%d", sid, i)})
		if err != nil {
			t.Error(err)
			return
		}
		if all = append(all, s); len(all) < 5 && i < n-1 {
			continue
		}
		for _, s := range all {
			if _, err := s.Wait(context.Background()); err != nil {
				t.Error(err)
			}
		}
		all = all[:0]
	}
}

// edits changes messages at random while others are sent.
func (m *model) edits(n int) {
	for range n {
		m.mu.Lock()
		for sid, r := range m.rooms {
			if len(r.rows) > 0 && m.luck.IntN(3) == 0 {
				m.edit(sid, m.luck.IntN(len(r.rows)))
			}
		}
		m.mu.Unlock()
		synctest.Wait()
	}
}

// stored checks that every message is there once, in the order handed over.
func (m *model) stored(sid hub.ConversationSID, n int) {
	m.t.Helper()
	rows := m.rooms[sid].rows
	if len(rows) != n {
		m.t.Errorf("%s has %d messages", sid, len(rows))
	}
	for i, row := range rows {
		if want := fmt.Sprintf("%s-%d", sid, i); row.nonce != want {
			m.t.Errorf("%s is message %d", row.nonce, i)
		}
	}
}

// witness checks what is told.
type witness struct {
	t    *testing.T
	last map[hub.ConversationSID]hub.Revision
	next map[hub.ConversationSID]int64
}

func (w *witness) event(e client.Event) {
	switch e.Method {
	case wire.EventMessageAdded:
		if e.Message.Index != w.next[e.ConversationSID] {
			w.t.Errorf("%s: message %d came, expected was %d", e.ConversationSID, e.Message.Index, w.next[e.ConversationSID])
		}
		w.next[e.ConversationSID]++
	case wire.EventMessageUpdated:
		if e.Message.Index >= w.next[e.ConversationSID] {
			w.t.Errorf("%s: an update of message %d came before it", e.ConversationSID, e.Message.Index)
		}
	case wire.EventConversationReplayed:
		return // may stand where the last event stood
	default:
		return
	}
	if e.Revision <= w.last[e.ConversationSID] {
		w.t.Errorf("%s: %s at %d came after %d", e.ConversationSID, e.Method, e.Revision, w.last[e.ConversationSID])
	}
	w.last[e.ConversationSID] = e.Revision
}

// pipesTo is the way to a handler by pipes.
func pipesTo(t *testing.T, m *model) *script {
	t.Helper()
	l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	transport := &http.Transport{DialContext: l.dial}
	server := &http.Server{Handler: m}
	m.served.Go(func() { server.Serve(l) }) //nolint:errcheck // ends with the test
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close() //nolint:errcheck // the test is over
		m.served.Wait()
	})
	return &script{t: t, URL: "ws://parley.test", http: &http.Client{Transport: transport}}
}
