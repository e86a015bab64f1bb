package wire

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"parley/hub"
)

// AppendMessage appends a message for an answer. A removed one is sid, index and removed alone.
func AppendMessage(dst []byte, m *hub.Message) []byte {
	w := writer{buf: dst, answer: true}
	w.message(m)
	return w.buf
}

func (w *writer) message(m *hub.Message) {
	w.open()
	if m.Removed {
		w.must("sid", string(m.SID))
		w.int("index", m.Index)
		w.bool("removed", true)
		w.close()
		return
	}
	w.must("conversation_sid", string(m.Conversation))
	w.must("sid", string(m.SID))
	w.int("index", m.Index)
	w.text("author", m.Author)
	w.text("body", m.Body)
	w.media(m.Media)
	w.attributes(m.Attributes)
	w.text("participant_sid", string(m.Participant))
	w.time("date_created", m.DateCreated)
	w.time("date_updated", m.DateUpdated)
	w.delivery(m.Delivery)
	w.text("content_sid", m.ContentSID)
	w.int("revision", int64(m.Changed))
	w.text("nonce", m.Nonce)
	w.index("reply_to", m.ReplyTo)
	w.reactions(m.Reactions)
	w.text("last_updated_by", m.LastUpdatedBy)
	w.text("subject", m.Subject)
	w.close()
}

// delivery writes how far a message got with those outside, null where there are none.
func (w *writer) delivery(d hub.Delivery) {
	if d.Total == 0 {
		w.absent("delivery", "null")
		return
	}
	w.key("delivery")
	w.open()
	w.int("total", d.Total)
	w.must("sent", d.Amount(d.Sent))
	w.must("delivered", d.Amount(d.Delivered))
	w.must("read", d.Amount(d.Read))
	w.must("failed", d.Amount(d.Failed))
	w.must("undelivered", d.Amount(d.Undelivered))
	w.close()
}

// media writes what a message carries, null for nothing.
func (w *writer) media(all []hub.Attachment) {
	if len(all) == 0 {
		w.absent("media", "null")
		return
	}
	list(w, "media", all, func(dst []byte, m hub.Attachment) []byte {
		of := writer{buf: dst, answer: w.answer}
		of.open()
		of.must("sid", string(m.SID))
		of.int("size", m.Size)
		of.must("content_type", m.ContentType)
		of.text("filename", m.Filename)
		of.must("category", string(m.Category))
		of.close()
		return of.buf
	})
}

// AppendMediaURLs appends where media are to be had, by sid, and until when.
func AppendMediaURLs(dst []byte, urls map[hub.MediaSID]string, until time.Time) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	w.key("urls")
	w.open()
	for _, sid := range slices.Sorted(maps.Keys(urls)) {
		w.must(string(sid), urls[sid])
	}
	w.close()
	w.time("expires_at", until)
	w.close()
	return w.buf
}

func (w *writer) reactions(all []hub.Reaction) {
	if len(all) == 0 {
		w.absent("reactions", "{}")
		return
	}
	w.key("reactions")
	w.open()
	for _, r := range all {
		w.reactionName(r.Name)
		w.open()
		w.int("count", r.Count)
		texts(w, "identities", r.Identities)
		w.close()
	}
	w.close()
}

// reactionName is key for a name that someone chose.
func (w *writer) reactionName(name string) {
	if w.buf[len(w.buf)-1] != '{' {
		w.buf = append(w.buf, ',')
	}
	w.buf = append(AppendString(w.buf, name), ':')
}

// reaction writes what a live update says of a reaction: which message, what changed, and the counts
// of all names, which take the place of those known before (rule R26).
func (w *writer) reaction(m *hub.Message, c *hub.ReactionChange) {
	w.open()
	w.must("sid", string(m.SID))
	w.int("index", m.Index)
	w.key("reaction")
	w.open()
	w.must("name", c.Name)
	w.must("identity", c.Identity)
	w.bool("added", c.Added)
	w.close()
	w.key("reactions")
	w.open()
	for _, r := range m.Reactions {
		w.reactionName(r.Name)
		w.open()
		w.int("count", r.Count)
		w.close()
	}
	w.close()
	w.close()
}

// A Message as clients read it. What is null or left out is zero or nil.
type Message struct {
	ConversationSID hub.ConversationSID `json:"conversation_sid"`
	SID             hub.MessageSID      `json:"sid"`
	Index           int64               `json:"index"`
	Author          string              `json:"author"`
	Body            string              `json:"body"`
	Media           []Media             `json:"media"`
	Attributes      json.RawMessage     `json:"attributes"` // nil stands for {}
	ParticipantSID  hub.ParticipantSID  `json:"participant_sid"`
	DateCreated     time.Time           `json:"date_created"`
	DateUpdated     time.Time           `json:"date_updated"`
	Delivery        *Delivery           `json:"delivery"` // nil where nobody outside was in
	ContentSID      string              `json:"content_sid"`
	Revision        hub.Revision        `json:"revision"` // of its last change

	Nonce         string              `json:"nonce"`
	ReplyTo       *int64              `json:"reply_to"`
	Reactions     map[string]Reaction `json:"reactions"`
	LastUpdatedBy string              `json:"last_updated_by"`
	Subject       string              `json:"subject"`

	// Removed is set in answers about a message that is gone: sid and index are all that is left.
	Removed bool `json:"removed"`
	// Reaction is set in the live messageUpdated of a reaction, which besides it carries sid, index and
	// the counts in Reactions, without identities.
	Reaction *ReactionChange `json:"reaction"`
}

// Delivery is how far a message got with the non-chat participants: none, some or all of Total receipts say so.
type Delivery struct {
	Total       int64  `json:"total"`
	Sent        string `json:"sent"`
	Delivered   string `json:"delivered"`
	Read        string `json:"read"`
	Failed      string `json:"failed"`
	Undelivered string `json:"undelivered"`
}

// Media is a file that a message carries.
type Media struct {
	SID         string `json:"sid"`
	Size        int64  `json:"size"` // bytes
	ContentType string `json:"content_type"`
	Filename    string `json:"filename"`
	Category    string `json:"category"` // media, body or history
}

// Reaction counts who reacted with one name.
type Reaction struct {
	Count      int64    `json:"count"`
	Identities []string `json:"identities"` // the first hub.ReactionIdentities of them
}

// ReactionChange is one reaction that was added or taken back.
type ReactionChange struct {
	Name     string `json:"name"`
	Identity string `json:"identity"`
	Added    bool   `json:"added"`
}
