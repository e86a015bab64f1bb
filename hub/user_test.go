package hub_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/session/wire"
)

// TestCreateUser: a user is made once, with what is given.
func TestCreateUser(t *testing.T) {
	w := newWorld(t)
	role := w.role("loud", hub.RoleService, "sendMessage")
	wrong, none := w.defaults().DefaultMemberRole, hub.NewRoleSID()
	for _, bad := range []struct {
		code hub.Code
		cmd  hub.CreateUser
	}{
		{hub.CodeIdentityMissing, hub.CreateUser{}},
		{hub.CodeIdentityIsSID, hub.CreateUser{Identity: string(hub.NewUserSID())}},
		{hub.CodeIdentityLong, hub.CreateUser{Identity: strings.Repeat("x", 257)}},
		{hub.CodeRoleAbsent, hub.CreateUser{Identity: "x", Role: none}},
		{hub.CodeRoleType, hub.CreateUser{Identity: "x", Role: wrong}},
		{hub.CodeAttributesNotJSON, hub.CreateUser{Identity: "x", Attributes: "{"}},
		{hub.CodeServiceNameLong, hub.CreateUser{Identity: "x", FriendlyName: strings.Repeat("x", 257)}},
	} {
		w.refused(bad.code, w.account(), &bad.cmd)
	}
	u := w.do(w.account(), &hub.CreateUser{Identity: "x", FriendlyName: "X", Attributes: `{"a":1}`, Role: role.SID}).(*hub.User)
	w.refused(hub.CodeUserExists, w.account(), &hub.CreateUser{Identity: "x"})
	for _, ref := range []string{"x", string(u.SID)} {
		if read, err := w.hub.FindUser(t.Context(), w.account(), ref); err != nil || *read != *u || read.Role != role.SID || read.FriendlyName != "X" {
			t.Errorf("%s is %+v, %v", ref, read, err)
		}
	}
	name := "Y"
	w.refused(hub.CodeUserAbsent, w.account(), &hub.UpdateUser{Identity: "x", User: hub.NewUserSID(), FriendlyName: &name})
	w.do(w.account(), &hub.UpdateUser{Identity: "x", User: u.SID, FriendlyName: &name})
	if v := w.do(w.account(), &hub.CreateUser{Identity: "y"}).(*hub.User); v.Role != w.defaults().DefaultUserRole {
		t.Errorf("without a role a user has %s", v.Role)
	}
}

// TestDeleteUser: a user leaves all conversations, closed ones too, seen by everybody in them, and its sessions end; who comes
// back is somebody else.
func TestDeleteUser(t *testing.T) {
	c := newCluster(t, 2, roughness{}, func(config *hub.Config) { config.Compare = time.Hour })
	a, b := c.hubs[0], c.hubs[1]
	const many = 150
	var refs []hub.ConversationRef
	for range many {
		refs = append(refs, a.thread("bob"))
	}
	closed := hub.StateClosed
	a.do(a.account(), &hub.UpdateConversation{Conversation: refs[0], State: &closed})
	ann, _ := a.listen("ann", nil)
	bob, _ := b.listen("bob", nil)
	before, err := a.hub.FindUser(t.Context(), a.account(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.hub.DeleteUser(t.Context(), a.account(), string(before.SID)); err != nil {
		t.Fatal(err)
	}
	ann.until("all departures", has(wire.EventParticipantLeft, many-1)) // nobody is subscribed to what is closed
	bob.until("its end", func([]note) bool { return bob.ended == hub.CodeBarred })
	for _, n := range bob.until("its departures", has(wire.EventConversationLeft, 1)) {
		if n.Method == wire.EventConversationLeft && n.Params.Reason != string(hub.Removed) {
			t.Errorf("bob left because of %q", n.Params.Reason)
		}
	}
	if err := a.hub.DeleteUser(t.Context(), a.account(), "bob"); !errors.Is(err, hub.Errorf(hub.CodeUserAbsent, "")) {
		t.Errorf("deleting again: %v", err)
	}
	for _, ref := range refs {
		page, err := a.hub.Participants(t.Context(), a.account(), ref, hub.PageQuery{Limit: 9})
		if err != nil || len(page.Participants) != 1 {
			t.Fatalf("%s has %v, %v", ref, page, err)
		}
	}
	after := b.do(b.as("bob"), &hub.OpenUser{}).(*hub.User)
	if after.SID == before.SID {
		t.Error("the user is the same")
	}
	a.do(a.account(), &hub.AddParticipant{Conversation: refs[1], Identity: "bob"})
	again, _ := b.listen("bob", nil)
	a.say("ann", refs[1], "welcome back")
	again.until("what is said then", has(wire.EventMessageAdded, 1))
}

// TestDeleteUserUnheard: a hub that does not hear of it finds out that the user is gone.
func TestDeleteUserUnheard(t *testing.T) {
	c := newCluster(t, 2, roughness{})
	a, b := c.hubs[0], c.hubs[1]
	a.thread("bob")
	bob, _ := b.listen("bob", nil)
	c.rough[0].mu.Lock()
	c.rough[0].cut = true
	c.rough[0].mu.Unlock()
	if err := a.hub.DeleteUser(t.Context(), a.account(), "bob"); err != nil {
		t.Fatal(err)
	}
	bob.until("its end", func([]note) bool { return bob.ended == hub.CodeBarred })
}

// TestDeleteUserBusy: where others keep adding the user to conversations, either it is gone from all, or it is there.
func TestDeleteUserBusy(t *testing.T) {
	w := newWorld(t)
	var refs []hub.ConversationRef
	for range 30 {
		refs = append(refs, w.thread())
	}
	var adders sync.WaitGroup
	for i := range 3 {
		adders.Go(func() {
			for _, ref := range refs[i*10 : i*10+10] {
				w.try(w.account(), &hub.AddParticipant{Conversation: ref, Identity: "bob"}) //nolint:errcheck // it may be refused
			}
		})
	}
	deleted := 0
	for range 20 {
		if err := w.hub.DeleteUser(t.Context(), w.account(), "bob"); err == nil {
			deleted++
		}
	}
	adders.Wait()
	for range 2 {
		w.hub.DeleteUser(t.Context(), w.account(), "bob") //nolint:errcheck // it may be gone
	}
	if _, err := w.hub.FindUser(t.Context(), w.account(), "bob"); err == nil {
		t.Error("the user is there when nobody adds it any more")
	}
	for _, ref := range refs {
		if page, err := w.hub.Participants(t.Context(), w.account(), ref, hub.PageQuery{Limit: 9}); err != nil || len(page.Participants) != 1 {
			t.Fatalf("after %d deletions %s has %v, %v", deleted, ref, page, err)
		}
	}
}

// joinedMeanwhile is a store in which something is done just after a user's memberships were read.
type joinedMeanwhile struct {
	hub.Store
	then func()
}

func (s *joinedMeanwhile) Memberships(ctx context.Context, service hub.ServiceSID, identity string) (*hub.User, []hub.Membership, error) {
	u, all, err := s.Store.Memberships(ctx, service, identity)
	if then := s.then; then != nil {
		s.then = nil
		then()
	}
	return u, all, err
}

// TestDeleteUserJoining: who is added to a conversation while leaving others leaves that one too before being gone.
func TestDeleteUserJoining(t *testing.T) {
	store := &joinedMeanwhile{}
	w := newWorld(t, func(config *hub.Config) {
		store.Store = config.Store
		config.Store = store
	})
	w.thread("bob")
	late := w.thread()
	store.then = func() { w.do(w.account(), &hub.AddParticipant{Conversation: late, Identity: "bob"}) }
	if err := w.hub.DeleteUser(t.Context(), w.account(), "bob"); err != nil {
		t.Fatal(err)
	}
	if page, err := w.hub.Participants(t.Context(), w.account(), late, hub.PageQuery{Limit: 9}); err != nil || len(page.Participants) != 1 {
		t.Errorf("who is gone is in it: %v, %v", page, err)
	}
}
