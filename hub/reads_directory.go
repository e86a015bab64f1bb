package hub

import "context"

// FindUser reads a user of the actor's service by sid or identity, without reachability; an unknown one is CodeUserAbsent.
func (h *Hub) FindUser(ctx context.Context, actor Actor, ref string) (*User, error) {
	if looksLikeSID(ref, "US") {
		u, err := h.store.UserBySID(ctx, actor.Service, UserSID(ref))
		return u, reading("user.get", err)
	}
	u, err := h.store.User(ctx, actor.Service, ref)
	return u, reading("user.get", err)
}

// Users lists the users of the actor's service by sid, which is by age. After is the sid of the last one before.
func (h *Hub) Users(ctx context.Context, actor Actor, q PageQuery) (*UserPage, error) {
	page, err := h.store.Users(ctx, actor.Service, q)
	return page, reading("user.list", err)
}

// Role reads a role of the actor's service; an unknown one is CodeNotFound.
func (h *Hub) Role(ctx context.Context, actor Actor, sid RoleSID) (*Role, error) {
	r, err := h.store.Role(ctx, actor.Service, sid)
	if err = reading("role.get", err); err != nil && AsError(err).Code == CodeRoleAbsent {
		err = errNotFound
	}
	return r, err
}

// RolePage lists the roles of the actor's service by sid.
func (h *Hub) RolePage(ctx context.Context, actor Actor, q PageQuery) (*RolePage, error) {
	page, err := h.store.RolePage(ctx, actor.Service, q)
	return page, reading("role.list", err)
}

// ServicePage lists services by sid.
func (h *Hub) ServicePage(ctx context.Context, q PageQuery) (*ServicePage, error) {
	page, err := h.store.ServicePage(ctx, q)
	return page, reading("service.list", err)
}

// Configuration reads what the account has set for all services.
func (h *Hub) Configuration(ctx context.Context) (*Configuration, error) {
	_, config, err := h.recall(ctx)
	if err != nil {
		return nil, reading("configuration.get", err)
	}
	own := *config
	return &own, nil
}
