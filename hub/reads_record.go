package hub

import "context"

// recorded reads a record that must be there.
func (h *Hub) recorded(ctx context.Context, kind RecordKind, scope string, ref RecordRef) (*Record, error) {
	if ref == "" {
		return nil, errNotFound
	}
	r, err := h.store.Record(ctx, kind, scope, ref)
	if err == nil && r == nil {
		err = errNotFound
	}
	return r, reading(string(kind)+".get", err)
}

// listed reads a page of records as what they are of. After of the next page is "" at the end.
func listed[T any](ctx context.Context, h *Hub, q RecordQuery, of func(*Record) (T, error)) (all []T, next string, err error) {
	page, err := h.store.Records(ctx, q)
	if err != nil {
		return nil, "", reading(string(q.Kind)+".list", err)
	}
	for _, r := range page.Records {
		v, err := of(r)
		if err != nil {
			return nil, "", err
		}
		all = append(all, v)
	}
	return all, page.Next, nil
}

// Address reads an address's configuration, by sid or address.
func (h *Hub) Address(ctx context.Context, ref RecordRef) (*Address, error) {
	r, err := h.recorded(ctx, RecordAddress, "", ref)
	if err != nil {
		return nil, err
	}
	return addressOf(r)
}

// Addresses lists addresses of a type, all where it is "".
func (h *Hub) Addresses(ctx context.Context, kind string, q PageQuery) ([]*Address, string, error) {
	query := RecordQuery{RecordPlace: RecordPlace{Kind: RecordAddress}, After: q.After, Limit: q.Limit}
	if kind != "" {
		query.Labels = []string{kind}
	}
	return listed(ctx, h, query, addressOf)
}

// Credential reads a push credential.
func (h *Hub) Credential(ctx context.Context, sid CredentialSID) (*Credential, error) {
	r, err := h.recorded(ctx, RecordCredential, "", RecordRef(sid))
	if err != nil {
		return nil, err
	}
	return credentialOf(r)
}

// Credentials lists push credentials.
func (h *Hub) Credentials(ctx context.Context, q PageQuery) ([]*Credential, string, error) {
	query := RecordQuery{RecordPlace: RecordPlace{Kind: RecordCredential}, After: q.After, Limit: q.Limit}
	return listed(ctx, h, query, credentialOf)
}

// PushBinding reads a push binding of the actor's service.
func (h *Hub) PushBinding(ctx context.Context, actor Actor, sid BindingSID) (*PushBinding, error) {
	if !looksLikeSID(string(sid), "BS") { // a device's key is nobody's business
		return nil, errNotFound
	}
	r, err := h.recorded(ctx, RecordBinding, string(actor.Service), RecordRef(sid))
	if err != nil {
		return nil, err
	}
	return bindingOf(r)
}

// PushBindings lists those of some identities and channels; none of either: of all.
func (h *Hub) PushBindings(ctx context.Context, actor Actor, identities, channels []string, q PageQuery) ([]*PushBinding, string, error) {
	return listed(ctx, h, RecordQuery{
		RecordPlace: RecordPlace{Kind: RecordBinding, Scope: string(actor.Service)}, Owners: identities, Labels: channels,
		After: q.After, Limit: q.Limit,
	}, bindingOf)
}

// Notifications reads what the actor's service pushes.
func (h *Hub) Notifications(ctx context.Context, actor Actor) (*Notifications, error) {
	r, err := h.store.Record(ctx, RecordNotifications, string(actor.Service), "")
	if err != nil {
		return nil, reading("notifications.get", err)
	}
	return notificationsOf(r, actor.Service)
}

// Webhooks reads the webhooks of a service, or where it is "" of the account.
func (h *Hub) Webhooks(ctx context.Context, service ServiceSID) (*Webhooks, error) {
	r, err := h.store.Record(ctx, RecordWebhooks, string(service), "")
	if err != nil {
		return nil, reading("webhooks.get", err)
	}
	return webhooksOf(r, service)
}

// ScopedWebhooks lists the webhooks of a conversation, which are few.
func (h *Hub) ScopedWebhooks(ctx context.Context, actor Actor, ref ConversationRef) ([]*ScopedWebhook, error) {
	view, err := h.Conversation(ctx, actor, ref)
	if err != nil {
		return nil, err
	}
	all, _, err := listed(ctx, h, RecordQuery{
		RecordPlace: RecordPlace{Kind: RecordScopedWebhook, Scope: string(view.SID)}, Limit: MaxScopedWebhooks,
	}, func(r *Record) (*ScopedWebhook, error) { return scopedWebhookOf(r, view.Service) })
	return all, err
}

// ScopedWebhook reads one.
func (h *Hub) ScopedWebhook(ctx context.Context, actor Actor, ref ConversationRef, sid WebhookSID) (*ScopedWebhook, error) {
	view, err := h.Conversation(ctx, actor, ref)
	if err != nil {
		return nil, err
	}
	r, err := h.store.Record(ctx, RecordScopedWebhook, string(view.SID), RecordRef(sid))
	if err != nil {
		return nil, reading("webhook.get", err)
	}
	if r == nil {
		return nil, errNoWebhook
	}
	return scopedWebhookOf(r, view.Service)
}

// Told is all that is to be told of what happens in a conversation.
type Told struct {
	Account, Service *Webhooks
	Scoped           []*ScopedWebhook
}

// Told reads the webhooks of a conversation, of its service and of the account, in one read. It asks neither whether the
// conversation is there nor who wants to know: it is for what acts on events.
func (h *Hub) Told(ctx context.Context, service ServiceSID, conversation ConversationSID) (*Told, error) {
	records, err := h.store.RecordsOf(ctx, RecordPlace{RecordWebhooks, ""}, RecordPlace{RecordWebhooks, string(service)},
		RecordPlace{RecordScopedWebhook, string(conversation)})
	if err != nil {
		return nil, reading("webhooks.get", err)
	}
	told := &Told{}
	for _, r := range records {
		switch {
		case r.Kind == RecordScopedWebhook:
			var w *ScopedWebhook
			if w, err = scopedWebhookOf(r, service); err == nil {
				told.Scoped = append(told.Scoped, w)
			}
		case r.Scope == "":
			told.Account, err = webhooksOf(r, "")
		default:
			told.Service, err = webhooksOf(r, service)
		}
		if err != nil {
			return nil, err
		}
	}
	return told, nil
}
