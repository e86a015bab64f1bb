package rest

import (
	"context"
	"net/http"

	"parley/hub"
)

const (
	userConversationsPath = "/Users/{UserSid}/Conversations"
	userConversationPath  = userConversationsPath + "/{ConversationSid}"
)

var userConversationOperations = []operation{
	{
		id: "ListUserConversation", about: "Lists the conversations that a user is in, most recently active first.",
		method: http.MethodGet, path: userConversationsPath, status: http.StatusOK,
		page: &paging{key: "conversations", otherwise: 50, most: 50}, answer: userConversation{}, serve: listUserConversations,
	},
	{
		id: "FetchUserConversation", about: "Reads a user's own place in a conversation.",
		method: http.MethodGet, path: userConversationPath, status: http.StatusOK, answer: userConversation{}, serve: fetchUserConversation,
	},
	{
		id: "UpdateUserConversation", about: "Sets how far a user has read, or mutes the conversation for it.",
		method: http.MethodPost, path: userConversationPath, status: http.StatusOK, params: []param{
			{name: "NotificationLevel", values: []string{"default", "muted"}, refused: hub.CodeNotifyLevel, about: "Whether the user is told by push."},
			{name: "LastReadMessageIndex", kind: number, null: true, refused: hub.CodeReadIndex, about: "The last message that the user read; null is none."},
			{name: "LastReadTimestamp", kind: moment, about: "When the user read it; now, where it is not given."},
		},
		answer: userConversation{}, serve: updateUserConversation,
	},
	{
		id: "DeleteUserConversation", about: "Removes a user from a conversation.",
		method: http.MethodDelete, path: userConversationPath, status: http.StatusNoContent, serve: deleteUserConversation,
	},
}

// userConversation is Twilio's model, with Parley's addition behind it.
type userConversation struct {
	AccountSID           string                `json:"account_sid"`
	ChatServiceSID       hub.ServiceSID        `json:"chat_service_sid"`
	ConversationSID      hub.ConversationSID   `json:"conversation_sid"`
	UnreadMessagesCount  *int64                `json:"unread_messages_count"`
	LastReadMessageIndex *int64                `json:"last_read_message_index"`
	ParticipantSID       hub.ParticipantSID    `json:"participant_sid"`
	UserSID              hub.UserSID           `json:"user_sid"`
	FriendlyName         *string               `json:"friendly_name"`
	ConversationState    hub.State             `json:"conversation_state"`
	Timers               timers                `json:"timers"`
	Attributes           string                `json:"attributes"`
	DateCreated          date                  `json:"date_created"`
	DateUpdated          date                  `json:"date_updated"`
	CreatedBy            string                `json:"created_by"`
	NotificationLevel    hub.NotificationLevel `json:"notification_level"`
	UniqueName           *string               `json:"unique_name"`
	URL                  string                `json:"url"`
	Links                map[string]string     `json:"links"`

	LastMessage *lastMessage `json:"last_message"`
}

func (c *call) userConversationModel(v *hub.ConversationView) *userConversation {
	own := v.Own
	return &userConversation{
		AccountSID: c.api.account.sid, ChatServiceSID: v.Service, ConversationSID: v.SID, UnreadMessagesCount: v.Unread,
		LastReadMessageIndex: index(own.Horizon), ParticipantSID: own.SID, UserSID: own.User, FriendlyName: orNull(v.FriendlyName),
		ConversationState: v.State, Timers: timersOf(v.Conversation), Attributes: v.Attributes.Text(),
		DateCreated: date(v.DateCreated), DateUpdated: date(v.DateUpdated), CreatedBy: v.CreatedBy, NotificationLevel: own.Notification,
		UniqueName: orNull(v.UniqueName), URL: c.url("Users", string(own.User), "Conversations", string(v.SID)),
		Links: c.seatLinks(v.SID, own.SID), LastMessage: lastOf(v.Last),
	}
}

// user is whose conversations a call is about, as an actor.
func (c *call) user(ctx context.Context) (hub.Actor, error) {
	u, err := c.api.hub.FindUser(ctx, c.actor(), c.path["UserSid"])
	if err != nil {
		return hub.Actor{}, err
	}
	return hub.Actor{Service: c.service, Identity: u.Identity}, nil
}

func listUserConversations(ctx context.Context, c *call) (any, error) {
	user, err := c.user(ctx)
	if err != nil {
		return nil, err
	}
	q := hub.ConversationQuery{States: []hub.State{hub.StateActive, hub.StateInactive, hub.StateClosed}}
	return list(c, func(after string, limit int) ([]*hub.ConversationView, string, error) {
		q.After, q.Limit = after, limit
		page, err := c.api.hub.Conversations(ctx, user, q)
		if err != nil {
			return nil, "", err
		}
		return page.Views, page.Next, nil
	}, c.userConversationModel)
}

func fetchUserConversation(ctx context.Context, c *call) (any, error) {
	user, err := c.user(ctx)
	if err != nil {
		return nil, err
	}
	v, err := c.api.hub.Conversation(ctx, user, c.conversation())
	if err == nil && v.Own == nil { // its creator, who never joined
		err = hub.ErrAbsent
	}
	if err != nil {
		return nil, err
	}
	return c.userConversationModel(v), nil
}

func updateUserConversation(ctx context.Context, c *call) (any, error) {
	user, err := c.user(ctx)
	if err != nil {
		return nil, err
	}
	cmd := &hub.UpdateParticipant{
		Conversation: c.conversation(), Participant: hub.ParticipantRef(user.Identity), ReadTime: c.time("LastReadTimestamp"),
	}
	if cmd.Read, err = c.read("LastReadMessageIndex"); err != nil {
		return nil, err
	}
	if s := c.optText("NotificationLevel"); s != nil {
		cmd.Notification = new(hub.NotificationLevel(*s))
	}
	if _, err := c.do(ctx, cmd); err != nil {
		return nil, err
	}
	return fetchUserConversation(ctx, c)
}

func deleteUserConversation(ctx context.Context, c *call) (any, error) {
	user, err := c.user(ctx)
	if err != nil {
		return nil, err
	}
	_, err = c.do(ctx, &hub.RemoveParticipant{Conversation: c.conversation(), Participant: hub.ParticipantRef(user.Identity)})
	return nil, err
}
