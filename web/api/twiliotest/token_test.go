package twiliotest

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client/jwt"
	conversations "github.com/twilio/twilio-go/rest/conversations/v1"

	parley "parley/session/client"
	"parley/session/wire"
)

// token is one that Twilio's library for Go makes.
func (w *world) token(identity, service string) string {
	w.Helper()
	t := jwt.CreateAccessToken(jwt.AccessTokenParams{AccountSid: account, SigningKeySid: apiKey, Secret: apiSecret, Identity: identity})
	t.AddGrant(&jwt.ChatGrant{ServiceSid: service})
	text, err := t.ToJwt()
	w.ok(err)
	return text
}

// nodeToken is one that Twilio's library for Node makes.
func (w *world) nodeToken(identity, service string) string {
	w.Helper()
	cmd := exec.CommandContext(w.Context(), "node", "token.mjs", identity, service)
	cmd.Dir = "node"
	cmd.Env = append(os.Environ(), w.nodeEnv()...)
	out, err := cmd.Output()
	w.ok(err)
	return strings.TrimSpace(string(out))
}

// defaultService is the service of calls that name none.
func (w *world) defaultService() string {
	w.Helper()
	all, err := w.api.FetchConfiguration()
	w.ok(err)
	return *all.DefaultChatServiceSid
}

// connect opens a websocket with a token.
func (w *world) connect(token string, heard func(parley.Event)) *parley.Client {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	c, err := parley.Dial(ctx, parley.Config{
		URL: w.url, Token: func(context.Context) (string, error) { return token, nil }, OnEvent: heard,
	})
	w.ok(err)
	w.Cleanup(c.Close)
	return c
}

// prepared is what the scenario cannot make by REST: a device that asked for pushes.
func (w *world) prepared() map[string]string {
	w.Helper()
	service := w.defaultService()
	c := w.connect(w.token("device", service), nil)
	w.ok(c.RegisterPush(w.Context(), parley.Push{Channel: "fcm", Token: "a device"}))
	all, err := w.api.ListServiceBinding(service, nil)
	w.ok(err)
	if len(all) != 1 {
		w.Fatalf("%d bindings", len(all))
	}
	return map[string]string{"service": service, "binding": *all[0].Sid}
}

// TestToken: a token that Twilio's libraries make opens the websocket, and what they post over REST is heard there.
func TestToken(t *testing.T) {
	installNode(t)
	everywhere(t, func(w *world) {
		service := w.defaultService()
		for who, token := range map[string]string{"ann": w.token("ann", service), "bob": w.nodeToken("bob", service)} {
			heard := make(chan string, 10)
			w.connect(token, func(e parley.Event) {
				if e.Method == wire.EventMessageAdded {
					heard <- e.Message.Body
				}
			})
			made, err := w.api.CreateConversation(nil)
			w.ok(err)
			_, err = w.api.CreateConversationParticipant(*made.Sid, (&conversations.CreateConversationParticipantParams{}).SetIdentity(who))
			w.ok(err)
			_, err = w.api.CreateConversationMessage(*made.Sid, (&conversations.CreateConversationMessageParams{}).SetBody("hello, "+who))
			w.ok(err)
			late := time.NewTimer(patience)
			defer late.Stop()
			select {
			case body := <-heard:
				w.same("heard", body, "hello, "+who)
			case <-late.C:
				w.Errorf("%s does not hear of the message", who)
			}
		}
	})
}
