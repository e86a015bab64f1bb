package bus

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"parley/hub"
)

// Show has this hub's card be seen by the others, as it is at each renewal of the lease.
func (b *Redis) Show(card func() hub.Card) {
	b.leases.card.Store(&card)
	b.leases.sayAgain()
}

// show puts the card where the others find it.
func (l *leases) show(ctx context.Context) error {
	card := l.card.Load()
	if card == nil {
		return nil
	}
	c := (*card)()
	c.ID = l.bus.id
	text, err := json.Marshal(&c)
	if err != nil {
		return err
	}
	return l.bus.service.Set(ctx, l.key("card", l.bus.id), text, l.bus.config.Lease).Err()
}

// Hubs gives the cards of all hubs that live, this one's too, by name. They are at most a third of a lease old. A hub whose card
// is missing, or cannot be read by this release, has its id alone.
func (b *Redis) Hubs(ctx context.Context) ([]hub.Card, error) {
	l := b.leases
	ids, err := b.service.SMembers(ctx, l.key("hubs")).Result()
	if err != nil {
		return nil, err
	}
	how, err := l.ask(ctx, ids)
	if err != nil {
		return nil, err
	}
	var cards []hub.Card
	for _, id := range ids {
		if how[id] != present {
			continue
		}
		text, err := b.service.Get(ctx, l.key("card", id)).Bytes()
		if err != nil && !errors.Is(err, redis.Nil) {
			return nil, err
		}
		var card hub.Card
		if json.Unmarshal(text, &card) != nil {
			card = hub.Card{ID: id, Name: id}
		}
		cards = append(cards, card)
	}
	slices.SortFunc(cards, func(a, b hub.Card) int {
		return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
	})
	return cards, nil
}
