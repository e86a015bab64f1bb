package hub

import (
	"context"
	"sync"
)

// known is what a hub remembers of services and of the account's configuration, which are asked for all the time and change
// rarely. What changes them here makes it forget before anybody is answered; what changes them elsewhere is heard of, and
// all is read again whenever rooms and users are compared.
type known struct {
	mu       sync.RWMutex
	era      uint64                  // rises when what is read may be out of date
	fresh    bool                    // the rest is of this era
	services map[ServiceSID]*Service // as last read
	config   *Configuration
}

// forget has everything read again before it is next told.
func (k *known) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.era++
	k.fresh = false
}

// service is a service as last read, nil for one that was not there.
func (k *known) service(sid ServiceSID) *Service {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.services[sid]
}

// now is what is known, unless it must be read.
func (k *known) now() (services map[ServiceSID]*Service, config *Configuration, era uint64, fresh bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.services, k.config, k.era, k.fresh
}

// keep takes over what was read, unless something has changed since it was begun to be.
func (k *known) keep(services map[ServiceSID]*Service, config *Configuration, era uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.era == era {
		k.services, k.config, k.fresh = services, config, true
	}
}

// recall gives services and configuration, read where they must be. They must not be changed.
func (h *Hub) recall(ctx context.Context) (map[ServiceSID]*Service, *Configuration, error) {
	services, config, era, fresh := h.known.now()
	if fresh {
		return services, config, nil
	}
	return h.learn(ctx, era)
}

// learn reads services and configuration; era is of before.
func (h *Hub) learn(ctx context.Context, era uint64) (map[ServiceSID]*Service, *Configuration, error) {
	all, err := h.store.Services(ctx)
	if err != nil {
		return nil, nil, err
	}
	record, err := h.store.Record(ctx, RecordConfiguration, "", "")
	if err != nil {
		return nil, nil, err
	}
	config, err := configurationOf(record)
	if err != nil {
		return nil, nil, err
	}
	services := make(map[ServiceSID]*Service, len(all))
	for _, s := range all {
		services[s.SID] = s
	}
	h.known.keep(services, config, era)
	return services, config, nil
}

// relearn reads services and configuration again, and ends the sessions of services that are there no more.
func (h *Hub) relearn(ctx context.Context) error {
	present := h.presence.services() // before the read: of a service that is made since there may be sessions after it
	_, _, era, _ := h.known.now()
	services, _, err := h.learn(ctx, era)
	if err != nil {
		return err
	}
	for sid, users := range present {
		if services[sid] != nil {
			continue
		}
		for _, user := range users {
			for _, f := range h.presence.feeds(user) {
				f.sub.End(CodeServiceAbsent)
			}
		}
	}
	return nil
}

// learnLoop relearns when something is heard to have changed.
func (h *Hub) learnLoop(ctx context.Context) {
	for {
		select {
		case <-h.altered:
		case <-ctx.Done():
			return
		}
		if err := h.relearn(ctx); err != nil && ctx.Err() == nil {
			h.log.WarnContext(ctx, "reading the services failed, comparing will", "err", err)
		}
	}
}

// alter says that a service or the configuration was changed.
func (h *Hub) alter() {
	h.known.forget()
	select {
	case h.altered <- struct{}{}:
	default:
	}
}

// alterEverywhere is alter for every hub.
func (h *Hub) alterEverywhere(sid ServiceSID) {
	h.alter()
	h.tell(everyHub, &packet{kind: packetService, service: sid})
}

// Service finds a service, which must not be changed; an unknown one is CodeServiceAbsent.
func (h *Hub) Service(ctx context.Context, sid ServiceSID) (*Service, error) {
	services, _, err := h.recall(ctx)
	if err == nil && services[sid] == nil { // another hub may just have made it
		_, _, era, _ := h.known.now()
		services, _, err = h.learn(ctx, era)
	}
	switch {
	case err != nil:
		return nil, reading("service.get", err)
	case services[sid] == nil:
		return nil, errNoService
	}
	return services[sid], nil
}

// Default is the service of those who name none: the one that the account chose, otherwise the given one.
func (h *Hub) Default(ctx context.Context, otherwise ServiceSID) (ServiceSID, error) {
	_, config, err := h.recall(ctx)
	if err != nil {
		return "", reading("configuration.get", err)
	}
	if config.DefaultService != "" {
		return config.DefaultService, nil
	}
	return otherwise, nil
}

// services are the users with sessions here, by service.
func (p *presence) services() map[ServiceSID][]UserSID {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[ServiceSID][]UserSID{}
	for user, u := range p.users {
		if len(u.feeds) > 0 {
			all[u.service] = append(all[u.service], user)
		}
	}
	return all
}
