package rest

import (
	"context"
	"net/http"

	"parley/hub"
)

const bindingPath = "/Bindings/{Sid}"

var bindingOperations = []operation{
	{
		id: "ListServiceBinding", about: "Lists the devices that users are reached at, the oldest first.",
		method: http.MethodGet, scope: service, path: "/Bindings", status: http.StatusOK,
		params: []param{
			{name: "BindingType", kind: texts, values: []string{"apn", "gcm", "fcm", "twilsock", "webpush"}, about: "Of these push services only; given once for each."},
			{name: "Identity", kind: texts, about: "Of these users only; given once for each."},
		},
		page: &paging{key: "bindings", otherwise: 50, most: 100}, answer: pushBinding{}, serve: listBindings,
	},
	{
		id: "FetchServiceBinding", about: "Reads one device.", method: http.MethodGet, scope: service, path: bindingPath,
		status: http.StatusOK, answer: pushBinding{}, serve: fetchBinding,
	},
	{
		id: "DeleteServiceBinding", about: "Forgets a device.", method: http.MethodDelete, scope: service, path: bindingPath,
		status: http.StatusNoContent, serve: deleteBinding,
	},
}

type pushBinding struct {
	SID            hub.BindingSID `json:"sid"`
	AccountSID     string         `json:"account_sid"`
	ChatServiceSID hub.ServiceSID `json:"chat_service_sid"`
	CredentialSID  *string        `json:"credential_sid"`
	Endpoint       string         `json:"endpoint"`
	Identity       string         `json:"identity"`
	BindingType    hub.Channel    `json:"binding_type"`
	MessageTypes   []string       `json:"message_types"`
	DateCreated    date           `json:"date_created"`
	DateUpdated    date           `json:"date_updated"`
	URL            string         `json:"url"`
}

func (c *call) bindingModel(b *hub.PushBinding) *pushBinding {
	return &pushBinding{
		SID: b.SID, AccountSID: c.api.account.sid, ChatServiceSID: b.Service, CredentialSID: orNull(string(b.Credential)), Endpoint: b.Endpoint,
		Identity: b.Identity, BindingType: b.Channel, MessageTypes: hub.MessageTypes, DateCreated: date(b.DateCreated),
		DateUpdated: date(b.DateUpdated), URL: c.url("Bindings", string(b.SID)),
	}
}

func listBindings(ctx context.Context, c *call) (any, error) {
	return list(c, func(after string, limit int) ([]*hub.PushBinding, string, error) {
		return c.api.hub.PushBindings(ctx, c.actor(), c.list("Identity"), c.list("BindingType"), hub.PageQuery{After: after, Limit: limit})
	}, c.bindingModel)
}

func fetchBinding(ctx context.Context, c *call) (any, error) {
	b, err := c.api.hub.PushBinding(ctx, c.actor(), hub.BindingSID(c.path["Sid"]))
	if err != nil {
		return nil, err
	}
	return c.bindingModel(b), nil
}

func deleteBinding(ctx context.Context, c *call) (any, error) {
	if _, err := fetchBinding(ctx, c); err != nil {
		return nil, err
	}
	_, err := c.do(ctx, &hub.DeleteRecord{Kind: hub.RecordBinding, Scope: string(c.service), Ref: hub.RecordRef(c.path["Sid"])})
	return nil, err
}
