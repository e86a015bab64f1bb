package rest

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"parley/hub"
)

const (
	addressesPath = "/Configuration/Addresses"
	addressPath   = addressesPath + "/{Sid}"
)

var addressOperations = []operation{
	{
		id: "CreateConfigurationAddress", about: "Says what becomes of messages that come in at an address and belong to no conversation.",
		method: http.MethodPost, scope: account, path: addressesPath, status: http.StatusCreated,
		params: append([]param{
			{name: "Type", required: hub.CodeInvalidParams, values: hub.AddressTypes, fold: true, about: "The channel."},
			{name: "Address", required: hub.CodeAddressInvalid, most: usual.Identity, long: hub.CodeAddressInvalid, about: "The address, unique among all."},
			{name: "AddressCountry", most: 2, long: hub.CodeInvalidParams, about: "Two capital letters; of short codes alone."},
		}, addressParams...),
		answer: address{}, serve: createAddress,
	},
	{
		id: "ListConfigurationAddress", about: "Lists configured addresses, the oldest first.",
		method: http.MethodGet, scope: account, path: addressesPath, status: http.StatusOK,
		params: []param{{name: "Type", values: hub.AddressTypes, fold: true, about: "Of this channel only."}},
		page:   &paging{key: "address_configurations", otherwise: 50, most: 50}, answer: address{}, serve: listAddresses,
	},
	{
		id: "FetchConfigurationAddress", about: "Reads the configuration of one address, by its sid or the address.",
		method: http.MethodGet, scope: account, path: addressPath, status: http.StatusOK, answer: address{}, serve: fetchAddress,
	},
	{
		id: "UpdateConfigurationAddress", about: "Changes what is given of it.",
		method: http.MethodPost, scope: account, path: addressPath, status: http.StatusOK, params: addressParams, answer: address{}, serve: updateAddress,
	},
	{
		id: "DeleteConfigurationAddress", about: "Removes it.",
		method: http.MethodDelete, scope: account, path: addressPath, status: http.StatusNoContent, serve: deleteAddress,
	},
}

var addressParams = []param{
	{name: "FriendlyName", null: true, most: usual.FriendlyName, long: hub.CodeServiceNameLong, about: "What administrators see."},
	{name: "AutoCreation.Enabled", kind: flag, about: "Whether a conversation is made for a message of somebody new."},
	{name: "AutoCreation.Type", values: []string{"webhook", "studio", "default"}, fold: true, about: "What the new conversation is connected with."},
	{name: "AutoCreation.ConversationServiceSid", kind: sid, prefix: "IS", about: "The service that it is made in; the default one where none is given."},
	{name: "AutoCreation.WebhookUrl", null: true, most: hub.MaxURL, long: hub.CodeWebhookURL, about: "Is told what happens in it."},
	{name: "AutoCreation.WebhookMethod", values: []string{"GET", "POST"}, fold: true, refused: hub.CodeWebhookMethod, about: "Of the requests to that."},
	{
		name: "AutoCreation.WebhookFilters", kind: texts, values: append(slices.Clone(hub.ScopedEvents), ""), refused: hub.CodeWebhookFilter,
		about: "Of which events; given once for each.",
	},
	{name: "AutoCreation.StudioFlowSid", kind: sid, prefix: "FW", refused: hub.CodeWebhookFlow, about: "The flow of Studio that goes with it."},
	{name: "AutoCreation.StudioRetryCount", kind: number, about: "How often it is tried again, 3 at most."},
}

type address struct {
	SID            hub.AddressSID `json:"sid"`
	AccountSID     string         `json:"account_sid"`
	Type           string         `json:"type"`
	Address        string         `json:"address"`
	FriendlyName   string         `json:"friendly_name"`
	AddressCountry *string        `json:"address_country"`
	AutoCreation   autoCreation   `json:"auto_creation"`
	DateCreated    date           `json:"date_created"`
	DateUpdated    date           `json:"date_updated"`
	URL            string         `json:"url"`
}

type autoCreation struct {
	Enabled                bool            `json:"enabled"`
	Type                   string          `json:"type" doc:"webhook|studio|default"`
	ConversationServiceSID *hub.ServiceSID `json:"conversation_service_sid,omitempty"`
	WebhookURL             *string         `json:"webhook_url,omitempty"`
	WebhookMethod          *string         `json:"webhook_method,omitempty" doc:"GET|POST"`
	WebhookFilters         []string        `json:"webhook_filters,omitempty"`
	StudioFlowSID          *string         `json:"studio_flow_sid,omitempty"`
	StudioRetryCount       *int64          `json:"studio_retry_count,omitempty"`
}

func (c *call) addressModel(a *hub.Address) *address {
	auto := &a.AutoCreation
	return &address{
		SID: a.SID, AccountSID: c.api.account.sid, Type: a.Type, Address: a.Address, FriendlyName: a.FriendlyName,
		AddressCountry: orNull(a.Country),
		AutoCreation: autoCreation{
			Enabled: auto.Enabled, Type: auto.Type, ConversationServiceSID: orNull(auto.Service), WebhookURL: orNull(auto.WebhookURL),
			WebhookMethod: orNull(auto.WebhookMethod), WebhookFilters: auto.WebhookFilters, StudioFlowSID: orNull(auto.StudioFlow),
			StudioRetryCount: auto.StudioRetries,
		},
		DateCreated: date(a.DateCreated), DateUpdated: date(a.DateUpdated), URL: c.url("Configuration", "Addresses", string(a.SID)),
	}
}

func (c *call) oneAddress(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return c.addressModel(answer.(*hub.Address)), nil
}

func (c *call) autoCreationFields() hub.AutoCreationFields {
	return hub.AutoCreationFields{
		Enabled: c.optFlag("AutoCreation.Enabled"), Type: c.optText("AutoCreation.Type"), URL: c.clearable("AutoCreation.WebhookUrl"),
		Method: c.optText("AutoCreation.WebhookMethod"), Flow: c.optText("AutoCreation.StudioFlowSid"),
		Service: (*hub.ServiceSID)(c.optText("AutoCreation.ConversationServiceSid")), Filters: opt[[]string](c, "AutoCreation.WebhookFilters"),
		Retries: opt[int64](c, "AutoCreation.StudioRetryCount"),
	}
}

func createAddress(ctx context.Context, c *call) (any, error) {
	return c.oneAddress(c.do(ctx, &hub.CreateAddress{
		Type: c.text("Type"), Address: c.text("Address"), FriendlyName: c.text("FriendlyName"), Country: c.text("AddressCountry"),
		AutoCreationFields: c.autoCreationFields(),
	}))
}

func listAddresses(ctx context.Context, c *call) (any, error) {
	return list(c, func(after string, limit int) ([]*hub.Address, string, error) {
		return c.api.hub.Addresses(ctx, strings.ToLower(c.text("Type")), hub.PageQuery{After: after, Limit: limit})
	}, c.addressModel)
}

func fetchAddress(ctx context.Context, c *call) (any, error) {
	a, err := c.api.hub.Address(ctx, hub.RecordRef(c.path["Sid"]))
	return c.oneAddress(a, err)
}

func updateAddress(ctx context.Context, c *call) (any, error) {
	return c.oneAddress(c.do(ctx, &hub.UpdateAddress{
		Ref: hub.RecordRef(c.path["Sid"]), FriendlyName: c.clearable("FriendlyName"), AutoCreationFields: c.autoCreationFields(),
	}))
}

func deleteAddress(ctx context.Context, c *call) (any, error) {
	_, err := c.do(ctx, &hub.DeleteRecord{Kind: hub.RecordAddress, Ref: hub.RecordRef(c.path["Sid"])})
	return nil, err
}
