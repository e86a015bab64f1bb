package hub

import (
	"context"
	"errors"
	"time"
)

const (
	mediaJob   = "media"
	mediaLease = 5 * time.Minute
	// garbageLook is how often garbage is looked for.
	garbageLook = 30 * time.Second
	// garbageMost is how many media are deleted at a time.
	garbageMost = 50
	// uploadAge is how long an upload may take. What takes longer has come to nothing, as when the hub was killed.
	uploadAge = 24 * time.Hour
)

// garbageLoop deletes the content of media that are gone.
func (h *Hub) garbageLoop(ctx context.Context) {
	for {
		more, err := h.collect(ctx)
		wait := garbageLook
		switch {
		case err != nil && ctx.Err() == nil:
			h.log.WarnContext(ctx, "deleting media failed, trying again", "err", err)
		case more:
			wait = 0
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// collect deletes some: first it is made sure that nobody can attach them, then goes the content, and at last the row. Whatever
// comes between, the next time finds the row.
func (h *Hub) collect(ctx context.Context) (more bool, err error) {
	held, err := h.store.Lease(ctx, mediaJob, mediaLease)
	if err != nil || !held {
		return false, err
	}
	garbage, err := h.store.Garbage(ctx, h.config.MediaAge, uploadAge, garbageMost)
	if err != nil || len(garbage) == 0 {
		return false, err
	}
	answer, err := h.Do(ctx, Actor{}, &condemnMedia{garbage})
	if err != nil {
		return false, err
	}
	condemned := answer.([]MediaSID)
	var deleted []MediaSID
	var failed error // of one: the others go all the same
	for _, sid := range condemned {
		if err := h.config.Blobs.Delete(ctx, sid); err != nil {
			failed = err
			continue
		}
		deleted = append(deleted, sid)
	}
	_, err = h.Do(ctx, Actor{}, &forgetMedia{deleted})
	h.counters.collected.Add(int64(len(deleted)))
	return len(garbage) == garbageMost && len(deleted) > 0 && err == nil, errors.Join(failed, err)
}

// Media reads files that the actor may see; those that are not there, or nobody's business, are left out.
func (h *Hub) Media(ctx context.Context, actor Actor, sids ...MediaSID) ([]*Media, error) {
	all, err := h.store.Media(ctx, actor.viewer(), sids)
	return all, reading("media.get", err)
}

// LinkedMedia reads a file for whoever has a link to it, which was given to somebody who might see it.
func (h *Hub) LinkedMedia(ctx context.Context, sid MediaSID) (*Media, error) {
	all, err := h.store.Media(ctx, Viewer{}, []MediaSID{sid})
	if err == nil && len(all) == 0 {
		err = errNoMedia
	}
	if err != nil {
		return nil, reading("media.get", err)
	}
	return all[0], nil
}
