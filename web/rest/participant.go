package rest

import (
	"context"
	"net/http"

	"parley/hub"
)

const (
	participantsPath = "/Conversations/{ConversationSid}/Participants"
	participantPath  = participantsPath + "/{Sid}"
)

var participantOperations = []operation{
	{
		id: "CreateConversationParticipant", about: "Adds somebody, by identity or by address.",
		method: http.MethodPost, path: participantsPath, status: http.StatusCreated,
		params: newParticipantParams, answer: participant{}, serve: createParticipant,
	},
	{
		id: "ListConversationParticipant", about: "Lists who is in a conversation, by coming.",
		method: http.MethodGet, path: participantsPath, status: http.StatusOK,
		page: &paging{key: "participants", otherwise: 50, most: 100}, answer: participant{}, serve: listParticipants,
	},
	{
		id: "FetchConversationParticipant", about: "Reads who is in a conversation, by sid or identity.",
		method: http.MethodGet, path: participantPath, status: http.StatusOK, answer: participant{}, serve: fetchParticipant,
	},
	{
		id: "UpdateConversationParticipant", about: "Changes what is given of a participant.",
		method: http.MethodPost, path: participantPath, status: http.StatusOK,
		params: participantParams, answer: participant{}, serve: updateParticipant,
	},
	{
		id: "DeleteConversationParticipant", about: "Removes somebody, who may then come back only by being added.",
		method: http.MethodDelete, path: participantPath, status: http.StatusNoContent, serve: deleteParticipant,
	},
}

// participant is Twilio's model. The service is told where the path names it.
type participant struct {
	AccountSID           string              `json:"account_sid"`
	ChatServiceSID       hub.ServiceSID      `json:"chat_service_sid,omitempty"`
	ConversationSID      hub.ConversationSID `json:"conversation_sid"`
	SID                  hub.ParticipantSID  `json:"sid"`
	Identity             *string             `json:"identity"`
	Attributes           string              `json:"attributes"`
	MessagingBinding     *binding            `json:"messaging_binding"`
	RoleSID              *hub.RoleSID        `json:"role_sid"`
	LastReadMessageIndex *int64              `json:"last_read_message_index"`
	LastReadTimestamp    date                `json:"last_read_timestamp" doc:"null"`
	DateCreated          date                `json:"date_created"`
	DateUpdated          date                `json:"date_updated"`
	URL                  string              `json:"url"`
}

type binding struct {
	Type         hub.Kind `json:"type"`
	Address      string   `json:"address"`
	ProxyAddress string   `json:"proxy_address"`
	Name         string   `json:"name,omitempty"`
	Level        string   `json:"level,omitempty" doc:"to|cc"`
}

// scopeService is the service where the path names it, "" elsewhere.
func (c *call) scopeService() hub.ServiceSID {
	if c.place.scoped {
		return c.service
	}
	return ""
}

func (c *call) participantModel(p *hub.Participant) *participant {
	return &participant{
		AccountSID: c.api.account.sid, ChatServiceSID: c.scopeService(), ConversationSID: p.Conversation, SID: p.SID,
		Identity: orNull(p.Identity), Attributes: p.Attributes.Text(), MessagingBinding: bindingOf(p), RoleSID: orNull(p.Role),
		LastReadMessageIndex: index(p.Horizon), LastReadTimestamp: date(p.HorizonTime),
		DateCreated: date(p.DateCreated), DateUpdated: date(p.DateUpdated),
		URL: c.url("Conversations", string(p.Conversation), "Participants", string(p.SID)),
	}
}

func bindingOf(p *hub.Participant) *binding {
	b := p.Binding
	if b == nil {
		return nil
	}
	return &binding{b.Kind, b.Address, b.ProxyAddress, b.Name, b.Level}
}

// participantOf is the model of what the hub answered.
func (c *call) participantOf(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return c.participantModel(answer.(*hub.Participant)), nil
}

func (c *call) conversation() hub.ConversationRef {
	return hub.ConversationRef(c.path["ConversationSid"])
}

func listParticipants(ctx context.Context, c *call) (any, error) {
	return list(c, func(after string, limit int) ([]*hub.Participant, string, error) {
		page, err := c.api.hub.Participants(ctx, c.actor(), c.conversation(), hub.PageQuery{After: after, Limit: limit})
		if err != nil {
			return nil, "", err
		}
		return page.Participants, page.Next, nil
	}, c.participantModel)
}

func fetchParticipant(ctx context.Context, c *call) (any, error) {
	p, err := c.api.hub.Participant(ctx, c.actor(), c.conversation(), hub.ParticipantRef(c.path["Sid"]))
	return c.participantOf(p, err)
}

func deleteParticipant(ctx context.Context, c *call) (any, error) {
	_, err := c.do(ctx, &hub.RemoveParticipant{Conversation: c.conversation(), Participant: hub.ParticipantRef(c.path["Sid"])})
	return nil, err
}
