package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	hist "parley/cmd/parley/history"
	"parley/hub"
	"parley/session/client"
	"parley/session/token"
)

// Credentials of the process under test, and its services: the process is started once for each to make it.
const (
	crashAccount = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	crashKey     = "SKbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	crashSecret  = "cccccccccccccccccccccccccccccccc"
)

var crashServices = []string{"IS" + strings.Repeat("1", 32), "IS" + strings.Repeat("2", 32), "IS" + strings.Repeat("3", 32)}

// What people are in a service. All have the service's user role; in a conversation the creator has the creator's role,
// which the deputy is given too, and the others that of a member.
const (
	creator   = iota // makes the conversations, adds and removes
	deputy           // deletes and edits too
	reader           // moves its read horizon
	outsider         // is removed and added again, by the creator
	wanderer         // joins and leaves by itself
	member           // and all from here on
	townsfolk = 8
)

// town is a process with several services, their people and conversations, and the history of all of them.
type town struct {
	t       *testing.T
	process *process
	file    string
	seed    uint64
	record  hist.Recorder
	people  []*person
	acks    atomic.Int64 // messages
}

// A place is a conversation of a service.
type place struct {
	sid  string
	town []*person // of the service, by what they are
}

func newTown(t *testing.T, seed uint64) *town {
	t.Helper()
	file := filepath.Join(t.TempDir(), "parley.db")
	common := []string{
		"serve", "--store", "sqlite:" + file, "--session-rate", "0", "--log-level", "warn", "--drain", "0s",
		"--account-sid", crashAccount, "--auth-token", crashSecret, "--api-key", crashKey + ":" + crashSecret, "--service-sid",
	}
	w := &town{t: t, file: file, seed: seed}
	for _, sid := range crashServices {
		if w.process != nil {
			if err := w.process.terminate(); err != nil {
				t.Fatal(err)
			}
		}
		w.process = newProcess(t, append(common, sid)...)
		w.process.start()
	}
	return w
}

// settle has each service's people connect and its conversations made, some in every service.
func (w *town) settle(conversations int) []place {
	w.t.Helper()
	var places []place
	for n, service := range crashServices {
		var folk []*person
		for i := range townsfolk {
			folk = append(folk, w.connect(fmt.Sprintf("user%d", i), service, uint64(n*townsfolk+i)))
		}
		for i := n; i < conversations; i += len(crashServices) {
			places = append(places, place{sid: w.found(folk), town: folk})
		}
	}
	for i := range places {
		for _, p := range places[i].town {
			p.places = append(p.places, &places[i])
		}
	}
	return places
}

// connect makes a client for an identity of a service. The same identities are in every service, as different users.
func (w *town) connect(identity, service string, n uint64) *person {
	w.t.Helper()
	p := &person{
		town: w, identity: identity, name: identity + "/" + service[:4], rng: rand.New(rand.NewPCG(w.seed, n)),
		next: map[string]int64{}, horizons: map[string]*horizon{},
	}
	ctx, cancel := context.WithTimeout(w.t.Context(), 30*time.Second)
	defer cancel()
	var err error
	p.Client, err = client.Dial(ctx, client.Config{
		URL: processURL, HTTPClient: w.process.http, Name: p.name, OnEvent: p.event,
		Backoff: client.Backoff{First: 10 * time.Millisecond, Most: 200 * time.Millisecond},
		Token: func(context.Context) (string, error) {
			return token.Mint(crashKey, crashSecret, crashAccount, identity, service, time.Hour, time.Now())
		},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(p.Close)
	w.people = append(w.people, p)
	return p
}

// found makes a conversation with all but the wanderer in it.
func (w *town) found(folk []*person) (sid string) {
	w.t.Helper()
	ctx := w.t.Context()
	first := folk[creator]
	c, err := first.CreateConversation(ctx, client.NewConversation{FriendlyName: "a place"})
	if err != nil {
		w.t.Fatal(err)
	}
	sid = string(c.SID)
	if err := first.join(ctx, sid); err != nil {
		w.t.Fatal(err)
	}
	for i, p := range folk {
		role := hub.RoleSID("")
		switch i {
		case creator, wanderer:
			continue
		case deputy:
			role = w.creatorRole(first)
		}
		if err := first.add(ctx, sid, p.identity, role); err != nil {
			w.t.Fatal(err)
		}
	}
	return sid
}

// creatorRole is the role of a service that conversations' creators have.
func (w *town) creatorRole(p *person) hub.RoleSID {
	w.t.Helper()
	roles, err := p.Roles(w.t.Context(), hub.RoleConversation)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range roles {
		if r.FriendlyName == "channel admin" {
			return r.SID
		}
	}
	w.t.Fatal("there is no role channel admin")
	return ""
}
