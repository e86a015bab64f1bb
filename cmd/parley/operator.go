package main

import (
	"context"
	"maps"
	"slices"

	"parley/hub"
	"parley/web/app"
	"parley/web/operator"
)

// operator is what the admin listener shows besides metrics.
func (s *server) operator(set setup) *operator.Operator {
	config := operator.Config{
		Hub: s.hub, Sessions: s.sessions.Stats, Card: s.card, Hubs: s.hubs, Parts: s.parts,
		Store: outwardStore(s.flags.Store), Page: app.Operator(), Token: set.authToken, Log: s.log,
	}
	if s.bus != nil {
		config.Bus = s.bus.Stats
	}
	return operator.New(config)
}

// parts is how what the hub depends on is, with causes: only operators ask.
func (s *server) parts(ctx context.Context) []operator.Part {
	health := s.health(ctx)
	var parts []operator.Part
	for _, name := range slices.Sorted(maps.Keys(health)) {
		part := operator.Part{Name: name, Vital: health[name].Vital}
		if err := health[name].Err; err != nil {
			part.Cause = err.Error()
		}
		parts = append(parts, part)
	}
	return parts
}

// hubs are those that live, as the bus knows it; where it does not, this one alone.
func (s *server) hubs(ctx context.Context) []hub.Card {
	if s.bus != nil {
		all, err := s.bus.Hubs(ctx)
		if err == nil && len(all) > 0 {
			return all
		}
		s.log.DebugContext(ctx, "other hubs are not known", "err", err)
	}
	return []hub.Card{s.card()}
}

// card is this hub's.
func (s *server) card() hub.Card {
	figures := s.hub.Stats()
	return hub.Card{
		ID: s.flags.HubName, Name: s.flags.HubName, Version: version(), Started: s.started,
		Connections: s.sessions.Stats().Sessions, Users: figures.Users, Rooms: figures.Rooms, Lag: figures.Lag, Memory: held(),
		Deliveries: figures.Deliveries, Commands: figures.Commands,
	}
}
