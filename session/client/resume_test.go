package client_test

import (
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"
	"testing/synctest"

	"parley/hub"
	"parley/session/client"
	"parley/session/wire"
)

type revisions = map[hub.ConversationSID]hub.Revision

func sameRevisions(t *testing.T, what string, got, want revisions) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("%s %v, expected was %v", what, got, want)
	}
}

// Positions begin with a list and move with events, with nothing else.
func TestPositions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{list: listed("CHa", 4) + "," + listed("CHb", 9)})
		page := make(chan error, 1)
		go func() {
			_, err := a.Conversations(t.Context(), client.Page{Token: "more"}, "")
			page <- err
		}()
		p.reply(p.expect(wire.MethodConversationList), `{"conversations":[`+listed("CHa", 99)+","+listed("CHc", 3)+`],"next_page_token":null}`)
		if err := next(t, page, "the page"); err != nil {
			t.Fatal(err)
		}
		got := make(chan error, 1)
		go func() {
			_, err := a.Conversation(t.Context(), "CHd")
			got <- err
		}()
		p.reply(p.expect(wire.MethodConversationGet), listed("CHd", 50))
		if err := next(t, got, "the conversation"); err != nil {
			t.Fatal(err)
		}
		p.tell(wire.EventMessageAdded, at("CHa", 6, said(1)))
		p.tell(wire.EventTypingStarted, `{"conversation_sid":"CHb","identity":"bob"}`)
		p.tell(wire.EventConversationUpdated, at("CHe", 2))
		a.told("messageAdded CHa 6", "typingStarted CHb 0", "conversationUpdated CHe 2")
		synctest.Wait()
		want := revisions{"CHa": 6, "CHb": 9, "CHc": 3, "CHe": 2}
		sameRevisions(t, "positions", a.Positions().Revisions, want)

		p.cut()
		_, c := s.greet(greeting{})
		sameRevisions(t, "resumed with", c.Resume, want)
		if c.Epoch != "e1" || a.Epoch() != "e1" {
			t.Errorf("resumed in epoch %q", c.Epoch)
		}
	})
}

// What was seen is not seen again, wherever it comes from.
func TestRepeatsAreDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{list: listed("CHa", 4)})
		for _, revision := range []int{4, 5, 5, 7, 6, 8} {
			p.tell(wire.EventMessageAdded, at("CHa", revision, said(revision)))
		}
		p.tell(wire.EventConversationJoined, at("CHb", 5))
		p.tell(wire.EventConversationJoined, at("CHb", 5))
		p.tell(wire.EventConversationLeft, at("CHb", 4, `,"reason":"left"`))
		p.tell(wire.EventConversationLeft, at("CHb", 6, `,"reason":"left"`))
		p.tell(wire.EventConversationLeft, at("CHb", 6, `,"reason":"left"`))
		p.tell(wire.EventMessageAdded, at("CHb", 6, said(1)))
		p.tell(wire.EventConversationJoined, at("CHb", 9))
		p.tell(wire.EventResumed, `{}`)
		a.told("messageAdded CHa 5", "messageAdded CHa 7", "messageAdded CHa 8",
			"conversationJoined CHb 5", "conversationLeft CHb 6", "conversationJoined CHb 9", "resumed")
		if n := a.Stats().Repeats; n != 7 {
			t.Errorf("%d repeats", n)
		}
		synctest.Wait()
		sameRevisions(t, "positions", a.Positions().Revisions, revisions{"CHa": 8, "CHb": 9})
	})
}

// A replay that is cut goes on from the last event received, and is one stream with what comes live.
func TestReplayCut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{list: listed("CHa", 4) + "," + listed("CHb", 1)})
		p.cut()
		p, c := s.greet(greeting{list: listed("CHa", 40) + "," + listed("CHb", 1)})
		sameRevisions(t, "resumed with", c.Resume, revisions{"CHa": 4, "CHb": 1})
		p.send("[" + event(wire.EventMessageAdded, at("CHa", 10, `,"replay":true`, said(1))) + "," +
			event(wire.EventMessageAdded, at("CHa", 20, `,"replay":true`, said(2))) + "]")
		a.told(client.EventConnected, "messageAdded CHa 10", "messageAdded CHa 20")
		p.cut()
		p, c = s.greet(greeting{list: listed("CHa", 41)})
		sameRevisions(t, "resumed with", c.Resume, revisions{"CHa": 20, "CHb": 1})
		p.tell(wire.EventMessageRemoved, at("CHa", 20, `,"replay":true`, said(2))) // the store read it again
		p.tell(wire.EventMessageAdded, at("CHa", 30, `,"replay":true`, said(3)))
		p.tell(wire.EventConversationReplayed, at("CHa", 41, `,"conversation":`, listed("CHa", 41)))
		p.tell(wire.EventMessageAdded, at("CHb", 2, said(1)))
		p.tell(wire.EventResumed, `{}`)
		p.tell(wire.EventMessageAdded, at("CHa", 41, said(4)))
		p.tell(wire.EventMessageAdded, at("CHa", 42, said(5)))
		a.told(client.EventConnected, "messageAdded CHa 30", "conversationReplayed CHa 41", "messageAdded CHb 2",
			"resumed", "messageAdded CHa 42")
	})
}

// A replay may end where its last event stood.
func TestReplayedInPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{list: listed("CHa", 4)})
		p.tell(wire.EventMessageAdded, at("CHa", 5, `,"replay":true`, said(1)))
		p.tell(wire.EventConversationReplayed, at("CHa", 5, `,"conversation":`, listed("CHa", 5)))
		a.told("messageAdded CHa 5")
		if e := a.event(wire.EventConversationReplayed); e.Conversation == nil || e.Conversation.SID != "CHa" {
			t.Errorf("replayed %+v", e)
		}
	})
}

// A reset is told and sets the position, also back.
func TestReset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{list: listed("CHa", 400)})
		p.cut()
		p, _ = s.greet(greeting{})
		p.tell(wire.EventConversationReset, at("CHa", 7, `,"conversation":`, listed("CHa", 7)))
		p.tell(wire.EventMessageAdded, at("CHa", 7, said(1)))
		p.tell(wire.EventMessageAdded, at("CHa", 8, said(2)))
		a.told(client.EventConnected, "conversationReset CHa 7", "messageAdded CHa 8")
		synctest.Wait()
		sameRevisions(t, "positions", a.Positions().Revisions, revisions{"CHa": 8})
		if n := a.Stats().Resets; n != 1 {
			t.Errorf("%d resets", n)
		}
	})
}

// A conversation that began meanwhile stands in the list already; it is told all the same, and goes on from its event.
func TestJoinedMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{list: listed("CHa", 4)})
		p.cut()
		p, _ = s.greet(greeting{list: listed("CHa", 4) + "," + listed("CHb", 7)})
		p.tell(wire.EventConversationJoined, at("CHb", 5, `,"replay":true`))
		p.tell(wire.EventMessageAdded, at("CHb", 6, said(1)))
		p.tell(wire.EventMessageAdded, at("CHb", 7, said(2)))
		a.told(client.EventConnected, "conversationJoined CHb 5", "messageAdded CHb 6", "messageAdded CHb 7")
	})
}

// What the user is not in any more is told once and not resumed again.
func TestLeftMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{list: listed("CHa", 4) + "," + listed("CHb", 5)})
		p.cut()
		p, _ = s.greet(greeting{})
		p.tell(wire.EventConversationLeft, `{"conversation_sid":"CHa"}`)
		p.tell(wire.EventConversationLeft, `{"conversation_sid":"CHa"}`)
		a.told(client.EventConnected, "conversationLeft CHa 0")
		synctest.Wait()
		sameRevisions(t, "positions", a.Positions().Revisions, revisions{"CHb": 5})
		p.cut()
		_, c := s.greet(greeting{})
		sameRevisions(t, "resumed with", c.Resume, revisions{"CHb": 5})
		a.told(client.EventConnected)
	})
}

// Another epoch voids the positions and is told; the positions of the new one begin with its list and its resets.
func TestEpochChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{list: listed("CHa", 400) + "," + listed("CHb", 5)})
		unsent, err := a.Enqueue("CHa", client.Draft{Nonce: "n1"})
		if err != nil {
			t.Fatal(err)
		}
		p.expect(wire.MethodMessageSend)
		p.cut()
		p, c := s.greet(greeting{epoch: "e2", list: listed("CHa", 7)})
		sameRevisions(t, "resumed with", c.Resume, revisions{"CHa": 400, "CHb": 5})
		if e := a.event(client.EventConnected); !e.EpochChanged {
			t.Error("the change of the epoch was not told")
		}
		synctest.Wait()
		sameRevisions(t, "positions", a.Positions().Revisions, revisions{"CHa": 7})
		if a.Epoch() != "e2" {
			t.Errorf("epoch %q", a.Epoch())
		}
		p.tell(wire.EventConversationReset, at("CHa", 7))
		p.tell(wire.EventConversationReset, at("CHb", 3))
		a.told("conversationReset CHa 7", "conversationReset CHb 3")

		again := p.expect(wire.MethodMessageSend) // the outbox is kept
		if again.has(t, "nonce") != `"n1"` {
			t.Errorf("sent again: %s", again.Params)
		}
		p.reply(again, `{"index":3}`)
		if m, err := unsent.Wait(t.Context()); err != nil || m.Index != 3 {
			t.Errorf("%+v, %v", m, err)
		}
		p.cut()
		_, c = s.greet(greeting{epoch: "e2"})
		sameRevisions(t, "resumed with", c.Resume, revisions{"CHa": 7, "CHb": 3})
	})
}

// Another process goes on from saved positions.
func TestResumeFromBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		before := client.Positions{Epoch: "e1", Revisions: revisions{"CHa": 4}}
		a, dialed := s.begin(func(c *client.Config) { c.Resume = before })
		p, c := s.greet(greeting{list: listed("CHa", 6)})
		sameRevisions(t, "resumed with", c.Resume, before.Revisions)
		if c.Epoch != "e1" {
			t.Errorf("epoch %q", c.Epoch)
		}
		if err := next(t, dialed, "Dial"); err != nil {
			t.Fatal(err)
		}
		p.tell(wire.EventMessageAdded, at("CHa", 5, said(1)))
		a.told(client.EventConnected, "messageAdded CHa 5")
		synctest.Wait()
		sameRevisions(t, "positions", a.Positions().Revisions, revisions{"CHa": 5})
		sameRevisions(t, "the caller's positions", before.Revisions, revisions{"CHa": 4})
	})
}

// Of too many conversations the most recently active are resumed. The others are reset, or left where the server
// does not name them.
func TestTooManyToResume(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		saved := client.Positions{Epoch: "e1", Revisions: revisions{}}
		for i := range 1002 {
			saved.Revisions[hub.ConversationSID(fmt.Sprintf("CH%04d", i))] = 5
		}
		a, dialed := s.begin(func(c *client.Config) { c.Resume = saved })
		p, c := s.greet(greeting{})
		if err := next(t, dialed, "Dial"); err != nil {
			t.Fatal(err)
		}
		if len(c.Resume) != 1000 || c.Resume["CH0000"] != 0 || c.Resume["CH0001"] != 0 {
			t.Fatalf("%d resumed, the oldest among them", len(c.Resume))
		}
		p.tell(wire.EventConversationJoined, at("CH0001", 3, `,"replay":true,"conversation":`, listed("CH0001", 3)))
		p.tell(wire.EventMessageAdded, at("CH0001", 4, said(1)))
		p.tell(wire.EventResumed, `{}`)
		a.told(client.EventConnected, "conversationReset CH0001 3", "messageAdded CH0001 4", "conversationLeft CH0000 0", "resumed")
		p.cut()
		p, c = s.greet(greeting{})
		if len(c.Resume) != 1000 || c.Resume["CH0001"] != 4 || c.Resume["CH0002"] != 0 {
			t.Errorf("%d resumed", len(c.Resume))
		}
		p.cut() // before CH0002 was dealt with: it is still to be reset
		p, c = s.greet(greeting{})
		if len(c.Resume) != 1000 || c.Resume["CH0002"] != 0 {
			t.Errorf("%d resumed", len(c.Resume))
		}
		p.tell(wire.EventConversationJoined, at("CH0002", 9))
		a.told(client.EventConnected, client.EventConnected, "conversationReset CH0002 9")
	})
}

// A connect with a long token and as many positions as may be stays within what the server takes from a stranger.
func TestResumeFits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		saved := client.Positions{Epoch: "e1", Revisions: revisions{}}
		for i := range 1000 {
			saved.Revisions[hub.ConversationSID(fmt.Sprintf("CH%032d", i))] = math.MaxInt64
		}
		_, dialed := s.begin(func(c *client.Config) {
			c.Resume, c.Token, c.Name = saved, tokens(strings.Repeat("t", 8<<10)), strings.Repeat("n", 100)
		})
		p, c := s.arrive()
		if len(c.frame) > 64<<10 {
			t.Errorf("connect is %d bytes long", len(c.frame))
		}
		p.reply(c, greeting{}.String())
		if err := next(t, dialed, "Dial"); err != nil {
			t.Fatal(err)
		}
	})
}
