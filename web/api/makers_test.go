package api_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/hub"
)

// do has the hub carry out a command that must succeed.
func (w *world) do(t *testing.T, as hub.Actor, cmd hub.Command) any {
	t.Helper()
	answer, err := w.hub.Do(t.Context(), as, cmd)
	if err != nil {
		t.Fatalf("%T: %v", cmd, err)
	}
	return answer
}

// behind is the segment of a path behind another.
func behind(path, segment string) string {
	_, after, _ := strings.Cut(path, "/"+segment+"/")
	value, _, _ := strings.Cut(after, "/")
	return value
}

// makeConversation makes one with somebody in it: in a user's collection, that user.
func makeConversation(t *testing.T, w *world, service hub.ServiceSID, path string) string {
	t.Helper()
	as, who := hub.Actor{Service: service}, "sitter"
	if sid := behind(path, "Users"); sid != "" {
		u, err := w.hub.FindUser(t.Context(), as, sid)
		if err != nil {
			t.Fatal(err)
		}
		who = u.Identity
	}
	v := w.do(t, as, &hub.CreateConversation{}).(*hub.ConversationView)
	w.do(t, as, &hub.AddParticipant{Conversation: hub.ConversationRef(v.SID), Identity: who})
	return string(v.SID)
}

// makeTalk makes a conversation with something said in it.
func makeTalk(t *testing.T, w *world, service hub.ServiceSID, path string) string {
	t.Helper()
	sid := makeConversation(t, w, service, path)
	w.do(t, hub.Actor{Service: service}, &hub.SendMessage{Conversation: hub.ConversationRef(sid), Body: "Tea?", ReplyTo: hub.NoIndex})
	return sid
}

// makeMessage makes one that goes outside.
func makeMessage(t *testing.T, w *world, service hub.ServiceSID, path string) string {
	t.Helper()
	as, to := hub.Actor{Service: service}, hub.ConversationRef(behind(path, "Conversations"))
	w.do(t, as, &hub.AddNonChatParticipant{Conversation: to, Address: fmt.Sprint("+4915", w.number()), ProxyAddress: "+4955"})
	return string(w.do(t, as, &hub.SendMessage{Conversation: to, Body: "Tea?", ReplyTo: hub.NoIndex}).(*hub.Message).SID)
}

// makeReceipt records what a carrier says of a message.
func makeReceipt(t *testing.T, w *world, service hub.ServiceSID, path string) string {
	t.Helper()
	as, to := hub.Actor{Service: service}, hub.ConversationRef(behind(path, "Conversations"))
	message := hub.MessageRef{SID: hub.MessageSID(behind(path, "Messages")), Index: hub.NoIndex}
	page, err := w.hub.Participants(t.Context(), as, to, hub.PageQuery{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range page.Participants {
		if p.Binding != nil && p.Binding.Kind == hub.KindSMS {
			r := w.do(t, as, &hub.RecordReceipt{Conversation: to, Message: message, Participant: p.SID, Status: hub.ReceiptSent})
			return string(r.(*hub.Receipt).SID)
		}
	}
	t.Fatalf("nobody outside is in %s", to)
	return ""
}
