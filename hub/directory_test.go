package hub_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub"
	"parley/session/wire"
)

func (w *world) account() hub.Actor { return hub.Actor{Service: w.service} }

// eventually polls until something holds.
func (c *cluster) eventually(what string, ok func() bool) {
	c.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			c.Fatalf("waited in vain for %s", what)
		}
	}
}

// absent reports whether a hub knows no such service.
func (w *world) absent(service hub.ServiceSID) bool {
	_, err := w.hub.Service(w.t.Context(), service)
	return errors.Is(err, hub.Errorf(hub.CodeServiceAbsent, ""))
}

// TestService: a service is made with its roles and configured with roles of its own; only the account may.
func TestService(t *testing.T) {
	w := newWorld(t)
	w.refused(hub.CodeNameMissing, w.account(), &hub.CreateService{})
	w.refused(hub.CodeServiceNameLong, w.account(), &hub.CreateService{FriendlyName: strings.Repeat("é", 257)})
	s := w.do(w.account(), &hub.CreateService{FriendlyName: strings.Repeat("é", 256)}).(*hub.Service)
	other := hub.Actor{Service: s.SID}
	roles, err := w.hub.Roles(t.Context(), other, "")
	if err != nil || len(roles) != 4 {
		t.Fatalf("roles are %v, %v", roles, err)
	}
	none, foreign := hub.NewRoleSID(), w.role("foreign", hub.RoleConversation, "sendMessage").SID
	off := false
	for _, c := range []struct {
		code hub.Code
		cmd  *hub.UpdateService
	}{
		{hub.CodeNothingToUpdate, &hub.UpdateService{}},
		{hub.CodeRoleAbsent, &hub.UpdateService{UserRole: &none, Reachability: &off}},
		{hub.CodeMemberRoleAbsent, &hub.UpdateService{CreatorRole: &none}},
		{hub.CodeMemberRoleAbsent, &hub.UpdateService{MemberRole: &foreign}},
		{hub.CodeRoleType, &hub.UpdateService{UserRole: &s.DefaultMemberRole}},
		{hub.CodeRoleType, &hub.UpdateService{MemberRole: &s.DefaultUserRole}},
	} {
		w.refused(c.code, other, c.cmd)
	}
	on := true
	changed := w.do(other, &hub.UpdateService{MemberRole: &s.DefaultCreatorRole, Reachability: &on}).(*hub.Service)
	if changed.DefaultMemberRole != s.DefaultCreatorRole || !changed.Reachability || changed.DefaultUserRole != s.DefaultUserRole {
		t.Errorf("changed to %+v", changed)
	}
	if read, err := w.hub.Service(t.Context(), s.SID); err != nil || *read != *changed {
		t.Errorf("read as %+v, %v", read, err)
	}
	for _, cmd := range []hub.Command{
		&hub.CreateService{FriendlyName: "x"}, &hub.UpdateService{Reachability: &on}, &hub.DeleteService{}, &hub.CreateUser{Identity: "x"},
		&hub.CreateRole{FriendlyName: "x", Type: hub.RoleService, Permissions: []string{"sendMessage"}}, &hub.UpdateConfiguration{DefaultService: &s.SID},
		&hub.UpdateRole{Role: s.DefaultUserRole, Permissions: []string{"sendMessage"}}, &hub.DeleteRole{Role: foreign},
	} {
		w.refused(hub.CodeForbidden, w.as("ann"), cmd)
	}
	if err := w.hub.DeleteUser(t.Context(), w.as("ann"), "ann"); err == nil {
		t.Error("a user deletes itself")
	}
}

func (w *world) role(name string, kind hub.RoleType, permissions ...string) *hub.Role {
	w.t.Helper()
	return w.do(w.account(), &hub.CreateRole{FriendlyName: name, Type: kind, Permissions: permissions}).(*hub.Role)
}

// TestDeleteService: it is gone on every hub, the sessions of its users end, and other services do not notice.
func TestDeleteService(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		t.Run(fmt.Sprint("deaf ", deaf), func(t *testing.T) {
			c := newCluster(t, 2, roughness{}, func(config *hub.Config) {
				if !deaf {
					config.Compare = time.Hour
				}
			})
			a, b := c.hubs[0], c.hubs[1]
			first := a.service
			ref := a.thread("bob")
			bob, _ := b.listen("bob", nil)
			s := a.do(a.account(), &hub.CreateService{FriendlyName: "doomed"}).(*hub.Service)
			for _, w := range c.hubs {
				w.service = s.SID
			}
			a.thread("bob", "cat")
			cat, _ := b.listen("cat", nil)
			doomed, _ := a.listen("bob", nil)
			c.rough[0].mu.Lock()
			c.rough[0].cut = deaf
			c.rough[0].mu.Unlock()
			a.refused(hub.CodeConflict, a.account(), &hub.DeleteService{Default: s.SID})
			a.do(a.account(), &hub.DeleteService{Default: first})
			if !a.absent(s.SID) {
				t.Error("the service is there on the hub that deleted it")
			}
			c.eventually("the other hub to hear of it", func() bool { return b.absent(s.SID) })
			for _, l := range []*listener{cat, doomed} {
				l.until("its end", func([]note) bool { return l.ended == hub.CodeServiceAbsent })
			}
			a.refused(hub.CodeServiceAbsent, a.account(), &hub.DeleteService{Default: first})
			b.refused(hub.CodeServiceAbsent, b.account(), &hub.CreateConversation{})
			b.refused(hub.CodeServiceAbsent, b.as("new"), &hub.OpenUser{})
			a.service = first
			a.say("ann", ref, "still here")
			bob.until("the message", has(wire.EventMessageAdded, 1))
		})
	}
}

// TestConfiguration: the account's defaults are checked, hold for new conversations at once, and reach other hubs.
func TestConfiguration(t *testing.T) {
	c := newCluster(t, 2, roughness{}, func(config *hub.Config) { config.Compare = time.Hour })
	a, b := c.hubs[0], c.hubs[1]
	s := a.do(a.account(), &hub.CreateService{FriendlyName: "x"}).(*hub.Service)
	chosen := func(w *world) hub.ServiceSID {
		sid, err := w.hub.Default(t.Context(), a.service)
		if err != nil {
			t.Fatal(err)
		}
		return sid
	}
	if chosen(a) != a.service || chosen(b) != a.service {
		t.Error("the default service is not the given one before it is chosen")
	}
	none, mg, short, hour, zero := hub.NewServiceSID(), "MG1", time.Second, time.Hour, time.Duration(0)
	a.refused(hub.CodeNothingToUpdate, a.account(), &hub.UpdateConfiguration{})
	a.refused(hub.CodeInvalidParams, a.account(), &hub.UpdateConfiguration{DefaultService: &none})
	a.refused(hub.CodeMessagingService, a.account(), &hub.UpdateConfiguration{MessagingService: &mg})
	a.refused(hub.CodeInactiveTimer, a.account(), &hub.UpdateConfiguration{Inactive: &short})
	a.refused(hub.CodeClosedTimer, a.account(), &hub.UpdateConfiguration{Closed: &short})
	a.do(a.account(), &hub.UpdateConfiguration{DefaultService: &s.SID, Inactive: &hour, Closed: &hour})
	if chosen(a) != s.SID {
		t.Error("the choice does not hold on the hub that it was made on")
	}
	c.eventually("the choice to reach the other hub", func() bool { return chosen(b) == s.SID })
	a.refused(hub.CodeConflict, hub.Actor{Service: s.SID}, &hub.DeleteService{Default: a.service})
	for _, w := range c.hubs {
		made := func(timers hub.Timers) hub.Timers {
			return w.do(w.account(), &hub.CreateConversation{Timers: timers}).(*hub.ConversationView).Timers
		}
		if got := made(hub.Timers{}); got != (hub.Timers{Inactive: hour, Closed: hour}) {
			t.Errorf("without timers a conversation has %v", got)
		}
		if got := made(hub.Timers{Inactive: time.Minute, Closed: hub.NoTimer}); got != (hub.Timers{Inactive: time.Minute}) {
			t.Errorf("with timers of its own a conversation has %v", got)
		}
	}
	a.do(a.account(), &hub.UpdateConfiguration{Inactive: &zero})
	if config, err := a.hub.Configuration(t.Context()); err != nil || config.Timers != (hub.Timers{Closed: hour}) || config.DefaultService != s.SID {
		t.Errorf("the configuration is %+v, %v", config, err)
	}
}

// TestRoles: what a role holds counts at once, on every hub, and for nobody once it is deleted.
func TestRoles(t *testing.T) {
	c := newCluster(t, 2, roughness{}, func(config *hub.Config) { config.Compare = time.Hour })
	a, b := c.hubs[0], c.hubs[1]
	for _, bad := range []struct {
		code hub.Code
		cmd  hub.CreateRole
	}{
		{hub.CodeNameMissing, hub.CreateRole{Type: hub.RoleService, Permissions: []string{"sendMessage"}}},
		{hub.CodeServiceNameLong, hub.CreateRole{FriendlyName: strings.Repeat("x", 65), Type: hub.RoleService, Permissions: []string{"sendMessage"}}},
		{hub.CodeRoleType, hub.CreateRole{FriendlyName: "x", Type: "channel", Permissions: []string{"sendMessage"}}},
		{hub.CodePermissionUnknown, hub.CreateRole{FriendlyName: "x", Type: hub.RoleService}},
		{hub.CodePermissionUnknown, hub.CreateRole{FriendlyName: "x", Type: hub.RoleService, Permissions: []string{"sing"}}},
		{hub.CodePermissionUnknown, hub.CreateRole{FriendlyName: "x", Type: hub.RoleConversation, Permissions: []string{"createChannel"}}},
	} {
		a.refused(bad.code, a.account(), &bad.cmd)
	}
	r := a.role("reader", hub.RoleConversation, "leaveChannel", "sendMediaMessage", "leaveConversation")
	if want := []hub.Permission{hub.PermLeaveConversation, hub.PermSendMediaMessage}; !slices.Equal(r.Permissions, want) {
		t.Errorf("the role holds %v, want %v", r.Permissions, want)
	}
	ref := a.thread()
	a.do(a.account(), &hub.AddParticipant{Conversation: ref, Identity: "bob", Role: r.SID})
	bob, _ := b.listen("bob", nil)
	hello := func() hub.Command { return &hub.SendMessage{Conversation: ref, Body: "hello", ReplyTo: hub.NoIndex} }
	b.refused(hub.CodeForbidden, b.as("bob"), hello())
	a.do(a.account(), &hub.UpdateRole{Role: r.SID, Permissions: []string{"sendMessage"}})
	b.do(b.as("bob"), hello())
	b.refused(hub.CodeForbidden, b.as("bob"), &hub.LeaveConversation{Conversation: ref})
	bob.until("what he said", has(wire.EventMessageAdded, 1))
	if v, err := b.hub.Conversation(t.Context(), b.as("bob"), ref); err != nil || !slices.Contains(v.Permissions, hub.PermSendMessage) {
		t.Errorf("bob sees his permissions as %v, %v", v, err)
	}
	a.refused(hub.CodeConflict, a.account(), &hub.DeleteRole{Role: a.defaults().DefaultMemberRole})
	a.refused(hub.CodeNotFound, a.account(), &hub.UpdateRole{Role: hub.NewRoleSID(), Permissions: []string{"sendMessage"}})
	a.do(a.account(), &hub.DeleteRole{Role: r.SID})
	b.refused(hub.CodeForbidden, b.as("bob"), hello())
	a.refused(hub.CodeNotFound, a.account(), &hub.DeleteRole{Role: r.SID})
	other := a.do(a.account(), &hub.CreateService{FriendlyName: "other"}).(*hub.Service)
	a.refused(hub.CodeNotFound, a.account(), &hub.DeleteRole{Role: other.DefaultUserRole})
}

func (w *world) defaults() *hub.Service {
	w.t.Helper()
	s, err := w.hub.Service(w.t.Context(), w.service)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// madeMeanwhile is a store in which something is done just after the services were read.
type madeMeanwhile struct {
	hub.Store
	once sync.Once
	then func()
	on   atomic.Bool
}

func (s *madeMeanwhile) Services(ctx context.Context) ([]*hub.Service, error) {
	all, err := s.Store.Services(ctx)
	if s.on.Load() {
		s.once.Do(s.then)
	}
	return all, err
}

// TestServiceMadeMeanwhile: who connects to a new service is not taken for somebody of one that was deleted, by who read the
// services before it was made.
func TestServiceMadeMeanwhile(t *testing.T) {
	store := &madeMeanwhile{}
	w := newWorld(t, func(config *hub.Config) {
		store.Store = config.Store
		config.Store, config.Compare = store, 20*time.Millisecond
	})
	came := make(chan *listener, 1)
	store.then = func() {
		fresh := *w
		fresh.service = fresh.newService("made meanwhile")
		l, _ := fresh.listen("ann", nil)
		came <- l
	}
	store.on.Store(true)
	l := <-came
	w.do(w.account(), &hub.CreateService{FriendlyName: "another"}) // and is learned of, later
	w.do(w.account(), &hub.CreateService{FriendlyName: "and one more"})
	w.refused(hub.CodeServiceAbsent, hub.Actor{Service: hub.NewServiceSID()}, &hub.CreateConversation{})
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended != 0 {
		t.Errorf("the session ended with %d", l.ended)
	}
}

// TestForgottenFirst: whoever is told that a service is gone does not find it on the same hub, however soon it asks.
func TestForgottenFirst(t *testing.T) {
	w := newWorld(t)
	s := w.do(w.account(), &hub.CreateService{FriendlyName: "doomed"}).(*hub.Service)
	if w.absent(s.SID) {
		t.Fatal("it is not there")
	}
	gone := make(chan bool)
	w.hub.Submit(hub.Actor{Service: s.SID}, &hub.DeleteService{Default: w.service}, func(_ any, err error) {
		found := w.absent(s.SID)
		go func() { gone <- found && err == nil }()
	})
	if !<-gone {
		t.Error("it is found by who was told that it is gone")
	}
}
