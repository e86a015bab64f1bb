package hub_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub"
)

// shelf keeps contents by name alone; one of them cannot be deleted.
type shelf struct {
	mu    sync.Mutex
	there map[hub.MediaSID]bool
	stuck hub.MediaSID
}

func (s *shelf) Delete(_ context.Context, sid hub.MediaSID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sid == s.stuck {
		return errors.New("it is stuck")
	}
	delete(s.there, sid)
	return nil
}

func (s *shelf) has(sid hub.MediaSID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.there[sid]
}

// upload has a file there, whole.
func (w *world) upload(s *shelf, actor hub.Actor) *hub.Media {
	w.t.Helper()
	m := w.do(actor, &hub.BeginMedia{ContentType: "image/png"}).(*hub.Media)
	s.mu.Lock()
	s.there[m.SID] = true
	s.mu.Unlock()
	return w.do(actor, &hub.FinishMedia{SID: m.SID, Size: 5}).(*hub.Media)
}

// TestGarbage: the content of what nobody needs goes by itself, and none of it holds up the rest; what a message carries
// stays.
func TestGarbage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{there: map[hub.MediaSID]bool{}}
		w := newWorld(t, func(c *hub.Config) { c.Blobs = s })
		ann := w.as("ann")
		w.do(ann, &hub.OpenUser{})
		thread := w.do(ann, &hub.CreateConversation{}).(*hub.ConversationView)
		ref := hub.ConversationRef(thread.SID)
		w.do(ann, &hub.JoinConversation{Conversation: ref})
		carried, loose, stuck := w.upload(s, ann), w.upload(s, ann), w.upload(s, ann)
		s.mu.Lock()
		s.stuck = stuck.SID
		s.mu.Unlock()
		m := w.do(ann, &hub.SendMessage{Conversation: ref, ReplyTo: hub.NoIndex, Media: []hub.MediaSID{carried.SID}}).(*hub.Message)
		<-time.NewTimer(4 * time.Minute).C
		if !s.has(loose.SID) {
			t.Error("it went before its time")
		}
		<-time.NewTimer(2 * time.Minute).C
		if s.has(loose.SID) || !s.has(carried.SID) {
			t.Error("after six minutes what no message carries stays, or what one carries went")
		}
		if _, err := w.hub.Do(t.Context(), ann, &hub.SendMessage{Conversation: ref, ReplyTo: hub.NoIndex, Media: []hub.MediaSID{loose.SID}}); hub.AsError(err).Code != hub.CodeMediaAbsent {
			t.Errorf("what is gone was sent: %v", err)
		}
		w.do(ann, &hub.RemoveMessage{Conversation: ref, Message: hub.MessageRef{SID: m.SID}})
		<-time.NewTimer(time.Minute).C
		if s.has(carried.SID) {
			t.Error("it stays though its message is gone")
		}
	})
}

// TestMediaRules: who may send and drop what.
func TestMediaRules(t *testing.T) {
	s := &shelf{there: map[hub.MediaSID]bool{}}
	w := newWorld(t, func(c *hub.Config) { c.Blobs, c.Limits.MessageMedia = s, 2 })
	ann, account := w.as("ann"), hub.Actor{Service: w.service}
	w.do(ann, &hub.OpenUser{})
	ref := hub.ConversationRef(w.do(ann, &hub.CreateConversation{}).(*hub.ConversationView).SID)
	w.do(ann, &hub.JoinConversation{Conversation: ref})
	own, theirs := w.upload(s, ann), w.upload(s, w.as("bob"))
	half := w.do(ann, &hub.BeginMedia{}).(*hub.Media)
	send := func(sids ...hub.MediaSID) *hub.SendMessage {
		return &hub.SendMessage{Conversation: ref, ReplyTo: hub.NoIndex, Media: sids}
	}
	for name, c := range map[string]struct {
		actor hub.Actor
		cmd   hub.Command
		code  hub.Code
	}{
		"another's":       {ann, send(theirs.SID), hub.CodeMediaAbsent},
		"half":            {ann, send(half.SID), hub.CodeMediaAbsent},
		"twice":           {ann, send(own.SID, own.SID), hub.CodeMediaTaken},
		"three":           {ann, send(own.SID, own.SID, own.SID), hub.CodeMediaCount},
		"drop another's":  {ann, &hub.DropMedia{SID: theirs.SID}, hub.CodeMediaAbsent},
		"finish twice":    {ann, &hub.FinishMedia{SID: own.SID}, hub.CodeMediaAbsent},
		"no type":         {ann, &hub.BeginMedia{ContentType: "foo"}, hub.CodeMediaType},
		"foreign service": {hub.Actor{Service: w.newService("other")}, &hub.DropMedia{SID: own.SID}, hub.CodeMediaAbsent},
	} {
		if _, err := w.hub.Do(t.Context(), c.actor, c.cmd); hub.AsError(err).Code != c.code {
			t.Errorf("%s: %v, want %d", name, err, c.code)
		}
	}
	m := w.do(account, send(own.SID, theirs.SID)).(*hub.Message)
	if len(m.Media) != 2 || m.Media[1].SID != theirs.SID {
		t.Errorf("the account sent %+v", m.Media)
	}
	if _, err := w.hub.Do(t.Context(), ann, &hub.DropMedia{SID: own.SID}); hub.AsError(err).Code != hub.CodeMediaTaken {
		t.Errorf("dropping what a message carries: %v", err)
	}
	w.do(account, &hub.BarUser{Identity: "ann"})
	if _, err := w.hub.Do(t.Context(), ann, &hub.DropMedia{SID: half.SID}); hub.AsError(err).Code != hub.CodeBarred {
		t.Errorf("who is barred: %v", err)
	}
}
