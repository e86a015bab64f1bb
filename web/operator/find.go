package operator

import (
	"context"
	"net/http"
	"time"

	"parley/hub"
)

// Found is what there is by a name, in all services.
type Found struct {
	Users         []User         `json:"users"`
	Conversations []Conversation `json:"conversations"`
}

// User is what an operator sees of one.
type User struct {
	SID           hub.UserSID    `json:"sid"`
	Service       hub.ServiceSID `json:"service"`
	Identity      string         `json:"identity"`
	FriendlyName  string         `json:"friendly_name"`
	Barred        bool           `json:"barred"`
	Sessions      []string       `json:"sessions"`      // on this hub
	Conversations int            `json:"conversations"` // that the user is in, up to one more than mostListed
	Created       time.Time      `json:"created"`
}

// Conversation is what an operator sees of one.
type Conversation struct {
	SID          hub.ConversationSID `json:"sid"`
	Service      hub.ServiceSID      `json:"service"`
	UniqueName   string              `json:"unique_name"`
	FriendlyName string              `json:"friendly_name"`
	State        hub.State           `json:"state"`
	Messages     int64               `json:"messages"` // that were sent, deleted ones too
	Revision     hub.Revision        `json:"revision"`
	Participants []Participant       `json:"participants"` // the first mostListed
	More         bool                `json:"more"`         // there are others
	Created      time.Time           `json:"created"`
	Updated      time.Time           `json:"updated"`
}

// Participant is one of a conversation's.
type Participant struct {
	SID      hub.ParticipantSID `json:"sid"`
	Identity string             `json:"identity"` // "" where it is an address
	Address  string             `json:"address"`
}

const (
	mostListed = 100
	// findWithin is for a search.
	findWithin = 10 * time.Second
	// mostName is longer than any name.
	mostName = 1000
)

// find looks for a name: an identity or a unique name, whole and exactly, or a sid.
func (o *Operator) find(r *http.Request) (any, error) {
	name := r.URL.Query().Get("name")
	if name == "" || len(name) > mostName {
		return nil, hub.Errorf(hub.CodeInvalidParams, "name: an identity, a unique name or a sid of at most %d bytes", mostName)
	}
	ctx, cancel := context.WithTimeout(r.Context(), findWithin)
	defer cancel()
	services, err := o.config.Hub.Services(ctx)
	if err != nil {
		return nil, err
	}
	found := &Found{Users: []User{}, Conversations: []Conversation{}}
	for _, service := range services {
		if err := o.findIn(ctx, hub.Actor{Service: service.SID}, name, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (o *Operator) findIn(ctx context.Context, actor hub.Actor, name string, found *Found) error {
	u, err := o.config.Hub.FindUser(ctx, actor, name)
	if err == nil && u != nil {
		user, err := o.user(ctx, u)
		if err != nil {
			return err
		}
		found.Users = append(found.Users, user)
	} else if err != nil && hub.AsError(err).Code != hub.CodeUserAbsent {
		return err
	}
	view, err := o.config.Hub.Conversation(ctx, actor, hub.ConversationRef(name))
	if err == nil {
		conversation, err := o.conversation(ctx, actor, view)
		if err != nil {
			return err
		}
		found.Conversations = append(found.Conversations, conversation)
	} else if hub.AsError(err).Code.Info().Status != http.StatusNotFound {
		return err
	}
	return nil
}

func (o *Operator) user(ctx context.Context, u *hub.User) (User, error) {
	page, err := o.config.Hub.Conversations(ctx, hub.Actor{Service: u.Service, Identity: u.Identity}, hub.ConversationQuery{Limit: mostListed + 1})
	if err != nil {
		return User{}, err
	}
	return User{
		SID: u.SID, Service: u.Service, Identity: u.Identity, FriendlyName: u.FriendlyName, Barred: u.Barred,
		Sessions: append([]string{}, o.config.Hub.Sessions(u.SID)...), Conversations: len(page.Views), Created: u.DateCreated,
	}, nil
}

func (o *Operator) conversation(ctx context.Context, actor hub.Actor, view *hub.ConversationView) (Conversation, error) {
	page, err := o.config.Hub.Participants(ctx, actor, hub.ConversationRef(view.SID), hub.PageQuery{Limit: mostListed})
	if err != nil {
		return Conversation{}, err
	}
	c := Conversation{
		SID: view.SID, Service: view.Service, UniqueName: view.UniqueName, FriendlyName: view.FriendlyName, State: view.State,
		Revision: view.Revision, Participants: []Participant{}, More: page.Next != "", Created: view.DateCreated, Updated: view.DateUpdated,
	}
	if view.Last != nil {
		c.Messages = view.Last.Index + 1
	}
	for _, p := range page.Participants {
		shown := Participant{SID: p.SID, Identity: p.Identity}
		if !p.Chat() {
			shown.Address = p.Binding.Address
		}
		c.Participants = append(c.Participants, shown)
	}
	return c, nil
}
