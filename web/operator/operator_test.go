package operator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/hub"
	"parley/hub/bus"
	"parley/session"
	"parley/session/wire"
	"parley/store/sqlite"
	"parley/web/operator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const authToken = "the account's secret"

// post is a hub with an operator page.
type post struct {
	t       *testing.T
	hub     *hub.Hub
	service hub.ServiceSID
	mux     *http.ServeMux
}

func newPost(t *testing.T, change func(*operator.Config)) *post {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "parley.db")})
	if err != nil {
		t.Fatal(err)
	}
	p := &post{t: t, mux: http.NewServeMux()}
	p.hub = hub.New(hub.Config{Store: store, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits()})
	t.Cleanup(func() {
		p.hub.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	p.service = p.newService()
	config := operator.Config{
		Hub: p.hub, Token: authToken, Store: "sqlite:here",
		Sessions: func() session.Stats {
			return session.Stats{Sessions: 3, Accepted: 5, Frames: 6, Bytes: 7, Slow: 8, RefusedUser: 1, RefusedSession: 2}
		},
		Card: func() hub.Card { return hub.Card{ID: "hub-1", Name: "hub", Version: "dev", Connections: 3} },
		Parts: func(context.Context) []operator.Part {
			return []operator.Part{{Name: "store", Vital: true}, {Name: "bus", Cause: "it is away"}}
		},
		Page: map[string]http.Handler{"GET /operator": http.RedirectHandler("/elsewhere", http.StatusFound)},
	}
	if change != nil {
		change(&config)
	}
	for pattern, handler := range operator.New(config).Routes() {
		p.mux.Handle(pattern, handler)
	}
	return p
}

func (p *post) newService() hub.ServiceSID {
	p.t.Helper()
	service, roles := hub.NewService("tests", time.Now().UTC().Truncate(time.Millisecond))
	p.do(service.SID, "", &hub.PutService{Service: service, Roles: roles})
	return service.SID
}

func (p *post) do(service hub.ServiceSID, who string, cmd hub.Command) any {
	p.t.Helper()
	answer, err := p.hub.Do(p.t.Context(), hub.Actor{Service: service, Identity: who}, cmd)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer
}

// thread makes a conversation of people, the first of whom says something.
func (p *post) thread(service hub.ServiceSID, name string, people ...string) *hub.Conversation {
	p.t.Helper()
	p.do(service, people[0], &hub.OpenUser{})
	c := p.do(service, people[0], &hub.CreateConversation{UniqueName: name, FriendlyName: "about " + name}).(*hub.ConversationView).Conversation
	ref := hub.ConversationRef(c.SID)
	p.do(service, people[0], &hub.JoinConversation{Conversation: ref})
	for _, who := range people[1:] {
		p.do(service, people[0], &hub.AddParticipant{Conversation: ref, Identity: who})
	}
	p.do(service, people[0], &hub.SendMessage{Conversation: ref, Body: "a secret", ReplyTo: hub.NoIndex})
	return c
}

// door is a session's end that counts how often it was told to end.
type door struct{ ended atomic.Int64 }

func (*door) Wake()          {}
func (d *door) End(hub.Code) { d.ended.Add(1) }

// enter has somebody connect, who reads nothing.
func (p *post) enter(service hub.ServiceSID, identity string) (*hub.Feed, *door) {
	p.t.Helper()
	actor := hub.Actor{Service: service, Identity: identity}
	d := &door{}
	f := p.hub.NewFeed(d)
	if _, _, err := f.Attach(p.t.Context(), actor, nil); err != nil {
		p.t.Fatal(err)
	}
	f.Release(nil)
	p.t.Cleanup(f.Close)
	return f, d
}

// await waits for something that follows from what was done.
func (p *post) await(what string, so func() bool) {
	p.t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for late := time.Now().Add(time.Minute); !so(); <-tick.C {
		if time.Now().After(late) {
			p.t.Fatalf("it never came about: %s", what)
		}
	}
}

func (p *post) ask(method, path string, header ...string) *httptest.ResponseRecorder {
	p.t.Helper()
	r := httptest.NewRequestWithContext(p.t.Context(), method, "http://127.0.0.1:9091"+path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	p.mux.ServeHTTP(w, r)
	return w
}

// read asks for what must be there.
func read[T any](p *post, path string) (answer T) {
	p.t.Helper()
	resp := p.ask(http.MethodGet, path)
	text := resp.Body.Bytes()
	if resp.Code != http.StatusOK || resp.Header().Get("Content-Type") != "application/json" || resp.Header().Get("Cache-Control") != "no-store" {
		p.t.Fatalf("%s: %d %v %s", path, resp.Code, resp.Header(), text)
	}
	if strings.Contains(string(text), "a secret") {
		p.t.Errorf("%s shows what was said: %s", path, text)
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		p.t.Fatal(err)
	}
	return answer
}

// TestState: the page's figures are the hub's, and who is behind is told, the farthest first.
func TestState(t *testing.T) {
	p := newPost(t, func(c *operator.Config) {
		c.Bus = func() bus.Stats { return bus.Stats{Well: true, Published: 9, Received: 8, ProbesLost: 1} }
		c.Hubs = func(context.Context) []hub.Card { return []hub.Card{{Name: "a"}, {Name: "b"}} }
	})
	c := p.thread(p.service, "tea", "ann", "bob", "cat")
	near, _ := p.enter(p.service, "bob")
	far, _ := p.enter(p.service, "cat")
	say := func(times int, behind int64) {
		for range times {
			p.do(p.service, "ann", &hub.SendMessage{Conversation: hub.ConversationRef(c.SID), Body: "a secret", ReplyTo: hub.NoIndex})
		}
		p.await("it is delivered", func() bool { all := p.hub.Slowest(2); return len(all) == 2 && all[0].Events == behind })
	}
	say(2, 2)
	near.Take(&hub.Batch{Limit: 64 << 10})
	say(3, 5)
	s := read[operator.State](p, "/operator/state")
	if s.Hub.Name != "hub" || s.Store != "sqlite:here" || s.Epoch != p.hub.Epoch() || len(s.Hubs) != 2 || len(s.Parts) != 2 || s.Parts[1].Cause == "" {
		t.Errorf("%+v", s)
	}
	if s.Sockets.Refused != 3 || s.Sockets.Bytes != 7 || s.Bus == nil || !s.Bus.Well || s.Bus.ProbesLost != 1 {
		t.Errorf("%+v %+v", s.Sockets, s.Bus)
	}
	if s.Commits.Count == 0 || len(s.Commits.Counts) != len(s.Commits.Bounds)+1 {
		t.Errorf("%+v", s.Commits)
	}
	if len(s.Slowest) != 2 || s.Slowest[0].Events != 5 || s.Slowest[1].Events != 3 || s.Slowest[0].Conversation != c.SID || s.Slowest[0].Service != p.service {
		t.Errorf("%+v", s.Slowest)
	}
	if s.Slowest[0].Session != far.Name() || s.Slowest[0].Identity != "cat" || s.Slowest[1].Identity != "bob" {
		t.Errorf("%+v", s.Slowest)
	}
	if resp := p.ask(http.MethodGet, "/operator"); resp.Code != http.StatusFound {
		t.Errorf("the page: %d", resp.Code)
	}
}

// TestAlone: without a bus the hub is the only one.
func TestAlone(t *testing.T) {
	s := read[operator.State](newPost(t, nil), "/operator/state")
	if s.Bus != nil || len(s.Hubs) != 1 || s.Hubs[0].ID != "hub-1" || s.Slowest == nil {
		t.Errorf("%+v", s)
	}
}

// TestFind: users and conversations are found by whole names and by sids, in every service.
func TestFind(t *testing.T) {
	p := newPost(t, nil)
	other := p.newService()
	here := p.thread(p.service, "tea", "ann", "tea")
	p.do(p.service, "", &hub.AddNonChatParticipant{Conversation: hub.ConversationRef(here.SID), Address: "+15005550006", ProxyAddress: "+15005550001"})
	there := p.thread(other, "tea", "ann")
	p.enter(p.service, "tea")
	found := read[operator.Found](p, "/operator/find?name=tea")
	if len(found.Users) != 1 || found.Users[0].Identity != "tea" || len(found.Users[0].Sessions) != 1 || found.Users[0].Conversations != 1 {
		t.Errorf("%+v", found.Users)
	}
	if len(found.Conversations) != 2 {
		t.Fatalf("%+v", found.Conversations)
	}
	for _, c := range found.Conversations {
		if c.Messages != 1 || c.State != hub.StateActive || c.FriendlyName != "about tea" {
			t.Errorf("%+v", c)
		}
		if c.SID == here.SID && (c.Service != p.service || len(c.Participants) != 3 || c.Participants[2].Address != "+15005550006") {
			t.Errorf("%+v", c)
		}
	}
	if found = read[operator.Found](p, "/operator/find?name="+string(there.SID)); len(found.Conversations) != 1 || found.Conversations[0].Service != other {
		t.Errorf("by sid: %+v", found)
	}
	if found = read[operator.Found](p, "/operator/find?name=ann"); len(found.Users) != 2 {
		t.Errorf("in both services: %+v", found)
	}
	if found = read[operator.Found](p, "/operator/find?name=nobody"); len(found.Users)+len(found.Conversations) != 0 || found.Users == nil {
		t.Errorf("nobody: %+v", found)
	}
	for _, bad := range []string{"", strings.Repeat("x", 1001)} {
		if resp := p.ask(http.MethodGet, "/operator/find?name="+bad); resp.Code != http.StatusBadRequest {
			t.Errorf("a name of %d bytes: %d", len(bad), resp.Code)
		}
	}
}

// TestDeeds: with the auth token a session is ended, all of a user's are, a user is barred and let in again.
func TestDeeds(t *testing.T) {
	p := newPost(t, nil)
	one, first := p.enter(p.service, "ann")
	_, second := p.enter(p.service, "ann")
	_, bystander := p.enter(p.service, "bob")
	user := string(read[operator.Found](p, "/operator/find?name=ann").Users[0].SID)
	done := func(method, path string) {
		t.Helper()
		if resp := p.ask(method, path, "Authorization", "Bearer "+authToken); resp.Code != http.StatusNoContent {
			t.Errorf("%s %s: %d", method, path, resp.Code)
		}
	}
	counts := func(what string, a, b int64) {
		t.Helper()
		p.await(what, func() bool { return first.ended.Load() == a && second.ended.Load() == b })
		if bystander.ended.Load() != 0 {
			t.Errorf("%s ended another's session", what)
		}
	}
	done(http.MethodDelete, "/operator/sessions/"+url.PathEscape(one.Name()))
	counts("one session", 1, 0)
	done(http.MethodDelete, "/operator/users/"+user+"/sessions")
	counts("all sessions", 2, 1)
	done(http.MethodPost, "/operator/users/"+user+"/bar")
	counts("a bar", 3, 2)
	if !read[operator.Found](p, "/operator/find?name=ann").Users[0].Barred {
		t.Error("ann is not barred")
	}
	done(http.MethodDelete, "/operator/users/"+user+"/bar")
	if read[operator.Found](p, "/operator/find?name=ann").Users[0].Barred {
		t.Error("ann is barred still")
	}
	if resp := p.ask(http.MethodPost, "/operator/users/US00000000000000000000000000000001/bar", "Authorization", "Bearer "+authToken); resp.Code != http.StatusNotFound {
		t.Errorf("a user who is not there: %d", resp.Code)
	}
	if resp := p.ask(http.MethodPost, "/operator/users/bob/bar", "Authorization", "Bearer "+authToken); resp.Code != http.StatusNotFound {
		t.Errorf("a name in the place of a sid: %d", resp.Code)
	}
}

// TestStrangers: without the token, with another, or by a page of another origin nothing is done, and where no token is set
// nobody does anything.
func TestStrangers(t *testing.T) {
	for name, c := range map[string]struct {
		token  string
		header []string
		status int
	}{
		"no token":             {authToken, nil, http.StatusUnauthorized},
		"a wrong one":          {authToken, []string{"Authorization", "Bearer no"}, http.StatusUnauthorized},
		"another scheme":       {authToken, []string{"Authorization", "Basic " + authToken}, http.StatusUnauthorized},
		"none is set":          {"", []string{"Authorization", "Bearer "}, http.StatusUnauthorized},
		"another site":         {authToken, []string{"Authorization", "Bearer " + authToken, "Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		"another origin":       {authToken, []string{"Authorization", "Bearer " + authToken, "Origin", "https://evil.example"}, http.StatusForbidden},
		"the page's own":       {authToken, []string{"Authorization", "Bearer " + authToken, "Sec-Fetch-Site", "same-origin"}, http.StatusNoContent},
		"a program of its own": {authToken, []string{"Authorization", "Bearer " + authToken}, http.StatusNoContent},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t, func(cfg *operator.Config) { cfg.Token = c.token })
			f, d := p.enter(p.service, "ann")
			user := string(read[operator.Found](p, "/operator/find?name=ann").Users[0].SID)
			for _, deed := range [][2]string{
				{http.MethodDelete, "/operator/sessions/" + f.Name()},
				{http.MethodDelete, "/operator/users/" + user + "/sessions"},
				{http.MethodPost, "/operator/users/" + user + "/bar"},
			} {
				if resp := p.ask(deed[0], deed[1], c.header...); resp.Code != c.status {
					t.Errorf("%s: %d, not %d", deed[1], resp.Code, c.status)
				}
			}
			if c.status == http.StatusNoContent {
				p.await("all three deeds", func() bool { return d.ended.Load() == 3 })
			} else if d.ended.Load() > 0 {
				t.Errorf("ended %d times", d.ended.Load())
			}
		})
	}
}
