package rest

import (
	"context"
	"net/http"

	"parley/hub"
)

const userPath = "/Users/{Sid}"

var userOperations = []operation{
	{
		id: "CreateUser", about: "Makes a user. One is made too when somebody new connects or is added to a conversation.",
		method: http.MethodPost, path: "/Users", status: http.StatusCreated,
		params: append([]param{
			{name: "Identity", required: hub.CodeIdentityMissing, most: usual.Identity, long: hub.CodeIdentityLong, about: "Who it is, in the app's own words."},
		}, userParams...),
		answer: user{}, serve: createUser,
	},
	{
		id: "ListUser", about: "Lists users, the oldest first, without whether they are online.",
		method: http.MethodGet, path: "/Users", status: http.StatusOK,
		page: &paging{key: "users", otherwise: 50, most: 50}, answer: user{}, serve: listUsers,
	},
	{
		id: "FetchUser", about: "Reads one user, by its sid or its identity.",
		method: http.MethodGet, path: userPath, status: http.StatusOK, answer: user{}, serve: fetchUser,
	},
	{
		id: "UpdateUser", about: "Changes what is given of a user.",
		method: http.MethodPost, path: userPath, status: http.StatusOK, params: userParams, answer: user{}, serve: updateUser,
	},
	{
		id: "DeleteUser", about: "Removes a user from all conversations, and then the user, whose sessions end. Who connects later is a new user.",
		method: http.MethodDelete, path: userPath, status: http.StatusNoContent, serve: deleteUser,
	},
}

var userParams = []param{
	{name: "FriendlyName", null: true, most: usual.FriendlyName, long: hub.CodeServiceNameLong, about: "What people see."},
	{
		name: "Attributes", kind: jsonText, refused: hub.CodeAttributesNotJSON,
		most: usual.MessageAttributes, long: hub.CodeAttributesLong, about: "The app's own JSON, as text.",
	},
	{name: "RoleSid", kind: sid, prefix: "RL", about: "A role of type service; the service's default where a new user is given none."},
}

type user struct {
	SID            hub.UserSID       `json:"sid"`
	AccountSID     string            `json:"account_sid"`
	ChatServiceSID hub.ServiceSID    `json:"chat_service_sid"`
	RoleSID        hub.RoleSID       `json:"role_sid"`
	Identity       string            `json:"identity"`
	FriendlyName   *string           `json:"friendly_name"`
	Attributes     string            `json:"attributes"`
	IsOnline       *bool             `json:"is_online"`
	IsNotifiable   *bool             `json:"is_notifiable"`
	DateCreated    date              `json:"date_created"`
	DateUpdated    date              `json:"date_updated"`
	URL            string            `json:"url"`
	Links          map[string]string `json:"links"`
}

// userModel is a user without what is known of where it is.
func (c *call) userModel(u *hub.User) *user {
	return &user{
		SID: u.SID, AccountSID: c.api.account.sid, ChatServiceSID: u.Service, RoleSID: u.Role, Identity: u.Identity,
		FriendlyName: orNull(u.FriendlyName), Attributes: u.Attributes.Text(), DateCreated: date(u.DateCreated),
		DateUpdated: date(u.DateUpdated), URL: c.url("Users", string(u.SID)),
		Links: map[string]string{"user_conversations": c.url("Users", string(u.SID), "Conversations")},
	}
}

// oneUser is the model of what the hub answered, with where the user is.
func (c *call) oneUser(ctx context.Context, answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	u := answer.(*hub.User)
	m, at := c.userModel(u), c.api.hub.Reachable(ctx, u)
	m.IsOnline, m.IsNotifiable = at.Online, at.Notifiable
	return m, nil
}

func createUser(ctx context.Context, c *call) (any, error) {
	answer, err := c.do(ctx, &hub.CreateUser{
		Identity: c.text("Identity"), FriendlyName: c.text("FriendlyName"), Attributes: c.attributes(),
		Role: hub.RoleSID(c.text("RoleSid")),
	})
	return c.oneUser(ctx, answer, err)
}

func listUsers(ctx context.Context, c *call) (any, error) {
	return list(c, func(after string, limit int) ([]*hub.User, string, error) {
		page, err := c.api.hub.Users(ctx, c.actor(), hub.PageQuery{After: after, Limit: limit})
		if err != nil {
			return nil, "", err
		}
		return page.Users, page.Next, nil
	}, c.userModel)
}

func fetchUser(ctx context.Context, c *call) (any, error) {
	u, err := c.api.hub.FindUser(ctx, c.actor(), c.path["Sid"])
	return c.oneUser(ctx, u, err)
}

func updateUser(ctx context.Context, c *call) (any, error) {
	u, err := c.api.hub.FindUser(ctx, c.actor(), c.path["Sid"])
	if err != nil {
		return nil, err
	}
	answer, err := c.do(ctx, &hub.UpdateUser{
		Identity: u.Identity, User: u.SID, FriendlyName: c.clearable("FriendlyName"), Attributes: c.optAttributes(),
		Role: (*hub.RoleSID)(c.optText("RoleSid")),
	})
	return c.oneUser(ctx, answer, err)
}

func deleteUser(ctx context.Context, c *call) (any, error) {
	return nil, c.api.hub.DeleteUser(ctx, c.actor(), c.path["Sid"])
}
