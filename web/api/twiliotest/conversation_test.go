package twiliotest

import (
	"testing"

	conversations "github.com/twilio/twilio-go/rest/conversations/v1"
)

// TestConversations: made, read, changed, listed, deleted.
func TestConversations(t *testing.T) { everywhere(t, (*world).conversations) }

func (w *world) conversations() {
	made, err := w.api.CreateConversation((&conversations.CreateConversationParams{}).
		SetFriendlyName("Ann & Bob").SetUniqueName("a+b c").SetAttributes(`{"a":1}`).SetTimersInactive("PT5M"))
	w.ok(err)
	w.whole(made, "messaging_service_sid")
	is(w, "friendly_name", made.FriendlyName, "Ann & Bob")
	is(w, "attributes", made.Attributes, `{"a":1}`)
	is(w, "state", made.State, "active")
	read, err := w.api.FetchConversation(*made.Sid)
	w.ok(err)
	w.same("read", read, made)
	_, err = w.api.CreateConversation((&conversations.CreateConversationParams{}).SetUniqueName("a+b c"))
	if e := w.refused("a name that is taken", err, 50353, 409); e.Message != "Conversation with provided unique name already exists" {
		w.Errorf("callers compare the text: %q", e.Message)
	}
	w.ok(w.api.DeleteConversation(*made.Sid, nil))
	_, err = w.api.FetchConversation(*made.Sid)
	w.refused("deleted", err, 20404, 404)
}
