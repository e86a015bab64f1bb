package main

import (
	"context"
	"errors"
	"fmt"

	hist "parley/cmd/parley/history"
	"parley/hub"
	"parley/session/client"
)

// definite reports whether a call certainly had no effect.
func definite(err error) bool {
	e, ok := errors.AsType[*client.Error](err)
	return ok && e.Definite
}

// load is what a person does until stop is closed; what it has begun it ends.
func (p *person) load(ctx context.Context, what int, stop <-chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		default:
		}
		at := p.places[p.rng.IntN(len(p.places))]
		p.talk(ctx, at)
		switch what {
		case creator:
			p.churn(ctx, at)
		case deputy:
			p.mend(ctx)
		case reader:
			p.read(ctx, at)
		case wanderer:
			p.wander(ctx, at)
		}
	}
}

// talk sends a few messages to one conversation without waiting between them, and then waits for all. Now and then one is
// given up at once.
func (p *person) talk(ctx context.Context, at *place) {
	type sending struct {
		*client.Sending
		op *hist.Op
	}
	var all []sending
	for range 1 + p.rng.IntN(4) {
		p.sent++
		d := client.Draft{Body: fmt.Sprintf("%d of %s", p.sent, p.name), Nonce: fmt.Sprintf("%s-%d", p.name, p.sent)}
		op := p.town.record.Invoke(p.name, hist.Call{
			Action: hist.Send, Conversation: at.sid, Message: &hist.Message{Nonce: d.Nonce, Body: d.Body},
		})
		s, err := p.Enqueue(at.sid, d)
		if err != nil {
			outcome(op, nil, err)
			continue
		}
		all = append(all, sending{s, op})
	}
	if p.rng.IntN(50) == 0 && len(all) > 0 {
		all[p.rng.IntN(len(all))].Cancel()
	}
	for _, s := range all {
		m, err := s.Wait(ctx)
		outcome(s.op, m, err)
		if err == nil {
			p.town.acks.Add(1)
			p.own = append(p.own, spot{at.sid, m.Index})
		}
	}
}

// churn has the creator remove the outsider, or add it again: whichever it is not.
func (p *person) churn(ctx context.Context, at *place) {
	who := at.town[outsider].identity
	if p.rng.IntN(2) == 0 {
		p.remove(ctx, at.sid, who) //nolint:errcheck // recorded
	} else {
		p.add(ctx, at.sid, who, "") //nolint:errcheck // recorded
	}
}

// mend has the deputy delete or edit one of its own messages.
func (p *person) mend(ctx context.Context) {
	if len(p.own) == 0 {
		return
	}
	at := p.own[p.rng.IntN(len(p.own))]
	switch p.rng.IntN(4) {
	case 0:
		p.delete(ctx, at) //nolint:errcheck // recorded
	case 1:
		p.edit(ctx, at, fmt.Sprintf("mended by %s", p.name)) //nolint:errcheck // recorded
	}
}

// read moves the reader's horizon to what it has seen, where it is on it.
func (p *person) read(ctx context.Context, at *place) {
	next := p.due(at.sid)
	if next == 0 {
		return
	}
	h := p.horizons[at.sid]
	if h == nil {
		h = &horizon{acked: -1, asked: -1}
		p.horizons[at.sid] = h
	}
	h.asked = max(h.asked, next-1)
	if _, err := p.AdvanceRead(ctx, at.sid, next-1); err == nil {
		h.acked = max(h.acked, next-1)
	}
}

// wander joins a conversation, or leaves it.
func (p *person) wander(ctx context.Context, at *place) {
	if err := p.join(ctx, at.sid); errors.Is(err, &hub.Error{Code: hub.CodeAlreadyIn}) {
		p.leave(ctx, at.sid) //nolint:errcheck // recorded
	}
}
