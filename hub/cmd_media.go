package hub

import (
	"mime"
	"slices"
	"strings"
)

// BeginMedia writes down a file that is about to be uploaded. Answers *Media.
type BeginMedia struct {
	Filename    string
	ContentType string // "" is application/octet-stream
	Category    MediaCategory
}

func (*BeginMedia) op() string              { return "media.begin" }
func (*BeginMedia) target() ConversationRef { return "" }

// anyType is the type of what nothing is known of (RFC 2046 section 4.5.1).
const anyType = "application/octet-stream"

func (cmd *BeginMedia) run(t *turn) (any, error) {
	if err := t.uploader(); err != nil {
		return nil, err
	}
	m := &Media{
		SID: NewMediaSID(), Service: t.actor.Service, Author: t.actor.Identity, Filename: cmd.Filename,
		ContentType: cmd.ContentType, Category: cmd.Category, State: MediaUploading, DateCreated: t.now, DateUpdated: t.now,
	}
	if m.ContentType == "" {
		m.ContentType = anyType
	}
	if m.Category == "" {
		m.Category = CategoryMedia
	}
	if err := m.check(t.limits); err != nil {
		return nil, err
	}
	return m, t.PutMedia(m)
}

// uploader refuses a user who was shut out, and makes one who was never seen.
func (t *turn) uploader() error {
	if t.actor.account() {
		return nil
	}
	if err := t.barred(); err != nil {
		return err
	}
	_, err := t.user(t.actor.Identity)
	return err
}

// mostType is the length of a type; RFC 6838 section 4.2 has 127 for each half.
const mostType = 255

func (m *Media) check(limits *Limits) error {
	if err := checkLength(CodeMediaName, "filename", m.Filename, limits.Filename); err != nil {
		return err
	}
	if err := checkText("content_type", m.ContentType); err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(m.ContentType); err != nil || !strings.Contains(kind, "/") || len(m.ContentType) > mostType {
		return Errorf(CodeMediaType, "content_type is not a media type of at most %d bytes", mostType)
	}
	if !slices.Contains([]MediaCategory{CategoryMedia, CategoryBody, CategoryHistory}, m.Category) {
		return Errorf(CodeMediaCategory, "category must be media, body or history")
	}
	return nil
}

// FinishMedia says that a file is whole. Answers *Media.
type FinishMedia struct {
	SID  MediaSID
	Size int64
}

func (*FinishMedia) op() string              { return "media.finish" }
func (*FinishMedia) target() ConversationRef { return "" }

func (cmd *FinishMedia) run(t *turn) (any, error) {
	m, err := t.Media(t.actor.Service, cmd.SID)
	if err != nil {
		return nil, err
	}
	if m == nil || m.State != MediaUploading || m.Author != t.actor.Identity {
		return nil, errNoMedia
	}
	m.State, m.Size, m.DateUpdated = MediaWhole, cmd.Size, t.now
	return m, t.PutMedia(m)
}

// errNoMedia is the answer for a file that is not there, or is nobody's business.
var errNoMedia = Errorf(CodeMediaAbsent, "media not found")

// DropMedia deletes a file. Whoever uploaded it may before it is attached; the account always, and its message then names a
// file that is not there any more. Answers nil.
type DropMedia struct{ SID MediaSID }

func (*DropMedia) op() string              { return "media.drop" }
func (*DropMedia) target() ConversationRef { return "" }

func (cmd *DropMedia) run(t *turn) (any, error) {
	if err := t.uploader(); err != nil {
		return nil, err
	}
	m, err := t.Media(t.actor.Service, cmd.SID)
	if err != nil {
		return nil, err
	}
	switch {
	case m == nil || m.State == MediaGone:
		return nil, errNoMedia
	case t.actor.account():
	case m.Author != t.actor.Identity:
		return nil, errNoMedia
	case m.State == MediaAttached:
		return nil, Errorf(CodeMediaTaken, "the media belongs to a message; remove that")
	}
	m.State, m.DateUpdated = MediaGone, t.now
	t.after = append(t.after, (*Hub).poke)
	return nil, t.PutMedia(m)
}

// forgetMedia takes away rows whose content is deleted. Only the hub itself runs it.
type forgetMedia struct{ sids []MediaSID }

func (*forgetMedia) op() string              { return "media.forget" }
func (*forgetMedia) target() ConversationRef { return "" }

func (cmd *forgetMedia) run(t *turn) (any, error) {
	for _, sid := range cmd.sids {
		if err := t.DropMedia(sid); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// condemnMedia marks what nobody attached in time, so that it cannot be attached while its content is deleted. Only the hub
// itself runs it. Answers []MediaSID: those whose content is to be deleted.
type condemnMedia struct {
	media []*Media
}

func (*condemnMedia) op() string              { return "media.condemn" }
func (*condemnMedia) target() ConversationRef { return "" }

func (cmd *condemnMedia) run(t *turn) (any, error) {
	var condemned []MediaSID
	for _, found := range cmd.media {
		m, err := t.Media(found.Service, found.SID)
		if err != nil {
			return nil, err
		}
		if m == nil || m.State != found.State || !m.DateUpdated.Equal(found.DateUpdated) {
			continue // it changed meanwhile
		}
		if m.State != MediaGone {
			m.State, m.DateUpdated = MediaGone, t.now
			if err := t.PutMedia(m); err != nil {
				return nil, err
			}
		}
		condemned = append(condemned, m.SID)
	}
	return condemned, nil
}
