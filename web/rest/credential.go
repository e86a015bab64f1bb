package rest

import (
	"context"
	"net/http"

	"parley/hub"
)

const credentialPath = "/Credentials/{Sid}"

var credentialOperations = []operation{
	{
		id: "CreateCredential", about: "Keeps what a push service knows the account by. Its secrets are never told.",
		method: http.MethodPost, scope: account, path: "/Credentials", status: http.StatusCreated,
		params: append([]param{
			{name: "Type", required: hub.CodeInvalidParams, values: hub.CredentialTypes, fold: true, about: "The push service."},
		}, credentialParams...),
		answer: credential{}, serve: createCredential,
	},
	{
		id: "ListCredential", about: "Lists push credentials, the oldest first.", method: http.MethodGet, scope: account,
		path: "/Credentials", status: http.StatusOK, page: &paging{key: "credentials", otherwise: 50, most: 100}, answer: credential{},
		serve: listCredentials,
	},
	{
		id: "FetchCredential", about: "Reads one push credential.", method: http.MethodGet, scope: account, path: credentialPath,
		status: http.StatusOK, answer: credential{}, serve: fetchCredential,
	},
	{
		id: "UpdateCredential", about: "Changes what is given of it.", method: http.MethodPost, scope: account, path: credentialPath,
		status: http.StatusOK,
		params: append([]param{
			{name: "Type", values: hub.CredentialTypes, fold: true, about: "The push service."},
		}, credentialParams...),
		answer: credential{}, serve: updateCredential,
	},
	{
		id: "DeleteCredential", about: "Removes it.", method: http.MethodDelete, scope: account, path: credentialPath,
		status: http.StatusNoContent, serve: deleteCredential,
	},
}

var credentialParams = []param{
	{name: "FriendlyName", null: true, most: hub.MaxRoleName, long: hub.CodeServiceNameLong, about: "What administrators see."},
	{name: "Certificate", most: hub.MaxSecret, long: hub.CodeInvalidParams, about: "Of apn, in PEM."},
	{name: "PrivateKey", most: hub.MaxSecret, long: hub.CodeInvalidParams, about: "Of apn, in PEM."},
	{name: "Sandbox", kind: flag, about: "Of apn: whether devices are those of the sandbox."},
	{name: "ApiKey", most: hub.MaxSecret, long: hub.CodeInvalidParams, about: "Of gcm."},
	{name: "Secret", most: hub.MaxSecret, long: hub.CodeInvalidParams, about: "Of fcm."},
}

type credential struct {
	SID          hub.CredentialSID `json:"sid"`
	AccountSID   string            `json:"account_sid"`
	FriendlyName *string           `json:"friendly_name"`
	Type         string            `json:"type" doc:"apn|gcm|fcm"`
	Sandbox      string            `json:"sandbox" doc:"True|False"`
	DateCreated  date              `json:"date_created"`
	DateUpdated  date              `json:"date_updated"`
	URL          string            `json:"url"`
}

func (c *call) credentialModel(v *hub.Credential) *credential {
	m := &credential{
		SID: v.SID, AccountSID: c.api.account.sid, FriendlyName: orNull(v.FriendlyName), Type: v.Type, Sandbox: "False",
		DateCreated: date(v.DateCreated), DateUpdated: date(v.DateUpdated), URL: c.url("Credentials", string(v.SID)),
	}
	if v.Sandbox {
		m.Sandbox = "True"
	}
	return m
}

func (c *call) oneCredential(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return c.credentialModel(answer.(*hub.Credential)), nil
}

func (c *call) credentialFields() hub.CredentialFields {
	hush := func(name string) *hub.Secret { return (*hub.Secret)(c.optText(name)) }
	return hub.CredentialFields{
		Type: c.optText("Type"), FriendlyName: c.clearable("FriendlyName"), Sandbox: c.optFlag("Sandbox"), Certificate: hush("Certificate"),
		PrivateKey: hush("PrivateKey"), APIKey: hush("ApiKey"), Secret: hush("Secret"),
	}
}

func createCredential(ctx context.Context, c *call) (any, error) {
	return c.oneCredential(c.do(ctx, &hub.CreateCredential{CredentialFields: c.credentialFields()}))
}

func listCredentials(ctx context.Context, c *call) (any, error) {
	return list(c, func(after string, limit int) ([]*hub.Credential, string, error) {
		return c.api.hub.Credentials(ctx, hub.PageQuery{After: after, Limit: limit})
	}, c.credentialModel)
}

func fetchCredential(ctx context.Context, c *call) (any, error) {
	v, err := c.api.hub.Credential(ctx, hub.CredentialSID(c.path["Sid"]))
	return c.oneCredential(v, err)
}

func updateCredential(ctx context.Context, c *call) (any, error) {
	return c.oneCredential(c.do(ctx, &hub.UpdateCredential{Credential: hub.CredentialSID(c.path["Sid"]), CredentialFields: c.credentialFields()}))
}

func deleteCredential(ctx context.Context, c *call) (any, error) {
	_, err := c.do(ctx, &hub.DeleteRecord{Kind: hub.RecordCredential, Ref: hub.RecordRef(c.path["Sid"])})
	return nil, err
}
