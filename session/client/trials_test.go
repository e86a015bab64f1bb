package client_test

import (
	"context"
	"slices"

	"parley/hub"
	"parley/session/client"
	"parley/session/wire"
)

// A trial is one method of the client: what it has to call, and what it makes of the answer, a golden file of the
// wire format or JSON text.
type trial struct {
	method, params, answer string
	call                   func(ctx context.Context, c *client.Client) (any, error)
	good                   func(result any) bool
}

func trials() []trial {
	return slices.Concat(conversationTrials(), participantTrials(), messageTrials(), otherTrials())
}

func conversationTrials() []trial {
	isConversation := func(v any) bool { return v.(*client.Conversation).SID != "" }
	return []trial{
		{
			wire.MethodConversationCreate, `{"friendly_name":"Tea","unique_name":"tea","attributes":[1]}`, "@conversation",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.CreateConversation(ctx, client.NewConversation{FriendlyName: "Tea", UniqueName: "tea", Attributes: []byte("[1]")})
			}, isConversation,
		},
		{
			wire.MethodConversationCreate, `{}`, "@conversation-bare",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.CreateConversation(ctx, client.NewConversation{})
			}, isConversation,
		},
		{
			wire.MethodConversationGet, `{"conversation":"tea"}`, "@conversation",
			func(ctx context.Context, c *client.Client) (any, error) { return c.Conversation(ctx, "tea") }, isConversation,
		},
		{
			wire.MethodConversationList, `{"page_size":5,"page_token":"t","state":"closed"}`, "@conversation.list",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Conversations(ctx, client.Page{Size: 5, Token: "t"}, hub.StateClosed)
			}, func(v any) bool { return len(v.(*client.ConversationPage).Conversations) > 0 },
		},
		{
			wire.MethodConversationUpdate, `{"conversation":"CHa","friendly_name":"","unique_name":null,"attributes":{},"state":"closed"}`, "@conversation",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.UpdateConversation(ctx, "CHa", client.ConversationChange{
					FriendlyName: new(""), UniqueName: new(client.Name("")), Attributes: []byte("{}"), State: hub.StateClosed,
				})
			}, isConversation,
		},
		{
			wire.MethodConversationUpdate, `{"conversation":"CHa","unique_name":"tea"}`, "@conversation",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.UpdateConversation(ctx, "CHa", client.ConversationChange{UniqueName: new(client.Name("tea"))})
			}, isConversation,
		},
		{
			wire.MethodConversationDelete, `{"conversation":"CHa"}`, `{}`,
			func(ctx context.Context, c *client.Client) (any, error) { return nil, c.DeleteConversation(ctx, "CHa") }, nil,
		},
		{
			wire.MethodConversationJoin, `{"conversation":"CHa"}`, "@conversation.join",
			func(ctx context.Context, c *client.Client) (any, error) { return c.Join(ctx, "CHa") },
			func(v any) bool { j := v.(*client.Joined); return j.Conversation.SID != "" && j.Participant.SID != "" },
		},
		{
			wire.MethodConversationLeave, `{"conversation":"CHa"}`, `{}`,
			func(ctx context.Context, c *client.Client) (any, error) { return nil, c.Leave(ctx, "CHa") }, nil,
		},
		{
			wire.MethodConversationNotify, `{"conversation":"CHa","level":"muted"}`, `{}`,
			func(ctx context.Context, c *client.Client) (any, error) {
				return nil, c.Notify(ctx, "CHa", hub.NotifyMuted)
			}, nil,
		},
		{
			wire.MethodChanges, `{"conversation":"CHa","since":7,"limit":2}`, "@changes",
			func(ctx context.Context, c *client.Client) (any, error) { return c.Changes(ctx, "CHa", 7, 2) },
			func(v any) bool {
				p := v.(*client.ChangePage)
				return p.More && p.Revision == 42 && p.Changes[0].Method == wire.EventMessageAdded && p.Changes[0].Message.Index == 17
			},
		},
	}
}

func participantTrials() []trial {
	isParticipant := func(v any) bool { return v.(*client.Participant).SID != "" }
	return []trial{
		{
			wire.MethodParticipantAdd, `{"conversation":"CHa","identity":"bob"}`, "@participant",
			func(ctx context.Context, c *client.Client) (any, error) { return c.Add(ctx, "CHa", "bob") }, isParticipant,
		},
		{
			wire.MethodParticipantAdd, `{"conversation":"CHa","identity":"bob","attributes":1,"role_sid":"RL1"}`, "@participant",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.AddParticipant(ctx, "CHa", client.NewParticipant{Identity: "bob", Attributes: []byte("1"), RoleSID: "RL1"})
			}, isParticipant,
		},
		{
			wire.MethodParticipantAddNonChat, `{"conversation":"CHa","proxy_address":"+1","address":"+2"}`, "@participant-phone",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.AddNonChat(ctx, "CHa", client.NonChat{ProxyAddress: "+1", Address: "+2"})
			}, func(v any) bool { return v.(*client.Participant).MessagingBinding != nil },
		},
		{
			wire.MethodParticipantList, `{"conversation":"CHa","page_size":3}`, "@participant.list",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Participants(ctx, "CHa", client.Page{Size: 3})
			}, func(v any) bool { return len(v.(*client.ParticipantPage).Participants) > 0 },
		},
		{
			wire.MethodParticipantGet, `{"conversation":"CHa","participant":"bob"}`, "@participant",
			func(ctx context.Context, c *client.Client) (any, error) { return c.Participant(ctx, "CHa", "bob") }, isParticipant,
		},
		{
			wire.MethodParticipantUpdate, `{"conversation":"CHa","participant":"bob","attributes":{},"role_sid":"RL1"}`, "@participant",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.UpdateParticipant(ctx, "CHa", "bob", client.ParticipantChange{Attributes: []byte("{}"), RoleSID: "RL1"})
			}, isParticipant,
		},
		{
			wire.MethodParticipantRemove, `{"conversation":"CHa","participant":"bob"}`, `{}`,
			func(ctx context.Context, c *client.Client) (any, error) {
				return nil, c.RemoveParticipant(ctx, "CHa", "bob")
			}, nil,
		},
	}
}

func messageTrials() []trial {
	isMessage := func(v any) bool { return v.(*client.Message).SID != "" }
	isState := func(v any) bool { return *v.(*client.ReadState).LastReadMessageIndex == 16 }
	return []trial{
		{
			wire.MethodMessageSend, `{"conversation":"CHa","body":"hi","nonce":"n"}`, "@message-removed",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Send(ctx, "CHa", client.Draft{Body: "hi", Nonce: "n"})
			}, func(v any) bool { return v.(*client.Message).Removed },
		},
		{
			wire.MethodMessageList, `{"conversation":"CHa"}`, "@message.list",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Messages(ctx, "CHa", client.MessageQuery{})
			}, func(v any) bool { return len(v.(*client.MessagePage).Messages) > 0 },
		},
		{
			wire.MethodMessageList, `{"conversation":"CHa","page_size":2,"anchor":0,"direction":"forward"}`, "@message.list-none",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Messages(ctx, "CHa", client.MessageQuery{Size: 2, Anchor: new(int64), Forward: true})
			}, func(v any) bool { return len(v.(*client.MessagePage).Messages) == 0 },
		},
		{
			wire.MethodMessageGet, `{"conversation":"CHa","message":0}`, "@message",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Message(ctx, "CHa", client.Index(0))
			}, isMessage,
		},
		{
			wire.MethodMessageUpdate, `{"conversation":"CHa","message":"IM1","body":"","attributes":{}}`, "@message",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.EditMessage(ctx, "CHa", client.SID("IM1"), client.MessageChange{Body: new(""), Attributes: []byte("{}")})
			}, isMessage,
		},
		{
			wire.MethodMessageDelete, `{"conversation":"CHa","message":3}`, `{}`,
			func(ctx context.Context, c *client.Client) (any, error) {
				return nil, c.DeleteMessage(ctx, "CHa", client.Index(3))
			}, nil,
		},
		{
			wire.MethodReactionAdd, `{"conversation":"CHa","message":3,"reaction":"heart"}`, "@message",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.React(ctx, "CHa", client.Index(3), "heart")
			}, isMessage,
		},
		{
			wire.MethodReactionRemove, `{"conversation":"CHa","message":3,"reaction":"heart"}`, "@message",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Unreact(ctx, "CHa", client.Index(3), "heart")
			}, isMessage,
		},
		{
			wire.MethodMessageReceipts, `{"conversation":"CHa","message":3}`, "@message.receipts",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Receipts(ctx, "CHa", client.Index(3))
			},
			func(v any) bool { return v.([]client.Receipt)[0].Status == hub.ReceiptDelivered },
		},
		{
			wire.MethodMessageSearch, `{"query":"tea","conversation":"CHa","page_size":9}`, "@message.search",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.Search(ctx, "tea", "CHa", client.Page{Size: 9})
			}, func(v any) bool { return len(v.(*client.FoundPage).Messages) > 0 },
		},
		{
			wire.MethodMediaURLs, `{"media":["ME1","ME2"]}`, `{"urls":{"ME1":"https://x"},"expires_at":"2030-01-01T00:00:00.000Z"}`,
			func(ctx context.Context, c *client.Client) (any, error) { return c.MediaURLs(ctx, "ME1", "ME2") },
			func(v any) bool { return v.(*client.MediaURLs).URLs["ME1"] == "https://x" },
		},
		{
			wire.MethodReadSet, `{"conversation":"CHa","index":null}`, "@read.set",
			func(ctx context.Context, c *client.Client) (any, error) { return c.SetRead(ctx, "CHa", nil) }, isState,
		},
		{
			wire.MethodReadSet, `{"conversation":"CHa","index":16,"advance":true}`, "@read.set",
			func(ctx context.Context, c *client.Client) (any, error) { return c.AdvanceRead(ctx, "CHa", 16) }, isState,
		},
		{
			wire.MethodTyping, `{"conversation":"CHa"}`, "",
			func(ctx context.Context, c *client.Client) (any, error) { return nil, c.Typing(ctx, "CHa") }, nil,
		},
	}
}

func otherTrials() []trial {
	isUser := func(v any) bool { return v.(*client.User).Identity == "alice" }
	return []trial{
		{
			wire.MethodUserGet, `{}`, "@user",
			func(ctx context.Context, c *client.Client) (any, error) { return c.User(ctx, "") }, isUser,
		},
		{
			wire.MethodUserUpdate, `{"identity":"alice","friendly_name":"A","attributes":{}}`, "@user",
			func(ctx context.Context, c *client.Client) (any, error) {
				return c.UpdateUser(ctx, "alice", client.UserChange{FriendlyName: new("A"), Attributes: []byte("{}")})
			}, isUser,
		},
		{
			wire.MethodUserSubscribe, `{"identity":"alice"}`, "@user",
			func(ctx context.Context, c *client.Client) (any, error) { return c.SubscribeUser(ctx, "alice") }, isUser,
		},
		{
			wire.MethodUserUnsubscribe, `{"identity":"alice"}`, `{}`,
			func(ctx context.Context, c *client.Client) (any, error) { return nil, c.UnsubscribeUser(ctx, "alice") }, nil,
		},
		{
			wire.MethodRoleList, `{"type":"service"}`, "@role.list",
			func(ctx context.Context, c *client.Client) (any, error) { return c.Roles(ctx, hub.RoleService) },
			func(v any) bool { return len(v.([]client.Role)) > 0 },
		},
		{
			wire.MethodPushRegister, `{"channel":"fcm","token":"x"}`, `{}`,
			func(ctx context.Context, c *client.Client) (any, error) {
				return nil, c.RegisterPush(ctx, client.Push{Channel: "fcm", Token: "x"})
			}, nil,
		},
		{
			wire.MethodPushUnregister, `{"channel":"webpush","subscription":{}}`, `{}`,
			func(ctx context.Context, c *client.Client) (any, error) {
				return nil, c.UnregisterPush(ctx, client.Push{Channel: "webpush", Subscription: []byte("{}")})
			}, nil,
		},
		{
			wire.MethodPing, ``, `{}`,
			func(ctx context.Context, c *client.Client) (any, error) { return nil, c.Ping(ctx) }, nil,
		},
		{
			wire.MethodTokenUpdate, `{"token":"jwt2"}`, "@token.update",
			func(ctx context.Context, c *client.Client) (any, error) {
				at, err := c.UpdateToken(ctx, "jwt2")
				return at.Year(), err
			}, func(v any) bool { return v.(int) > 2000 },
		},
	}
}
