package hub

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"
	"time"
)

const (
	// headsBatch is how many conversations or users are compared with the store in one query (rule R17).
	headsBatch = 1000
	// unwellEvery is how often everything is compared while no bus brings what other hubs do.
	unwellEvery = 5 * time.Second
	// syncPatience is how long a room may wait for its topic before the store alone must do.
	syncPatience = 5 * time.Second
)

// doubt has everything compared at once.
func (h *Hub) doubt() {
	select {
	case h.doubts <- struct{}{}:
	default:
	}
}

// compareLoop compares rooms and users with the store, always: spread over the interval, and all at once, those with the
// most subscribers first, when something may have been lost (rule R17).
func (h *Hub) compareLoop(ctx context.Context) {
	urgent := false
	for ctx.Err() == nil {
		rooms, users := h.comparable()
		parts := slices.Collect(slices.Chunk(rooms, headsBatch))
		every := h.config.Compare
		if h.bus != nil && !h.well.Load() {
			every = min(every, unwellEvery)
		}
		pause := every / time.Duration(len(parts)+1)
		if urgent {
			pause = 0
		}
		if err := h.relearn(ctx); err != nil && ctx.Err() == nil {
			h.log.WarnContext(ctx, "reading the services failed", "err", err)
		}
		urgent = h.compareOnce(ctx, parts, users, pause)
	}
}

// compareOnce compares everything, with a pause between any two parts and at the end. It reports whether to begin anew at
// once: the store did not answer, or something was doubted meanwhile, also of what had been compared before.
func (h *Hub) compareOnce(ctx context.Context, parts [][]*room, users []UserSID, pause time.Duration) (urgent bool) {
	well := h.comparePart(ctx, nil, users)
	for _, part := range parts {
		if h.pause(ctx, pause) {
			return true
		}
		well = h.comparePart(ctx, part, nil) && well
	}
	return h.pause(ctx, max(pause, time.Second)) || !well
}

// comparable is what there is to compare: rooms, those with the most subscribers first, and users with sessions here.
func (h *Hub) comparable() ([]*room, []UserSID) {
	rooms := h.rooms.all()
	size := make(map[*room]int, len(rooms))
	for _, r := range rooms {
		r.mu.RLock()
		size[r] = len(r.cursors)
		r.mu.RUnlock()
	}
	slices.SortFunc(rooms, func(a, b *room) int { return cmp.Compare(size[b], size[a]) })
	return rooms, h.presence.all(false)
}

// pause waits, and reports whether something was doubted meanwhile. No time at all does not even look.
func (h *Hub) pause(ctx context.Context, d time.Duration) (doubted bool) {
	if d == 0 {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return false
	case <-ctx.Done():
		return false
	case <-h.doubts:
		return true
	}
}

// comparePart compares some rooms and users. It reports false where the store did not answer.
func (h *Hub) comparePart(ctx context.Context, rooms []*room, users []UserSID) bool {
	h.checkEpoch()
	for _, user := range h.presence.all(true) {
		h.watched.add(user, 0)
	}
	rooms = slices.DeleteFunc(rooms, func(r *room) bool {
		r.mu.RLock()
		defer r.mu.RUnlock()
		return !r.synced && h.well.Load() && time.Since(r.touched) < syncPatience // its topic is being subscribed to
	})
	err := h.syncAll(ctx, rooms)
	for part := range slices.Chunk(users, headsBatch) {
		if err == nil {
			err = h.compareUsers(ctx, part)
		}
	}
	if err != nil && ctx.Err() == nil {
		h.log.WarnContext(ctx, "comparing with the store failed", "err", err)
	}
	return err == nil
}

// syncAll reads the heads of rooms and tells them.
func (h *Hub) syncAll(ctx context.Context, rooms []*room) error {
	for part := range slices.Chunk(rooms, headsBatch) {
		sids := make([]ConversationSID, len(part))
		for i, r := range part {
			sids[i] = r.sid
		}
		heads, err := h.store.Heads(ctx, sids)
		if err != nil {
			return err
		}
		marks := make(map[ConversationSID]HeadMark, len(heads))
		for _, m := range heads {
			marks[m.Conversation] = m
		}
		for _, r := range part {
			m, ok := marks[r.sid]
			h.sync(r, m.Revision, !ok || m.Deleted)
		}
	}
	return nil
}

// compareUsers reads how far users are and tells their sessions.
func (h *Hub) compareUsers(ctx context.Context, users []UserSID) error {
	marks, err := h.store.UserMarks(ctx, users)
	if err != nil {
		return err
	}
	for _, m := range gone(users, marks) {
		h.mark(m)
	}
	return nil
}

// gone adds to marks those users that are there no more: they are as good as barred.
func gone(users []UserSID, marks []UserMark) []UserMark {
	there := make(map[UserSID]bool, len(marks))
	for _, m := range marks {
		there[m.User] = true
	}
	for _, user := range users {
		if !there[user] {
			marks = append(marks, UserMark{User: user, Barred: true})
		}
	}
	return marks
}

// syncLoop syncs rooms whose topics are subscribed to now.
func (h *Hub) syncLoop(ctx context.Context) {
	for rooms := h.syncs.take(ctx, headsBatch); rooms != nil; rooms = h.syncs.take(ctx, headsBatch) {
		if err := h.syncAll(ctx, rooms); err != nil && ctx.Err() == nil {
			h.log.WarnContext(ctx, "reading how far conversations are failed, trying again", "err", err)
			for _, r := range rooms {
				h.syncs.add(r, gapRetry)
			}
		}
	}
}

// markLoop compares users whose topics are subscribed to now.
func (h *Hub) markLoop(ctx context.Context) {
	for users := h.marks.take(ctx, headsBatch); users != nil; users = h.marks.take(ctx, headsBatch) {
		if err := h.compareUsers(ctx, users); err != nil && ctx.Err() == nil {
			h.log.WarnContext(ctx, "reading how far users are failed, trying again", "err", err)
			for _, user := range users {
				h.marks.add(user, gapRetry)
			}
		}
	}
}

// strayLoop tells other hubs how far conversations are of which they may have missed something.
func (h *Hub) strayLoop(ctx context.Context) {
	for sids := h.astray.take(ctx, headsBatch); sids != nil; sids = h.astray.take(ctx, headsBatch) {
		heads, err := h.store.Heads(ctx, sids)
		if err != nil {
			for _, sid := range sids {
				h.astray.add(sid, gapRetry)
			}
			continue
		}
		for _, m := range heads {
			if m.Deleted {
				h.tell(string(m.Conversation), &packet{kind: packetDeleted, conversation: m.Conversation, revision: m.Revision})
			} else {
				h.look(m.Conversation, m.Revision)
			}
		}
	}
}

// strayedLoop is strayLoop for users.
func (h *Hub) strayedLoop(ctx context.Context) {
	for users := h.strayed.take(ctx, headsBatch); users != nil; users = h.strayed.take(ctx, headsBatch) {
		marks, err := h.store.UserMarks(ctx, users)
		if err != nil {
			for _, user := range users {
				h.strayed.add(user, gapRetry)
			}
			continue
		}
		for _, m := range gone(users, marks) {
			h.markEverywhere(m)
		}
	}
}

// markEverywhere tells every hub how far a user is.
func (h *Hub) markEverywhere(m UserMark) {
	h.mark(m)
	p := &packet{kind: packetMark, user: m.User, userRevision: m.Revision}
	if m.Barred {
		p.number = 1
	}
	h.tell(string(m.User), p)
}

// epoch is the store's history by name, and in a few bytes as hubs tell it to each other.
type epoch struct {
	name string
	hash uint32
}

// checkEpoch ends all sessions when the store's history was replaced by another: they come back, and are told (rule
// R4). Their rooms end with them.
func (h *Hub) checkEpoch() {
	name, before := h.store.Epoch(), h.epoch.Load()
	if before != nil && before.name == name {
		return
	}
	hash := fnv.New32a()
	hash.Write([]byte(name))
	if !h.epoch.CompareAndSwap(before, &epoch{name, hash.Sum32()}) || before == nil {
		return
	}
	h.log.Warn("the store has another history: every session starts afresh", "epoch", name)
	h.rooms.giveUp() // before anything of the new history is delivered
	for _, user := range h.presence.all(false) {
		for _, f := range h.presence.feeds(user) {
			f.sub.End(CodeUnavailable)
		}
	}
}
