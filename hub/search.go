package hub

import "context"

// A Search is a question for messages.
type Search struct {
	Query        string          // words, "phrases" and the beginnings of words: inter*
	Conversation ConversationRef // "": all that the actor is in, or for the account all of its service
	After        string          // page token
	Limit        int
	Bytes        int // of content, about; 0: no bound
}

const (
	// freshMost is how many conversations a search brings up to date before it looks, freshSteps in how many steps.
	freshMost  = 20
	freshSteps = 5
)

// Search finds messages, newest first. What was said just now is brought into the index first, as far as that takes
// little; the page says whether it was all.
func (h *Hub) Search(ctx context.Context, actor Actor, s Search) (*SearchPage, error) {
	const op = "message.search"
	terms, err := ParseSearch(s.Query)
	if err == nil {
		err = checkLength(CodeUniqueNameLong, "conversation", string(s.Conversation), h.config.Limits.UniqueName)
	}
	if err == nil {
		err = checkLength(CodeIdentityLong, "identity", actor.Identity, h.config.Limits.Identity)
	}
	if err != nil {
		return nil, reading(op, err)
	}
	complete, err := h.freshen(ctx, actor.viewer(), s.Conversation)
	if err != nil {
		return nil, reading(op, err)
	}
	page, err := h.store.Search(ctx, actor.viewer(), SearchQuery{
		Terms: terms, Conversation: s.Conversation, After: s.After, Limit: s.Limit, Bytes: s.Bytes,
	})
	if err != nil {
		return nil, reading(op, err)
	}
	page.Complete = complete
	return page, nil
}

// freshen brings the index up to date for those conversations in which a search looks, and reports whether it did. A store
// that does not take it now is no reason not to search.
func (h *Hub) freshen(ctx context.Context, v Viewer, ref ConversationRef) (complete bool, err error) {
	sids, complete, err := h.stale(ctx, v, ref)
	if err != nil {
		return false, err
	}
	defer func() {
		for _, sid := range sids { // what the time did not suffice for
			h.unindexed.add(sid, 0)
		}
	}()
	for step := 0; len(sids) > 0; step++ {
		if step == freshSteps {
			return false, nil
		}
		if sids, err = h.index(ctx, sids); err != nil {
			h.log.WarnContext(ctx, "indexing before a search failed", "err", err)
			return false, ctx.Err()
		}
	}
	return complete, nil
}

// stale lists conversations in which a search looks and whose index is behind, and reports whether it is all of them. Of
// a whole service it knows those that were committed to here.
func (h *Hub) stale(ctx context.Context, v Viewer, ref ConversationRef) (sids []ConversationSID, all bool, err error) {
	if v.Identity == "" && ref == "" {
		sids = h.unindexed.pull(freshMost)
		c := &h.counters
		all = h.unindexed.size() == 0 && c.indexing.Load() == 0 && c.surveyed.Load() && !c.overlooked.Load()
		return sids, all, nil
	}
	marks, err := h.store.BehindFor(ctx, v, ref, freshMost+1)
	for _, m := range marks[:min(len(marks), freshMost)] {
		sids = append(sids, m.Conversation)
	}
	return sids, len(marks) <= freshMost, err
}
