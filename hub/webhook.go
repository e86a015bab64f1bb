package hub

import (
	"net/url"
	"slices"
	"time"
)

// WebhookSID names a scoped webhook (WH...).
type WebhookSID string

// PreEvents are what a webhook may be asked about before it happens, PostEvents what one may be told of, and ScopedEvents those
// of the latter that a webhook of one conversation may be told of (Twilio's names).
var (
	PreEvents = []string{
		"onConversationAdd", "onConversationUpdate", "onConversationRemove", "onMessageAdd", "onMessageUpdate", "onMessageRemove",
		"onParticipantAdd", "onParticipantUpdate", "onParticipantRemove", "onUserUpdate",
	}
	PostEvents = []string{
		"onConversationAdded", "onConversationUpdated", "onConversationRemoved", "onConversationStateUpdated", "onMessageAdded",
		"onMessageUpdated", "onMessageRemoved", "onParticipantAdded", "onParticipantUpdated", "onParticipantRemoved", "onUserAdded",
		"onUserUpdated", "onDeliveryUpdated",
	}
	ScopedEvents = []string{
		"onMessageAdded", "onMessageUpdated", "onMessageRemoved", "onConversationUpdated", "onConversationStateUpdated",
		"onConversationRemoved", "onParticipantAdded", "onParticipantUpdated", "onParticipantRemoved", "onDeliveryUpdated",
	}
)

// Limits of webhooks (Twilio's figures).
const (
	MaxScopedWebhooks = 5   // of a conversation
	MaxTriggers       = 5   // of a webhook
	MaxTrigger        = 248 // code points
	MaxURL            = 512 // bytes
)

// Targets of scoped webhooks.
const (
	TargetWebhook = "webhook" // is told of events
	TargetTrigger = "trigger" // is told of messages that hold a word
	TargetStudio  = "studio"  // a flow of Twilio's
)

// A ScopedWebhook is told what happens in one conversation. Which of its fields count is a matter of its target.
type ScopedWebhook struct {
	SID          WebhookSID      `json:"-"`
	Service      ServiceSID      `json:"-"`
	Conversation ConversationSID `json:"-"`
	Target       string          `json:"target"`
	URL          string          `json:"url,omitempty"`
	Method       string          `json:"method,omitempty"` // get or post
	Filters      []string        `json:"filters,omitempty"`
	Triggers     []string        `json:"triggers,omitempty"`
	Flow         string          `json:"flow,omitempty"`         // FW...
	ReplayAfter  *int64          `json:"replay_after,omitempty"` // index behind which messages are told of that there are already
	DateCreated  time.Time       `json:"-"`
	DateUpdated  time.Time       `json:"-"`
}

func scopedWebhookOf(r *Record, service ServiceSID) (*ScopedWebhook, error) {
	w, err := said[ScopedWebhook](r)
	w.SID, w.Service, w.Conversation = WebhookSID(r.SID), service, ConversationSID(r.Scope)
	w.DateCreated, w.DateUpdated = r.DateCreated, r.DateUpdated
	return &w, err
}

func (w *ScopedWebhook) record() (*Record, error) {
	r := &Record{
		Kind: RecordScopedWebhook, Scope: string(w.Conversation), SID: string(w.SID), Label: w.Target,
		DateCreated: w.DateCreated, DateUpdated: w.DateUpdated,
	}
	return r, r.fill(w)
}

// Webhooks are what the account, or one of its services, has asked and told of what happens.
type Webhooks struct {
	Service ServiceSID `json:"-"` // "": the account's
	PreURL  string     `json:"pre_url"`
	PostURL string     `json:"post_url"`
	Method  string     `json:"method"`  // GET or POST
	Filters []string   `json:"filters"` // without any, nothing is asked or told
	Target  string     `json:"target"`  // webhook or flex; of the account's alone
}

// webhooksOf is what a record says; nil says nothing.
func webhooksOf(r *Record, service ServiceSID) (*Webhooks, error) {
	w := Webhooks{Method: "POST", Target: TargetWebhook}
	var err error
	if r != nil {
		w, err = said[Webhooks](r)
	}
	w.Service = service
	return &w, err
}

// checkURL refuses what nobody could call.
func checkURL(code Code, field, text string) error {
	if len(text) > MaxURL {
		return Errorf(code, "%s is %d bytes long, at most %d are allowed", field, len(text), MaxURL)
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || checkText(field, text) != nil {
		return Errorf(code, "%s must be a URL that begins with http:// or https://", field)
	}
	return nil
}

// checkFilters refuses what is no event among some.
func checkFilters(field string, filters []string, among ...[]string) error {
	all := slices.Concat(among...)
	for _, f := range filters {
		if !slices.Contains(all, f) {
			return Errorf(CodeWebhookFilter, "%s: %q is not an event that can be told here", field, f)
		}
	}
	return nil
}
