package hub

import "time"

// A Media is a file that somebody uploaded. Its content is with the Blobs, under its sid. Before it is attached it is its
// author's alone; then it is seen by whoever sees the message, and goes when that goes.
type Media struct {
	SID         MediaSID
	Service     ServiceSID
	Author      string // identity; "" is the account
	Filename    string // "" reads as null; at most 256 code points
	ContentType string // as the uploader said
	Category    MediaCategory
	Size        int64 // bytes; known once it is whole
	State       MediaState

	// Of the message, once attached.
	Conversation ConversationSID
	Message      MessageSID

	DateCreated time.Time
	DateUpdated time.Time
}

// MediaSID names an uploaded file (ME...).
type MediaSID string

// NewMediaSID makes a fresh name.
func NewMediaSID() MediaSID { return MediaSID(newSID("ME", clock())) }

// MediaState is where a file is in its life.
type MediaState string

// A file is written down before its content is, so that content without a row cannot be: what comes to nothing is found by
// its row.
const (
	MediaUploading MediaState = "uploading"
	MediaWhole     MediaState = "whole"
	MediaAttached  MediaState = "attached"
	MediaGone      MediaState = "gone" // its content is to be deleted, and then the row
)

// MediaCategory says what a file is to its message.
type MediaCategory string

// The categories, Twilio's.
const (
	CategoryMedia   MediaCategory = "media"
	CategoryBody    MediaCategory = "body"
	CategoryHistory MediaCategory = "history"
)

// An Attachment is what a message says of a file that it carries. It never changes.
type Attachment struct {
	SID         MediaSID      `json:"sid"`
	Size        int64         `json:"size"`
	ContentType string        `json:"content_type"`
	Filename    string        `json:"filename"`
	Category    MediaCategory `json:"category"`
}

// attach has a message carry files, in the order given: each is whole, carried by no other, and the sender's own unless the
// account sends.
func (a *access) attach(m *Message, sids []MediaSID) error {
	for _, sid := range sids {
		media, err := a.t.Media(a.thread.Service, sid)
		if err != nil {
			return err
		}
		switch {
		case media == nil || media.State == MediaGone || !a.t.actor.account() && media.Author != a.t.actor.Identity:
			return Errorf(CodeMediaAbsent, "media %s not found", sid)
		case media.State == MediaUploading:
			return Errorf(CodeMediaAbsent, "media %s is not uploaded yet", sid)
		case media.State == MediaAttached:
			return Errorf(CodeMediaTaken, "media %s belongs to another message already", sid)
		}
		media.State, media.Conversation, media.Message, media.DateUpdated = MediaAttached, m.Conversation, m.SID, a.t.now
		if err := a.t.PutMedia(media); err != nil {
			return err
		}
		m.Media = append(m.Media, Attachment{media.SID, media.Size, media.ContentType, media.Filename, media.Category})
	}
	return nil
}

// discard has the files of a message go with it.
func (t *turn) discard(m *Message) error {
	for _, of := range m.Media {
		media, err := t.Media(t.actor.Service, of.SID)
		if err != nil {
			return err
		}
		if media == nil {
			continue
		}
		media.State, media.DateUpdated = MediaGone, t.now
		if err := t.PutMedia(media); err != nil {
			return err
		}
	}
	if len(m.Media) > 0 {
		t.after = append(t.after, (*Hub).poke)
	}
	return nil
}
