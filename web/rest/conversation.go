package rest

import (
	"context"
	"net/http"
	"time"

	"parley/hub"
)

const conversationPath = "/Conversations/{Sid}"

var conversationOperations = []operation{
	{
		id: "CreateConversation", about: "Makes a conversation. Nobody is in it yet.",
		method: http.MethodPost, path: "/Conversations", status: http.StatusCreated,
		params: conversationParams, answer: conversation{}, serve: createConversation,
	},
	{
		id: "ListConversation", about: "Lists all conversations, the newest first.",
		method: http.MethodGet, path: "/Conversations", status: http.StatusOK, params: conversationFilters,
		page: &paging{key: "conversations", otherwise: 50, most: 100}, answer: conversation{}, serve: listConversations,
	},
	{
		id: "FetchConversation", about: "Reads one conversation, by its sid or its unique name.",
		method: http.MethodGet, path: conversationPath, status: http.StatusOK, answer: conversation{}, serve: fetchConversation,
	},
	{
		id: "UpdateConversation", about: "Changes what is given of a conversation.",
		method: http.MethodPost, path: conversationPath, status: http.StatusOK,
		params: conversationParams, answer: conversation{}, serve: updateConversation,
	},
	{
		id: "DeleteConversation", about: "Removes a conversation with all that is in it.",
		method: http.MethodDelete, path: conversationPath, status: http.StatusNoContent, serve: deleteConversation,
	},
}

// conversation is Twilio's model, with Parley's additions behind it.
type conversation struct {
	AccountSID          string            `json:"account_sid"`
	ChatServiceSID      hub.ServiceSID    `json:"chat_service_sid"`
	MessagingServiceSID *string           `json:"messaging_service_sid"`
	SID                 string            `json:"sid" doc:"CH"`
	FriendlyName        *string           `json:"friendly_name"`
	UniqueName          *string           `json:"unique_name"`
	Attributes          string            `json:"attributes"`
	State               hub.State         `json:"state"`
	DateCreated         date              `json:"date_created"`
	DateUpdated         date              `json:"date_updated"`
	Timers              timers            `json:"timers"`
	Bindings            bindings          `json:"bindings"`
	URL                 string            `json:"url"`
	Links               map[string]string `json:"links"`

	Revision          hub.Revision `json:"revision"`
	CreatedBy         string       `json:"created_by"`
	ParticipantsCount int64        `json:"participants_count"`
	MessagesCount     int64        `json:"messages_count"`
	LastMessage       *lastMessage `json:"last_message"`
}

type bindings struct {
	Email *emailBinding `json:"email,omitempty"`
}

type emailBinding struct {
	ProjectedAddress *string `json:"projected_address"`
	Name             *string `json:"name"`
}

type timers struct {
	DateInactive *date `json:"date_inactive,omitempty"`
	DateClosed   *date `json:"date_closed,omitempty"`
}

type lastMessage struct {
	Index       int64  `json:"index"`
	DateCreated date   `json:"date_created"`
	Author      string `json:"author"`
	Body        string `json:"body"`
}

func (c *call) conversationModel(v *hub.ConversationView) *conversation {
	at := func(names ...string) string {
		return c.url(append([]string{"Conversations", string(v.SID)}, names...)...)
	}
	m := &conversation{
		AccountSID: c.api.account.sid, ChatServiceSID: v.Service, SID: string(v.SID),
		FriendlyName: orNull(v.FriendlyName), UniqueName: orNull(v.UniqueName), Attributes: v.Attributes.Text(), State: v.State,
		DateCreated: date(v.DateCreated), DateUpdated: date(v.DateUpdated),
		MessagingServiceSID: orNull(v.MessagingService), Timers: timersOf(v.Conversation), URL: at(),
		Links: map[string]string{
			"participants": at("Participants"), "messages": at("Messages"), "webhooks": at("Webhooks"), "export": at("Export"),
		},
		Revision: v.Revision, CreatedBy: v.CreatedBy, ParticipantsCount: v.Participants, MessagesCount: v.Messages,
	}
	if e := v.Email; e != (hub.EmailBinding{}) {
		m.Bindings.Email = &emailBinding{orNull(e.Address), orNull(e.Name)}
	}
	m.LastMessage = lastOf(v.Last)
	return m
}

func lastOf(m *hub.LastMessage) *lastMessage {
	if m == nil {
		return nil
	}
	return &lastMessage{m.Index, date(m.DateCreated), m.Author, m.Body}
}

func timersOf(c *hub.Conversation) timers {
	return timers{DateInactive: orNull(date(c.DateInactive())), DateClosed: orNull(date(c.DateClosed()))}
}

func createConversation(ctx context.Context, c *call) (any, error) {
	cmd := c.newConversation()
	return c.conversationOf(c.do(ctx, &cmd))
}

func fetchConversation(ctx context.Context, c *call) (any, error) {
	v, err := c.api.hub.Conversation(ctx, c.actor(), hub.ConversationRef(c.path["Sid"]))
	return c.conversationOf(v, err)
}

func updateConversation(ctx context.Context, c *call) (any, error) {
	cmd := &hub.UpdateConversation{
		Conversation: hub.ConversationRef(c.path["Sid"]), FriendlyName: c.optText("FriendlyName"), Attributes: c.optAttributes(),
	}
	cmd.UniqueName = c.clearable("UniqueName")
	cmd.MessagingService = c.clearable("MessagingServiceSid")
	cmd.EmailAddress, cmd.EmailName = c.clearable("Bindings.Email.Address"), c.clearable("Bindings.Email.Name")
	cmd.Inactive, cmd.Closed = opt[time.Duration](c, "Timers.Inactive"), opt[time.Duration](c, "Timers.Closed")
	cmd.Dates = c.dates()
	if s := c.optText("State"); s != nil {
		cmd.State = new(hub.State(*s))
	}
	return c.conversationOf(c.do(ctx, cmd))
}

func deleteConversation(ctx context.Context, c *call) (any, error) {
	_, err := c.do(ctx, &hub.DeleteConversation{Conversation: hub.ConversationRef(c.path["Sid"])})
	return nil, err
}

// conversationOf is the model of what the hub answered.
func (c *call) conversationOf(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return c.conversationModel(answer.(*hub.ConversationView)), nil
}
