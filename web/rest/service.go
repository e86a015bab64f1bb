package rest

import (
	"context"
	"net/http"

	"parley/hub"
)

const servicePath = "/Services/{Sid}"

var serviceOperations = []operation{
	{
		id: "CreateService", about: "Makes a service, a tenant of its own, with the four default roles.",
		method: http.MethodPost, scope: account, path: "/Services", status: http.StatusCreated,
		params: []param{
			{name: "FriendlyName", required: hub.CodeNameMissing, most: usual.FriendlyName, long: hub.CodeServiceNameLong, about: "What administrators see."},
		},
		answer: tenant{}, serve: createService,
	},
	{
		id: "ListService", about: "Lists services, the oldest first.", method: http.MethodGet, scope: account, path: "/Services",
		status: http.StatusOK, page: &paging{key: "services", otherwise: 50, most: 100}, answer: tenant{}, serve: listServices,
	},
	{
		id: "FetchService", about: "Reads one service.", method: http.MethodGet, scope: account, path: servicePath,
		status: http.StatusOK, answer: tenant{}, serve: fetchService,
	},
	{
		id: "DeleteService", about: "Removes a service with all that is in it, unless it is the default one. The sessions of its users end.",
		method: http.MethodDelete, scope: account, path: servicePath, status: http.StatusNoContent, serve: deleteService,
	},
	{
		id: "FetchServiceConfiguration", about: "Reads what the users and participants of a service begin with.",
		method: http.MethodGet, scope: service, path: "/Configuration", status: http.StatusOK, answer: serviceConfiguration{},
		serve: fetchServiceConfiguration,
	},
	{
		id: "UpdateServiceConfiguration", about: "Changes what is given of that.",
		method: http.MethodPost, scope: service, path: "/Configuration", status: http.StatusOK,
		params: []param{
			{name: "DefaultConversationCreatorRoleSid", kind: sid, prefix: "RL", about: "The role, of type conversation, of who made a conversation and joins it."},
			{name: "DefaultConversationRoleSid", kind: sid, prefix: "RL", about: "The role, of type conversation, of all other participants."},
			{name: "DefaultChatServiceRoleSid", kind: sid, prefix: "RL", about: "The role, of type service, of new users."},
			{name: "ReachabilityEnabled", kind: flag, about: "Whether others see who is online."},
		},
		answer: serviceConfiguration{}, serve: updateServiceConfiguration,
	},
}

// tenant is Twilio's model of a service.
type tenant struct {
	AccountSID   string            `json:"account_sid"`
	SID          hub.ServiceSID    `json:"sid"`
	FriendlyName string            `json:"friendly_name"`
	DateCreated  date              `json:"date_created"`
	DateUpdated  date              `json:"date_updated"`
	URL          string            `json:"url"`
	Links        map[string]string `json:"links"`
}

func (c *call) serviceModel(s *hub.Service) *tenant {
	at := func(name string) string { return c.url("Services", string(s.SID), name) }
	return &tenant{
		AccountSID: c.api.account.sid, SID: s.SID, FriendlyName: s.FriendlyName, DateCreated: date(s.DateCreated),
		DateUpdated: date(s.DateUpdated), URL: c.url("Services", string(s.SID)),
		Links: map[string]string{
			"conversations": at("Conversations"), "users": at("Users"), "roles": at("Roles"), "bindings": at("Bindings"),
			"configuration": at("Configuration"), "participant_conversations": at("ParticipantConversations"),
			"conversation_with_participants": at("ConversationWithParticipants"),
		},
	}
}

func (c *call) oneService(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return c.serviceModel(answer.(*hub.Service)), nil
}

func createService(ctx context.Context, c *call) (any, error) {
	return c.oneService(c.do(ctx, &hub.CreateService{FriendlyName: c.text("FriendlyName")}))
}

func listServices(ctx context.Context, c *call) (any, error) {
	return list(c, func(after string, limit int) ([]*hub.Service, string, error) {
		page, err := c.api.hub.ServicePage(ctx, hub.PageQuery{After: after, Limit: limit})
		if err != nil {
			return nil, "", err
		}
		return page.Services, page.Next, nil
	}, c.serviceModel)
}

func fetchService(ctx context.Context, c *call) (any, error) {
	s, err := c.api.hub.Service(ctx, hub.ServiceSID(c.path["Sid"]))
	return c.oneService(s, err)
}

func deleteService(ctx context.Context, c *call) (any, error) {
	c.service = hub.ServiceSID(c.path["Sid"])
	_, err := c.do(ctx, &hub.DeleteService{Default: c.api.service})
	return nil, err
}

// serviceConfiguration is Twilio's model, whose names are older than what they mean.
type serviceConfiguration struct {
	ChatServiceSID      hub.ServiceSID    `json:"chat_service_sid"`
	CreatorRoleSID      hub.RoleSID       `json:"default_conversation_creator_role_sid"`
	ConversationRoleSID hub.RoleSID       `json:"default_conversation_role_sid"`
	ServiceRoleSID      hub.RoleSID       `json:"default_chat_service_role_sid"`
	ReachabilityEnabled bool              `json:"reachability_enabled"`
	URL                 string            `json:"url"`
	Links               map[string]string `json:"links"`
}

func (c *call) oneServiceConfiguration(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	s := answer.(*hub.Service)
	return &serviceConfiguration{
		ChatServiceSID: s.SID, CreatorRoleSID: s.DefaultCreatorRole, ConversationRoleSID: s.DefaultMemberRole,
		ServiceRoleSID: s.DefaultUserRole, ReachabilityEnabled: s.Reachability, URL: c.url("Configuration"),
		Links: map[string]string{
			"notifications": c.url("Configuration", "Notifications"), "webhooks": c.url("Configuration", "Webhooks"),
		},
	}, nil
}

func fetchServiceConfiguration(ctx context.Context, c *call) (any, error) {
	s, err := c.api.hub.Service(ctx, c.service)
	return c.oneServiceConfiguration(s, err)
}

func updateServiceConfiguration(ctx context.Context, c *call) (any, error) {
	return c.oneServiceConfiguration(c.do(ctx, &hub.UpdateService{
		CreatorRole: (*hub.RoleSID)(c.optText("DefaultConversationCreatorRoleSid")), MemberRole: (*hub.RoleSID)(c.optText("DefaultConversationRoleSid")),
		UserRole: (*hub.RoleSID)(c.optText("DefaultChatServiceRoleSid")), Reachability: c.optFlag("ReachabilityEnabled"),
	}))
}
