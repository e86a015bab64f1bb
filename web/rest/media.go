package rest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"parley/hub"
)

// Blobs keeps the content of media. *blob.S3 and blob.Dir of package store/blob implement it.
type Blobs interface {
	hub.Blobs
	// Put keeps all that r gives, or nothing.
	Put(ctx context.Context, sid hub.MediaSID, r io.Reader) (size int64, err error)
	// Open gives a content. ctx holds for as long as it is read.
	Open(ctx context.Context, sid hub.MediaSID) (io.ReadSeekCloser, error)
}

const mediaPath = "/Media/{Sid}"

var mediaOperations = []operation{
	{
		id:     "CreateMedia",
		about:  "Uploads a file: the body as it is, with its Content-Type, or one part of multipart/form-data. What no message carries within five minutes is deleted.",
		method: http.MethodPost, path: "/Media", status: http.StatusCreated, access: byToken, answer: media{}, stream: upload, body: "*/*",
	},
	{
		id: "FetchMedia", about: "Reads what is known of a file, and where its content is.",
		method: http.MethodGet, path: mediaPath, status: http.StatusOK, access: byToken, answer: media{}, serve: fetchMedia,
	},
	{
		id: "DeleteMedia", about: "Deletes a file. Users may delete theirs until a message carries it.",
		method: http.MethodDelete, path: mediaPath, status: http.StatusNoContent, access: byToken, serve: deleteMedia,
	},
	{
		id: "FetchMediaContent", about: "Reads a file's content.",
		method: http.MethodGet, path: mediaPath + "/Content", status: http.StatusOK, access: byToken, stream: content,
	},
	{
		id: "FetchMediaSet", about: `Reads what is known of several files; the body is JSON, {"command":"get","list":[{"media_sid":"ME..."}]}.`,
		method: http.MethodPost, path: "/MediaSet", status: http.StatusOK, access: byToken, answer: []mediaOfSet{}, stream: mediaSet, body: "application/json",
	},
	{
		id: "FetchLinkedMedia", about: "Reads a file's content under an address that was signed for a while.",
		method: http.MethodGet, scope: account, path: contentPath + "{Sid}", status: http.StatusOK, access: byLink, stream: linked,
	},
}

// media is the model of Twilio's media service.
type media struct {
	SID                 hub.MediaSID      `json:"sid" doc:"ME"`
	ServiceSID          hub.ServiceSID    `json:"service_sid"`
	ChannelSID          *string           `json:"channel_sid"`
	MessageSID          *string           `json:"message_sid"`
	DateCreated         date              `json:"date_created"`
	DateUploadUpdated   date              `json:"date_upload_updated"`
	DateUpdated         date              `json:"date_updated"`
	Size                int64             `json:"size"`
	ContentType         string            `json:"content_type"`
	Author              *string           `json:"author"`
	URL                 string            `json:"url"`
	Filename            *string           `json:"filename"`
	Category            hub.MediaCategory `json:"category"`
	IsMultipartUpstream bool              `json:"is_multipart_upstream"`
	Links               mediaLinks        `json:"links"`
}

type mediaLinks struct {
	Content                string `json:"content"`
	ContentDirectTemporary string `json:"content_direct_temporary"`
}

func (c *call) mediaModel(m *hub.Media) *media {
	at := c.url("Media", string(m.SID))
	path, _ := c.api.links.Sign(m.SID)
	return &media{
		SID: m.SID, ServiceSID: m.Service, ChannelSID: orNull(string(m.Conversation)), MessageSID: orNull(string(m.Message)),
		DateCreated: date(m.DateCreated), DateUploadUpdated: date(m.DateUpdated), DateUpdated: date(m.DateUpdated),
		Size: m.Size, ContentType: m.ContentType, Author: orNull(m.Author), URL: at, Filename: orNull(m.Filename),
		Category: m.Category, Links: mediaLinks{at + "/Content", c.origin + path},
	}
}

// media reads one that the asker may see.
func (c *call) media(ctx context.Context) (*hub.Media, error) {
	found, err := c.api.hub.Media(ctx, c.actor(), hub.MediaSID(c.path["Sid"]))
	if err == nil && (len(found) == 0 || c.api.blobs == nil) {
		err = absent(c.self)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

func fetchMedia(ctx context.Context, c *call) (any, error) {
	m, err := c.media(ctx)
	if err != nil {
		return nil, err
	}
	return c.mediaModel(m), nil
}

func deleteMedia(ctx context.Context, c *call) (any, error) {
	_, err := c.do(ctx, &hub.DropMedia{SID: hub.MediaSID(c.path["Sid"])})
	return nil, c.absentMedia(err)
}

// absentMedia has a file that the path names and is not there told as anything else.
func (c *call) absentMedia(err error) error {
	if err != nil && hub.AsError(err).Code == hub.CodeMediaAbsent {
		return absent(c.self)
	}
	return err
}

// mediaOfSet is one of several media, or that it is not there.
type mediaOfSet struct {
	Code   int    `json:"code"`
	SID    string `json:"media_sid" doc:"ME"`
	Record *media `json:"media_record,omitempty"`
}

const (
	mostSet     = 100
	mostSetBody = 64 << 10
)

// mediaSet answers for each file that is asked for, in that order.
func mediaSet(w http.ResponseWriter, r *http.Request, c *call) error {
	var asked struct {
		Command string `json:"command"`
		List    []struct {
			SID hub.MediaSID `json:"media_sid"`
		} `json:"list"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostSetBody)).Decode(&asked)
	if err != nil || asked.Command != "get" || len(asked.List) > mostSet {
		return hub.Errorf(hub.CodeInvalidParams, `the body must be {"command":"get","list":[{"media_sid":"ME..."}]} with at most %d`, mostSet)
	}
	sids := make([]hub.MediaSID, len(asked.List))
	for i, of := range asked.List {
		sids[i] = of.SID
	}
	ctx, cancel := context.WithTimeout(r.Context(), serveWithin)
	defer cancel()
	found, err := c.api.hub.Media(ctx, c.actor(), sids...)
	if err != nil {
		return err
	}
	records := map[hub.MediaSID]*media{}
	for _, m := range found {
		records[m.SID] = c.mediaModel(m)
	}
	answer := make([]mediaOfSet, len(sids))
	for i, sid := range sids {
		answer[i] = mediaOfSet{http.StatusOK, string(sid), records[sid]}
		if records[sid] == nil {
			answer[i].Code = http.StatusNotFound
		}
	}
	return reply(w, http.StatusOK, answer)
}
