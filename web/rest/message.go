package rest

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"parley/hub"
)

const (
	messagesPath = "/Conversations/{ConversationSid}/Messages"
	messagePath  = messagesPath + "/{Sid}"
)

var messageOperations = []operation{
	{
		id: "CreateConversationMessage", about: "Adds a message.",
		method: http.MethodPost, path: messagesPath, status: http.StatusCreated,
		params: newMessageParams, answer: message{}, serve: createMessage,
	},
	{
		id: "ListConversationMessage", about: "Lists a conversation's messages, by index.",
		method: http.MethodGet, path: messagesPath, status: http.StatusOK, params: []param{
			{name: "Order", values: []string{"asc", "desc"}, about: "The oldest first (asc), or the newest (desc)."},
		},
		page: &paging{key: "messages", otherwise: 50, most: 100}, answer: message{}, serve: listMessages,
	},
	{
		id: "FetchConversationMessage", about: "Reads one message.",
		method: http.MethodGet, path: messagePath, status: http.StatusOK, answer: message{}, serve: fetchMessage,
	},
	{
		id: "UpdateConversationMessage", about: "Changes what is given of a message.",
		method: http.MethodPost, path: messagePath, status: http.StatusOK,
		params: messageParams, answer: message{}, serve: updateMessage,
	},
	{
		id: "DeleteConversationMessage", about: "Removes a message for everybody. Its index is never used again.",
		method: http.MethodDelete, path: messagePath, status: http.StatusNoContent, serve: deleteMessage,
	},
}

var messageParams = []param{
	{name: "Author", most: usual.Identity, long: hub.CodeAuthorLong, about: "Whom it is by: system, where it is not given."},
	{name: "Body", most: usual.Body, long: hub.CodeBodyLong, about: "What is said."},
	{name: "Subject", most: usual.Subject, long: hub.CodeSubjectLong, about: "What it is about."},
	attributesParam, dateCreated, dateUpdated,
}

var newMessageParams = slices.Concat(messageParams, []param{
	{name: "MediaSid", kind: texts, most: 10, about: "A file that was uploaded and that no message carries; may be given for each of up to 10."},
	{name: "ContentSid", kind: sid, prefix: "HX", refused: hub.CodeContentSID, about: "A content template; then the body is ignored."},
	{
		name: "ContentVariables", kind: jsonText, refused: hub.CodeContentVariables,
		most: usual.ConversationAttributes, long: hub.CodeContentVariables, about: "The template's variables: JSON, as text.",
	},
})

// message is Twilio's model, with Parley's addition behind it. The service is told where the path names it.
type message struct {
	AccountSID      string              `json:"account_sid"`
	ChatServiceSID  hub.ServiceSID      `json:"chat_service_sid,omitempty"`
	ConversationSID hub.ConversationSID `json:"conversation_sid"`
	SID             hub.MessageSID      `json:"sid"`
	Index           int64               `json:"index"`
	Author          *string             `json:"author"`
	Body            *string             `json:"body"`
	Media           []messageMedia      `json:"media" doc:"null"`
	Attributes      string              `json:"attributes"`
	ParticipantSID  *hub.ParticipantSID `json:"participant_sid"`
	DateCreated     date                `json:"date_created"`
	DateUpdated     date                `json:"date_updated"`
	Delivery        *delivery           `json:"delivery"`
	ContentSID      *string             `json:"content_sid"`
	URL             string              `json:"url"`
	Links           map[string]string   `json:"links"`

	Revision hub.Revision `json:"revision"`
}

type messageMedia struct {
	SID         string  `json:"sid" doc:"ME"`
	Size        int64   `json:"size"`
	ContentType string  `json:"content_type"`
	Filename    *string `json:"filename"`
}

type delivery struct {
	Total       int64  `json:"total"`
	Sent        string `json:"sent" doc:"none|some|all"`
	Delivered   string `json:"delivered" doc:"none|some|all"`
	Read        string `json:"read" doc:"none|some|all"`
	Failed      string `json:"failed" doc:"none|some|all"`
	Undelivered string `json:"undelivered" doc:"none|some|all"`
}

func (c *call) messageModel(m *hub.Message) *message {
	at := func(names ...string) string {
		return c.url(append([]string{"Conversations", string(m.Conversation), "Messages", string(m.SID)}, names...)...)
	}
	return &message{
		AccountSID: c.api.account.sid, ChatServiceSID: c.scopeService(), ConversationSID: m.Conversation, SID: m.SID, Index: m.Index,
		Author: orNull(m.Author), Body: orNull(m.Body), Attributes: m.Attributes.Text(), ParticipantSID: orNull(m.Participant),
		DateCreated: date(m.DateCreated), DateUpdated: date(m.DateUpdated), Delivery: deliveryOf(m.Delivery),
		ContentSID: orNull(m.ContentSID), URL: at(), Media: mediaOf(m.Media),
		Links:    map[string]string{"delivery_receipts": at("Receipts"), "channel_metadata": at("ChannelMetadata")},
		Revision: m.Changed,
	}
}

// mediaOf is what a message carries, nil for nothing.
func mediaOf(all []hub.Attachment) (media []messageMedia) {
	for _, of := range all {
		media = append(media, messageMedia{string(of.SID), of.Size, of.ContentType, orNull(of.Filename)})
	}
	return media
}

// mediaSIDs are those that a message is to carry: none where a template takes the place of all that it says.
func (c *call) mediaSIDs() (sids []hub.MediaSID) {
	if c.given("ContentSid") {
		return nil
	}
	for _, sid := range c.list("MediaSid") {
		sids = append(sids, hub.MediaSID(sid))
	}
	return sids
}

func deliveryOf(d hub.Delivery) *delivery {
	if d.Total == 0 {
		return nil
	}
	return &delivery{
		d.Total, d.Amount(d.Sent), d.Amount(d.Delivered), d.Amount(d.Read), d.Amount(d.Failed), d.Amount(d.Undelivered),
	}
}

// messageOf is the model of what the hub answered.
func (c *call) messageOf(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return c.messageModel(answer.(*hub.Message)), nil
}

// messageAt names a message by what a path holds. What is no sid names none.
func (c *call) messageAt(name string) hub.MessageRef {
	return hub.MessageRef{SID: hub.MessageSID(c.path[name]), Index: hub.NoIndex}
}

func createMessage(ctx context.Context, c *call) (any, error) {
	return c.messageOf(c.do(ctx, &hub.SendMessage{
		Media:        c.mediaSIDs(),
		Conversation: c.conversation(), Author: c.text("Author"), Body: c.text("Body"), Subject: c.text("Subject"),
		Attributes: c.attributes(), ReplyTo: hub.NoIndex, Dates: c.dates(),
		ContentSID: c.text("ContentSid"), ContentVariables: c.text("ContentVariables"),
	}))
}

// listMessages turns pages by index: the key of a page's last entry.
func listMessages(ctx context.Context, c *call) (any, error) {
	forward := c.text("Order") != "desc"
	return list(c, func(after string, limit int) ([]*hub.Message, string, error) {
		q := hub.MessageQuery{Anchor: hub.NoIndex, Forward: forward, Limit: limit}
		if after != "" {
			last, err := strconv.ParseInt(after, 10, 64)
			if err != nil || last < 0 {
				return nil, "", errPageToken
			}
			if q.Anchor = last + 1; !forward {
				q.Anchor = last - 1
			}
			if last == 0 && !forward {
				return nil, "", nil
			}
		}
		page, err := c.api.hub.Messages(ctx, c.actor(), c.conversation(), q)
		if err != nil {
			return nil, "", err
		}
		more := page.HasNext
		if !forward {
			more = page.HasPrev
			slices.Reverse(page.Messages)
		}
		if !more || len(page.Messages) == 0 {
			return page.Messages, "", nil
		}
		return page.Messages, strconv.FormatInt(page.Messages[len(page.Messages)-1].Index, 10), nil
	}, c.messageModel)
}

func fetchMessage(ctx context.Context, c *call) (any, error) {
	m, err := c.api.hub.Message(ctx, c.actor(), c.conversation(), c.messageAt("Sid"))
	return c.messageOf(m, err)
}

func updateMessage(ctx context.Context, c *call) (any, error) {
	return c.messageOf(c.do(ctx, &hub.EditMessage{
		Conversation: c.conversation(), Message: c.messageAt("Sid"), Body: c.optText("Body"), Attributes: c.optAttributes(),
		Author: c.optText("Author"), Subject: c.optText("Subject"), Dates: c.dates(),
	}))
}

func deleteMessage(ctx context.Context, c *call) (any, error) {
	_, err := c.do(ctx, &hub.RemoveMessage{Conversation: c.conversation(), Message: c.messageAt("Sid")})
	return nil, err
}
