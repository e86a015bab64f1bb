package hub

import (
	"context"
	"errors"
)

const (
	// eraseRange is how many messages of a conversation one commit looks through, and eraseMost how many it removes: nobody
	// who writes is held up for long.
	eraseRange = 2000
	eraseMost  = 100
	// erasePage is how many conversations are listed, and so worked on, at a time.
	erasePage = 64
)

// EraseUser has the service forget an identity: whatever it said is removed, with files and reactions, it is in no
// conversation any more, and what is left of its messages and memberships, so that indexes and revisions stay without gaps,
// does not bear its name. Others see messages go as when each is deleted. The user's sessions end, and who comes later as the
// same identity is somebody new. An identity that is nobody's may be an address, or of an erasure that was cut short: what there
// is of it goes.
//
// It works in small commits. Where it fails on the way, or the hub does, the user stays barred, and asking again goes on.
func (h *Hub) EraseUser(ctx context.Context, actor Actor, identity string) error {
	answer, err := h.Do(ctx, actor, &BarUser{Identity: identity}) // from now on nothing is added
	if err != nil {
		return err
	}
	for range leaveRounds {
		if err = h.eraseTraces(ctx, actor, identity); err != nil {
			return err
		}
		if _, err = h.Do(ctx, actor, &dropUser{answer.(*User)}); !errors.Is(err, errStillIn) {
			break
		}
	}
	if err == nil {
		_, err = h.Do(ctx, actor, &forgetFiles{identity})
	}
	if err != nil {
		return err
	}
	return h.scrub(ctx)
}

// EraseConversation removes a conversation, and all that was in it, for good. One that is not there may be of an erasure
// that was cut short: what there is of it goes.
func (h *Hub) EraseConversation(ctx context.Context, actor Actor, ref ConversationRef) error {
	if _, err := h.Do(ctx, actor, &DeleteConversation{Conversation: ref}); err != nil && !errors.Is(err, ErrAbsent) {
		return err
	}
	return h.scrub(ctx)
}

// scrub has everything that was deleted be gone before it returns: rows, words, files, and their bytes. Files that another
// hub is deleting are gone soon.
func (h *Hub) scrub(ctx context.Context) error {
	for more := true; more; {
		var err error
		if more, err = h.store.Purge(ctx); err != nil {
			return reading("erase", err)
		}
	}
	for more := true; more && h.config.Blobs != nil; {
		var err error
		if more, err = h.collect(ctx); err != nil {
			return reading("erase", err)
		}
	}
	return reading("erase", h.store.Scrub(ctx))
}

// eraseTraces goes through all conversations of the service.
func (h *Hub) eraseTraces(ctx context.Context, actor Actor, identity string) error {
	q := ServiceQuery{PageQuery: PageQuery{Limit: erasePage}}
	for {
		page, err := h.store.ServiceConversations(ctx, actor.Service, q)
		if err != nil {
			return reading("erase", err)
		}
		if err := h.eraseIn(ctx, actor, identity, page.Views); err != nil {
			return err
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

// eraseIn goes through some conversations beside each other, and brings the index of words up to date for those where
// something was.
func (h *Hub) eraseIn(ctx context.Context, actor Actor, identity string, views []*ConversationView) error {
	ways := make([]*erasing, len(views))
	for i, view := range views {
		ways[i] = &erasing{conversation: view.SID, identity: identity}
	}
	var touched []ConversationSID
	for len(ways) > 0 {
		outcomes := make(chan eraseOutcome, len(ways)) // size: the committer never waits for a caller that gave up
		for _, w := range ways {
			h.Submit(actor, &eraseStep{*w}, func(answer any, err error) {
				then, _ := answer.(*erasing)
				outcomes <- eraseOutcome{then, err}
			})
		}
		ways = ways[:0:0]
		for range cap(outcomes) {
			var o eraseOutcome
			select {
			case o = <-outcomes:
			case <-ctx.Done():
				o.err = unavailable(ctx.Err())
			}
			switch {
			case o.err != nil:
				return o.err
			case o.then == nil: // it is deleted
			case !o.then.done:
				ways = append(ways, o.then)
			case o.then.found:
				touched = append(touched, o.then.conversation)
			}
		}
	}
	for len(touched) > 0 {
		var err error
		if touched, err = h.index(ctx, touched); err != nil {
			return reading("erase", err)
		}
	}
	return nil
}

// eraseOutcome is how a step ended.
type eraseOutcome struct {
	then *erasing
	err  error
}

// erasing is the way through one conversation.
type erasing struct {
	conversation ConversationSID
	identity     string
	from         int64 // index of the first message that was not looked at
	found, done  bool
}

// Traces reads what an identity left among some messages of a conversation, and its memberships. The account's alone.
func (h *Hub) Traces(ctx context.Context, actor Actor, c ConversationSID, q TraceQuery) (*Traces, error) {
	if err := actor.needAccount(); err != nil {
		return nil, reading("export", err)
	}
	left, err := h.store.Traces(ctx, actor.Service, c, q)
	return left, reading("export", err)
}
