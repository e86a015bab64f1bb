package rest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"time"

	"parley/hub"
)

// LinkFor is how long a link to the content of a media is good (Twilio: 300 s).
const LinkFor = 5 * time.Minute

// Links signs addresses under which whoever has them gets a media's content, for LinkFor.
type Links struct{ key []byte }

// NewLinks makes links with a key, which all hubs of a cluster share.
func NewLinks(key []byte) *Links {
	digest := sha256.Sum256(append([]byte("parley: links to media\n"), key...))
	return &Links{digest[:]}
}

// contentPath is where content is, before the sid.
const contentPath = "/Content/Media/"

// Sign gives the path of a media's content from now on, and until when it is good.
func (l *Links) Sign(sid hub.MediaSID) (path string, until time.Time) {
	until = time.Now().Add(LinkFor).UTC().Truncate(time.Second)
	expires := strconv.FormatInt(until.Unix(), 10)
	query := url.Values{"expires": {expires}, "signature": {l.signature(sid, expires)}}
	return root + contentPath + url.PathEscape(string(sid)) + "?" + query.Encode(), until
}

// good reports whether a link is one of ours, and not too old.
func (l *Links) good(sid hub.MediaSID, query url.Values) bool {
	expires, signature := query.Get("expires"), query.Get("signature")
	if !hmac.Equal([]byte(signature), []byte(l.signature(sid, expires))) {
		return false
	}
	until, err := strconv.ParseInt(expires, 10, 64)
	return err == nil && time.Now().Unix() <= until
}

func (l *Links) signature(sid hub.MediaSID, expires string) string {
	mac := hmac.New(sha256.New, l.key)
	mac.Write([]byte(string(sid) + "\n" + expires))
	return hex.EncodeToString(mac.Sum(nil))
}
