package hub

import (
	"cmp"
	"slices"
	"strings"
)

// WebhookFields are what may be changed of a scoped webhook; nil leaves it as it is.
type WebhookFields struct {
	URL, Method, Flow *string
	Filters, Triggers *[]string
}

func (f *WebhookFields) empty() bool {
	return f.URL == nil && f.Method == nil && f.Flow == nil && f.Filters == nil && f.Triggers == nil
}

// CreateScopedWebhook has what happens in a conversation told. The account's alone. Answers *ScopedWebhook.
type CreateScopedWebhook struct {
	Conversation ConversationRef
	Target       string
	WebhookFields
	ReplayAfter *int64
}

func (*CreateScopedWebhook) op() string                  { return "webhook.create" }
func (cmd *CreateScopedWebhook) target() ConversationRef { return cmd.Conversation }

func (cmd *CreateScopedWebhook) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	a, err := t.write(cmd.Conversation, false)
	if err != nil {
		return nil, err
	}
	w := &ScopedWebhook{
		SID: WebhookSID(newSID("WH", clock())), Service: t.actor.Service, Conversation: a.thread.SID, Target: strings.ToLower(cmd.Target),
		ReplayAfter: cmd.ReplayAfter, DateCreated: t.now, DateUpdated: t.now,
	}
	if err := w.take(&cmd.WebhookFields); err != nil {
		return nil, err
	}
	others, err := t.Records(RecordScopedWebhook, string(w.Conversation), "", MaxScopedWebhooks)
	if err != nil {
		return nil, err
	}
	if len(others) >= MaxScopedWebhooks {
		return nil, Errorf(CodeWebhooks, "the conversation has %d webhooks, which is the most", MaxScopedWebhooks)
	}
	r, err := w.record()
	if err != nil {
		return nil, err
	}
	return w, t.AddRecord(r)
}

// take takes over fields, those that count for the target, and refuses what cannot be.
func (w *ScopedWebhook) take(f *WebhookFields) error {
	if w.ReplayAfter != nil && *w.ReplayAfter < 0 {
		return Errorf(CodeWebhookReplay, "Configuration.ReplayAfter must be the index of a message")
	}
	switch w.Target {
	case TargetWebhook:
		if f.Filters != nil {
			w.Filters = slices.Clone(*f.Filters)
		}
		if err := checkFilters("Configuration.Filters", w.Filters, ScopedEvents); err != nil {
			return err
		}
	case TargetTrigger:
		if f.Triggers != nil {
			w.Triggers = slices.Clone(*f.Triggers)
		}
		if err := checkTriggers(w.Triggers); err != nil {
			return err
		}
	case TargetStudio:
		set(&w.Flow, f.Flow)
		if !looksLikeSID(w.Flow, "FW") {
			return Errorf(CodeWebhookFlow, "Configuration.FlowSid must be a sid: FW and 32 hexadecimal digits")
		}
		return nil
	default:
		return Errorf(CodeWebhookTarget, "Target must be webhook, trigger or studio")
	}
	set(&w.URL, f.URL)
	set(&w.Method, f.Method)
	if w.Method = cmp.Or(strings.ToLower(w.Method), "post"); w.Method != "get" && w.Method != "post" {
		return Errorf(CodeWebhookMethod, "Configuration.Method must be get or post")
	}
	if w.URL == "" {
		return Errorf(CodeWebhookURLMissing, "Configuration.Url is missing")
	}
	return checkURL(CodeWebhookURL, "Configuration.Url", w.URL)
}

func checkTriggers(triggers []string) error {
	if len(triggers) > MaxTriggers {
		return Errorf(CodeTriggers, "Configuration.Triggers has %d words, at most %d are allowed", len(triggers), MaxTriggers)
	}
	if len(triggers) == 0 || slices.Contains(triggers, "") {
		return Errorf(CodeTriggerMissing, "Configuration.Triggers is missing or empty")
	}
	for _, s := range triggers {
		if err := checkLength(CodeTriggerLong, "Configuration.Triggers", s, MaxTrigger); err != nil {
			return err
		}
	}
	return nil
}

// UpdateScopedWebhook changes what is not nil. The account's alone. Answers *ScopedWebhook.
type UpdateScopedWebhook struct {
	Conversation ConversationRef
	Webhook      WebhookSID
	WebhookFields
}

func (*UpdateScopedWebhook) op() string                  { return "webhook.update" }
func (cmd *UpdateScopedWebhook) target() ConversationRef { return cmd.Conversation }

func (cmd *UpdateScopedWebhook) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	r, err := t.scopedWebhook(cmd.Conversation, cmd.Webhook)
	if err != nil {
		return nil, err
	}
	if cmd.empty() {
		return nil, errNothing
	}
	w, err := scopedWebhookOf(r, t.actor.Service)
	if err != nil {
		return nil, err
	}
	if err := w.take(&cmd.WebhookFields); err != nil {
		return nil, err
	}
	w.DateUpdated = t.now
	if r, err = w.record(); err != nil {
		return nil, err
	}
	return w, t.PutRecord(r)
}

// scopedWebhook finds the record of one, under the conversation's lock.
func (t *turn) scopedWebhook(ref ConversationRef, sid WebhookSID) (*Record, error) {
	a, err := t.open(ref, false)
	if err != nil {
		return nil, err
	}
	r, err := t.Record(RecordScopedWebhook, string(a.thread.SID), RecordRef(sid))
	if err == nil && r == nil {
		err = errNoWebhook
	}
	return r, err
}

var errNoWebhook = Errorf(CodeWebhookAbsent, "webhook not found")

// DeleteScopedWebhook ends that. The account's alone. Answers nil.
type DeleteScopedWebhook struct {
	Conversation ConversationRef
	Webhook      WebhookSID
}

func (*DeleteScopedWebhook) op() string                  { return "webhook.delete" }
func (cmd *DeleteScopedWebhook) target() ConversationRef { return cmd.Conversation }

func (cmd *DeleteScopedWebhook) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	r, err := t.scopedWebhook(cmd.Conversation, cmd.Webhook)
	if err != nil {
		return nil, err
	}
	return nil, t.DropRecord(r)
}

// UpdateWebhooks changes what is not nil of the webhooks of a service, or of the account. The account's alone. Answers
// *Webhooks.
type UpdateWebhooks struct {
	Service         ServiceSID // "" for the account's
	PreURL, PostURL *string    // "" for none
	Method, Target  *string
	Filters         *[]string
}

func (*UpdateWebhooks) op() string              { return "webhooks.update" }
func (*UpdateWebhooks) target() ConversationRef { return "" }

func (cmd *UpdateWebhooks) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	if cmd.PreURL == nil && cmd.PostURL == nil && cmd.Method == nil && cmd.Target == nil && cmd.Filters == nil {
		return nil, errNothing
	}
	r, err := t.Record(RecordWebhooks, string(cmd.Service), "")
	if err != nil {
		return nil, err
	}
	w, err := webhooksOf(r, cmd.Service)
	if err != nil {
		return nil, err
	}
	if err := cmd.apply(w); err != nil {
		return nil, err
	}
	return w, t.settle(r, &Record{Kind: RecordWebhooks, Scope: string(cmd.Service)}, w)
}

// settle saves what there is one of: r as it is, nil where it is new and then as fresh.
func (t *turn) settle(r, fresh *Record, data any) error {
	save := t.PutRecord
	if r == nil {
		r, save = fresh, t.AddRecord
		r.DateCreated = t.now
	}
	r.DateUpdated = t.now
	if err := r.fill(data); err != nil {
		return err
	}
	return save(r)
}

func (cmd *UpdateWebhooks) apply(w *Webhooks) error {
	set(&w.PreURL, cmd.PreURL)
	set(&w.PostURL, cmd.PostURL)
	if cmd.Method != nil {
		w.Method = strings.ToUpper(*cmd.Method)
	}
	if cmd.Target != nil {
		w.Target = strings.ToLower(*cmd.Target)
	}
	if cmd.Filters != nil {
		w.Filters = slices.DeleteFunc(slices.Clone(*cmd.Filters), func(s string) bool { return s == "" }) // an empty one takes all away
	}
	if w.PreURL != "" {
		if err := checkURL(CodePreURL, "PreWebhookUrl", w.PreURL); err != nil {
			return err
		}
	}
	if w.PostURL != "" {
		if err := checkURL(CodePostURL, "PostWebhookUrl", w.PostURL); err != nil {
			return err
		}
	}
	switch {
	case w.Method != "GET" && w.Method != "POST":
		return Errorf(CodeWebhookMethod, "Method must be GET or POST")
	case w.Target != TargetWebhook && w.Target != "flex":
		return Errorf(CodeWebhookTarget, "Target must be webhook or flex")
	}
	return checkFilters("Filters", w.Filters, PreEvents, PostEvents)
}
