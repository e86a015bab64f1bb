package client

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"parley/hub"
	"parley/session/wire"
)

// UserChange is what to change of a user; what is nil stays.
type UserChange struct {
	FriendlyName *string         `json:"friendly_name,omitempty"`
	Attributes   json.RawMessage `json:"attributes,omitempty"`
}

// person names a user in params.
type person struct {
	Identity string `json:"identity,omitempty"`
}

// User gives a user, the own one where identity is "".
func (c *Client) User(ctx context.Context, identity string) (*User, error) {
	return ask[User](ctx, c, wire.MethodUserGet, person{identity})
}

// UpdateUser changes a user, the own one where identity is "".
func (c *Client) UpdateUser(ctx context.Context, identity string, ch UserChange) (*User, error) {
	return change[User](ctx, c, wire.MethodUserUpdate, struct {
		person
		UserChange
	}{person{identity}, ch})
}

// SubscribeUser has changes of a user told, as userUpdated. The client subscribes anew after every reconnect, and then
// tells of the user's state as an event, since changes in between were not told.
func (c *Client) SubscribeUser(ctx context.Context, identity string) (*User, error) {
	u, err := ask[User](ctx, c, wire.MethodUserSubscribe, person{identity})
	if err == nil {
		c.mu.Lock()
		c.watched[identity] = true
		c.mu.Unlock()
	}
	return u, err
}

// UnsubscribeUser ends a subscription.
func (c *Client) UnsubscribeUser(ctx context.Context, identity string) error {
	c.mu.Lock()
	delete(c.watched, identity)
	c.mu.Unlock()
	_, err := ask[struct{}](ctx, c, wire.MethodUserUnsubscribe, person{identity})
	return err
}

// watchAgain renews the subscriptions on a new connection.
func (c *Client) watchAgain() {
	c.mu.Lock()
	all := slices.Collect(maps.Keys(c.watched))
	c.mu.Unlock()
	for _, identity := range all {
		r, err := newRequest(wire.MethodUserSubscribe, person{identity})
		if err != nil {
			continue // it was JSON the first time
		}
		r.volatile = true
		r.note = func(result json.RawMessage) {
			if u, err := decode[User](r.method, result); err == nil {
				c.events.push(item{event: &Event{Event: wire.Event{Method: wire.EventUserUpdated, User: u}}})
			}
		}
		if c.submit(r) != nil {
			return // closed
		}
	}
}

// Roles lists the service's roles of a type, "" for all.
func (c *Client) Roles(ctx context.Context, kind hub.RoleType) ([]Role, error) {
	result, err := ask[struct {
		Roles []Role `json:"roles"`
	}](ctx, c, wire.MethodRoleList, struct {
		Type hub.RoleType `json:"type,omitempty"`
	}{kind})
	if err != nil {
		return nil, err
	}
	return result.Roles, nil
}

// Push is where a device takes pushes.
type Push struct {
	Channel      string          `json:"channel"`                // fcm, apn or webpush
	Token        string          `json:"token,omitempty"`        // fcm, apn
	Subscription json.RawMessage `json:"subscription,omitempty"` // webpush
}

// RegisterPush has pushes sent to a device.
func (c *Client) RegisterPush(ctx context.Context, p Push) error {
	_, err := c.Call(ctx, wire.MethodPushRegister, p)
	return err
}

// UnregisterPush ends that.
func (c *Client) UnregisterPush(ctx context.Context, p Push) error {
	_, err := c.Call(ctx, wire.MethodPushUnregister, p)
	return err
}

// Ping asks the server for an empty answer.
func (c *Client) Ping(ctx context.Context) error {
	_, err := ask[struct{}](ctx, c, wire.MethodPing, nil)
	return err
}

// UpdateToken gives the server a fresh token of the same user and tells until when it holds. The client does that by
// itself, with a token from Config.Token, when the server says that the one in use is about to expire.
func (c *Client) UpdateToken(ctx context.Context, token string) (expires time.Time, err error) {
	r, err := newRequest(wire.MethodTokenUpdate, struct {
		Token string `json:"token"`
	}{token})
	if err != nil {
		return time.Time{}, err
	}
	r.volatile = true // the next connection begins with a token of its own
	result, err := c.do(ctx, r)
	if err != nil {
		return time.Time{}, err
	}
	answer, err := decode[struct {
		ExpiresAt time.Time `json:"expires_at"`
	}](r.method, result)
	if err != nil {
		return time.Time{}, err
	}
	return answer.ExpiresAt, nil
}
