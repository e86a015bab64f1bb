package rest

import (
	"context"
	"net/http"

	"parley/hub"
)

const receiptsPath = "/Conversations/{ConversationSid}/Messages/{MessageSid}/Receipts"

var receiptOperations = []operation{
	{
		id: "ListConversationMessageReceipt", about: "Lists how far a message got with each non-chat participant.",
		method: http.MethodGet, path: receiptsPath, status: http.StatusOK,
		page: &paging{key: "delivery_receipts", otherwise: 50, most: 50}, answer: receipt{}, serve: listReceipts,
	},
	{
		id: "FetchConversationMessageReceipt", about: "Reads how far a message got with one of them.",
		method: http.MethodGet, path: receiptsPath + "/{Sid}", status: http.StatusOK, answer: receipt{}, serve: fetchReceipt,
	},
}

// receipt is Twilio's model. The service is told where the path names it.
type receipt struct {
	AccountSID        string              `json:"account_sid"`
	ChatServiceSID    hub.ServiceSID      `json:"chat_service_sid,omitempty"`
	ConversationSID   hub.ConversationSID `json:"conversation_sid"`
	MessageSID        hub.MessageSID      `json:"message_sid"`
	SID               hub.ReceiptSID      `json:"sid" doc:"DY"`
	ChannelMessageSID *string             `json:"channel_message_sid"`
	ParticipantSID    hub.ParticipantSID  `json:"participant_sid"`
	Status            hub.ReceiptStatus   `json:"status" doc:"sent|delivered|read|failed|undelivered"`
	ErrorCode         int64               `json:"error_code"`
	DateCreated       date                `json:"date_created"`
	DateUpdated       date                `json:"date_updated"`
	URL               string              `json:"url"`
}

func (c *call) receiptModel(r *hub.Receipt) *receipt {
	return &receipt{
		AccountSID: c.api.account.sid, ChatServiceSID: c.scopeService(), ConversationSID: r.Conversation, MessageSID: r.Message, SID: r.SID,
		ChannelMessageSID: orNull(r.ChannelMessage), ParticipantSID: r.Participant, Status: r.Status, ErrorCode: r.ErrorCode,
		DateCreated: date(r.DateCreated), DateUpdated: date(r.DateUpdated),
		URL: c.url("Conversations", string(r.Conversation), "Messages", string(r.Message), "Receipts", string(r.SID)),
	}
}

func listReceipts(ctx context.Context, c *call) (any, error) {
	return list(c, func(after string, limit int) ([]*hub.Receipt, string, error) {
		page, err := c.api.hub.Receipts(ctx, c.actor(), c.conversation(), c.messageAt("MessageSid"), hub.PageQuery{After: after, Limit: limit})
		if err != nil {
			return nil, "", err
		}
		return page.Receipts, page.Next, nil
	}, c.receiptModel)
}

func fetchReceipt(ctx context.Context, c *call) (any, error) {
	r, err := c.api.hub.Receipt(ctx, c.actor(), c.conversation(), c.messageAt("MessageSid"), hub.ReceiptSID(c.path["Sid"]))
	if err != nil {
		return nil, err
	}
	return c.receiptModel(r), nil
}
