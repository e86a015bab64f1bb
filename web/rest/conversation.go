package rest

import (
	"context"
	"net/http"

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

var conversationParams = []param{
	{name: "FriendlyName", most: usual.FriendlyName, long: hub.CodeServiceNameLong, about: "What people see."},
	{
		name: "UniqueName", null: true, most: usual.UniqueName, long: hub.CodeUniqueNameLong,
		about: "Names the conversation within its service; it may stand in a path in place of the sid.",
	},
	{
		name: "Attributes", kind: jsonText, refused: hub.CodeAttributesNotJSON,
		most: usual.ConversationAttributes, long: hub.CodeAttributesLong, about: "The app's own JSON, as text.",
	},
	{name: "State", values: []string{"initializing", "inactive", "active", "closed"}, refused: hub.CodeState, about: "Where the conversation is in its life. Closed is for ever."},
	{name: "Timers.Inactive", kind: duration, refused: hub.CodeInactiveTimer, about: "How long without a message until it becomes inactive, as PT5M; PT0S is never. At least a minute."},
	{name: "Timers.Closed", kind: duration, refused: hub.CodeClosedTimer, about: "How long without a message until it is closed, as P1D; PT0S is never. At least ten minutes."},
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
	Bindings            map[string]any    `json:"bindings"`
	URL                 string            `json:"url"`
	Links               map[string]string `json:"links"`

	Revision          hub.Revision `json:"revision"`
	CreatedBy         string       `json:"created_by"`
	ParticipantsCount int64        `json:"participants_count"`
	MessagesCount     int64        `json:"messages_count"`
	LastMessage       *lastMessage `json:"last_message"`
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
		Timers:   timers{DateInactive: orNull(date(v.DateInactive())), DateClosed: orNull(date(v.DateClosed()))},
		Bindings: map[string]any{}, URL: at(),
		Links: map[string]string{
			"participants": at("Participants"), "messages": at("Messages"), "webhooks": at("Webhooks"), "export": at("Export"),
		},
		Revision: v.Revision, CreatedBy: v.CreatedBy, ParticipantsCount: v.Participants, MessagesCount: v.Messages,
	}
	if v.Last != nil {
		m.LastMessage = &lastMessage{v.Last.Index, date(v.Last.DateCreated), v.Last.Author, v.Last.Body}
	}
	return m
}

func createConversation(ctx context.Context, c *call) (any, error) {
	return c.conversationOf(c.do(ctx, &hub.CreateConversation{
		FriendlyName: c.text("FriendlyName"), UniqueName: c.text("UniqueName"), Attributes: c.attributes("Attributes"),
		Timers: hub.Timers{Inactive: c.duration("Timers.Inactive"), Closed: c.duration("Timers.Closed")},
	}))
}

func fetchConversation(ctx context.Context, c *call) (any, error) {
	v, err := c.api.hub.Conversation(ctx, c.actor(), hub.ConversationRef(c.path["Sid"]))
	return c.conversationOf(v, err)
}

func updateConversation(ctx context.Context, c *call) (any, error) {
	cmd := &hub.UpdateConversation{
		Conversation: hub.ConversationRef(c.path["Sid"]), FriendlyName: c.optText("FriendlyName"), Attributes: c.optAttributes("Attributes"),
	}
	if c.given("UniqueName") {
		cmd.UniqueName = new(c.text("UniqueName"))
	}
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
