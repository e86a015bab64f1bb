package hub

import (
	"context"
	"time"
)

// Blobs keeps the content of media.
type Blobs interface {
	// Delete deletes a content, and is content where there is none.
	Delete(ctx context.Context, sid MediaSID) error
}

// MediaTx is the media's part of a transaction.
type MediaTx interface {
	// Media finds by sid within a service, whatever its state; nil where there is none.
	Media(service ServiceSID, sid MediaSID) (*Media, error)
	// PutMedia saves a new or changed one.
	PutMedia(m *Media) error
	// DropMedia forgets one whose content is deleted.
	DropMedia(sid MediaSID) error
}

// MediaReader reads media.
type MediaReader interface {
	// Media reads those of the sids that the viewer may see, by sid: what is whole and the viewer's own, or attached in a
	// conversation that the viewer is in, checked in the same statement. The account sees all of its service that are whole,
	// and a viewer without a service all that are.
	Media(ctx context.Context, v Viewer, sids []MediaSID) ([]*Media, error)
	// Garbage lists media of all services that are gone, or for so long, by the store's clock, whole but not attached, or
	// not whole.
	Garbage(ctx context.Context, unattached, unfinished time.Duration, limit int) ([]*Media, error)
}
