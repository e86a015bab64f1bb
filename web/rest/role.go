package rest

import (
	"context"
	"net/http"

	"parley/hub"
)

const rolePath = "/Roles/{Sid}"

var roleOperations = []operation{
	{
		id: "CreateRole", about: "Makes a role, which users or participants are then given.",
		method: http.MethodPost, path: "/Roles", status: http.StatusCreated,
		params: []param{
			{name: "FriendlyName", required: hub.CodeNameMissing, most: hub.MaxRoleName, long: hub.CodeServiceNameLong, about: "What administrators see."},
			{name: "Type", required: hub.CodeRoleType, refused: hub.CodeRoleType, values: []string{"conversation", "service"}, about: "Whether participants bear it, or users."},
			rolePermission,
		},
		answer: role{}, serve: createRole,
	},
	{
		id: "ListRole", about: "Lists roles, the oldest first.", method: http.MethodGet, path: "/Roles", status: http.StatusOK,
		page: &paging{key: "roles", otherwise: 50, most: 50}, answer: role{}, serve: listRoles,
	},
	{
		id: "FetchRole", about: "Reads one role.", method: http.MethodGet, path: rolePath, status: http.StatusOK, answer: role{}, serve: fetchRole,
	},
	{
		id: "UpdateRole", about: "Replaces what a role allows. It counts at once, for all who bear it.",
		method: http.MethodPost, path: rolePath, status: http.StatusOK, params: []param{rolePermission}, answer: role{}, serve: updateRole,
	},
	{
		id: "DeleteRole", about: "Removes a role, unless it is a default one of the service. Who bears it holds nothing by it any more.",
		method: http.MethodDelete, path: rolePath, status: http.StatusNoContent, serve: deleteRole,
	},
}

var rolePermission = param{
	name: "Permission", kind: texts, required: hub.CodePermissionUnknown, refused: hub.CodePermissionUnknown,
	about: "What it allows, as sendMessage; given once for each. Programmable Chat's names are understood too.",
}

type role struct {
	SID            hub.RoleSID      `json:"sid"`
	AccountSID     string           `json:"account_sid"`
	ChatServiceSID hub.ServiceSID   `json:"chat_service_sid"`
	FriendlyName   string           `json:"friendly_name"`
	Type           hub.RoleType     `json:"type"`
	Permissions    []hub.Permission `json:"permissions"`
	DateCreated    date             `json:"date_created"`
	DateUpdated    date             `json:"date_updated"`
	URL            string           `json:"url"`
}

func (c *call) roleModel(r *hub.Role) *role {
	return &role{
		SID: r.SID, AccountSID: c.api.account.sid, ChatServiceSID: r.Service, FriendlyName: r.FriendlyName, Type: r.Type,
		Permissions: r.Permissions, DateCreated: date(r.DateCreated), DateUpdated: date(r.DateUpdated), URL: c.url("Roles", string(r.SID)),
	}
}

func (c *call) oneRole(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return c.roleModel(answer.(*hub.Role)), nil
}

func createRole(ctx context.Context, c *call) (any, error) {
	return c.oneRole(c.do(ctx, &hub.CreateRole{
		FriendlyName: c.text("FriendlyName"), Type: hub.RoleType(c.text("Type")), Permissions: c.list("Permission"),
	}))
}

func listRoles(ctx context.Context, c *call) (any, error) {
	return list(c, func(after string, limit int) ([]*hub.Role, string, error) {
		page, err := c.api.hub.RolePage(ctx, c.actor(), hub.PageQuery{After: after, Limit: limit})
		if err != nil {
			return nil, "", err
		}
		return page.Roles, page.Next, nil
	}, c.roleModel)
}

func fetchRole(ctx context.Context, c *call) (any, error) {
	r, err := c.api.hub.Role(ctx, c.actor(), hub.RoleSID(c.path["Sid"]))
	return c.oneRole(r, err)
}

func updateRole(ctx context.Context, c *call) (any, error) {
	return c.oneRole(c.do(ctx, &hub.UpdateRole{Role: hub.RoleSID(c.path["Sid"]), Permissions: c.list("Permission")}))
}

func deleteRole(ctx context.Context, c *call) (any, error) {
	_, err := c.do(ctx, &hub.DeleteRole{Role: hub.RoleSID(c.path["Sid"])})
	return nil, err
}
