package storetest

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"parley/hub"
)

// putMedia has ann upload a file.
func (w *world) putMedia(state hub.MediaState) *hub.Media {
	w.Helper()
	m := &hub.Media{
		SID: hub.NewMediaSID(), Service: w.service.SID, Author: "ann", Filename: "é.png", ContentType: "image/png",
		Category: hub.CategoryMedia, Size: 5, State: state,
	}
	w.must(func(tx hub.Tx) error {
		m.DateCreated, m.DateUpdated = tx.Now(), tx.Now()
		return tx.PutMedia(m)
	})
	return m
}

// carry sends a message that carries files.
func (w *world) carry(c hub.ConversationSID, all ...*hub.Media) *hub.Message {
	w.Helper()
	m := &hub.Message{SID: hub.NewMessageSID(), Author: "ann", ReplyTo: hub.NoIndex}
	for _, of := range all {
		m.Media = append(m.Media, hub.Attachment{SID: of.SID, Size: of.Size, ContentType: of.ContentType, Filename: of.Filename, Category: of.Category})
	}
	w.must(w.send(c, m), func(tx hub.Tx) error {
		for _, of := range all {
			of.State, of.Conversation, of.Message = hub.MediaAttached, c, m.SID
			if err := tx.PutMedia(of); err != nil {
				return err
			}
		}
		return nil
	})
	return m
}

// seen are the files of some that a viewer may see.
func (w *world) seen(v hub.Viewer, all ...*hub.Media) (sids []hub.MediaSID) {
	w.Helper()
	var asked []hub.MediaSID
	for _, m := range all {
		asked = append(asked, m.SID)
	}
	found, err := w.store.Media(w.Context(), v, asked)
	w.ok(err)
	for _, m := range found {
		sids = append(sids, m.SID)
	}
	return sids
}

// media are seen by their author until a message carries them, then by whoever is in, and go with the message.
func (w *world) media() {
	c := w.thread("ann", "bob")
	half, own, sent := w.putMedia(hub.MediaUploading), w.putMedia(hub.MediaWhole), w.putMedia(hub.MediaWhole)
	message := w.carry(c, sent)
	for who, want := range map[string][]hub.MediaSID{"ann": {own.SID, sent.SID}, "bob": {sent.SID}, "carl": nil} {
		slices.Sort(want)
		if got := w.seen(w.as(who), half, own, sent); !slices.Equal(got, want) {
			w.Errorf("%s sees %v, want %v", who, got, want)
		}
	}
	if got := w.seen(w.account(), half, own, sent); len(got) != 2 {
		w.Errorf("the account sees %v", got)
	}
	if got := w.seen(hub.Viewer{Service: w.newService("another").SID}, own, sent); got != nil {
		w.Errorf("another service sees %v", got)
	}
	if got := w.seen(hub.Viewer{}, half, own, sent); len(got) != 2 {
		w.Errorf("a link sees %v", got)
	}
	read, err := w.store.Media(w.Context(), w.account(), []hub.MediaSID{sent.SID})
	w.ok(err)
	if len(read) != 1 || !reflect.DeepEqual(read[0], sent) {
		w.Errorf("read back %+v, want %+v", read, sent)
	}
	page, err := w.store.Messages(w.Context(), w.as("bob"), hub.ConversationRef(c), hub.MessageQuery{Anchor: hub.NoIndex, Limit: 5})
	w.ok(err)
	if len(page.Messages) != 1 || !reflect.DeepEqual(page.Messages[0].Media, message.Media) {
		w.Errorf("the message carries %+v", page.Messages)
	}
	w.must(w.unseat(c, "bob", hub.Left))
	if got := w.seen(w.as("bob"), sent); got != nil {
		w.Errorf("who left sees %v", got)
	}
	w.must(w.deleting(c))
	for more := true; more; {
		if more, err = w.store.Purge(w.Context()); err != nil {
			w.Fatal(err)
		}
	}
	if got := w.seen(w.account(), sent); got != nil {
		w.Errorf("deleted with its conversation, %v is seen", got)
	}
}

// mediaPages: what messages carry counts as what they say.
func (w *world) mediaPages() {
	c := w.thread("ann")
	for range 20 {
		m := w.putMedia(hub.MediaWhole)
		m.Filename = strings.Repeat("x", 200)
		w.carry(c, slices.Repeat([]*hub.Media{m}, 10)...)
	}
	page, err := w.store.Messages(w.Context(), w.account(), hub.ConversationRef(c), hub.MessageQuery{Anchor: hub.NoIndex, Limit: 20, Bytes: 10_000})
	w.ok(err)
	changes, err := w.store.Changes(w.Context(), w.account(), c, hub.ChangeQuery{Since: 2, Limit: 20, Bytes: 10_000})
	w.ok(err)
	if len(page.Messages) > 4 || len(changes.Events) > 4 || len(page.Messages) == 0 || len(changes.Events) == 0 {
		w.Errorf("10 kB are %d messages and %d events of 3 kB each", len(page.Messages), len(changes.Events))
	}
}

// garbage is what is gone, and what was not attached or not whole for long enough.
func (w *world) garbage() {
	find := func(unattached, unfinished time.Duration, limit int) (sids []hub.MediaSID) {
		all, err := w.store.Garbage(w.Context(), unattached, unfinished, limit)
		w.ok(err)
		for _, m := range all {
			sids = append(sids, m.SID)
		}
		return sids
	}
	half, whole, gone := w.putMedia(hub.MediaUploading), w.putMedia(hub.MediaWhole), w.putMedia(hub.MediaGone)
	w.carry(w.thread("ann"), w.putMedia(hub.MediaWhole))
	if got := find(time.Hour, time.Hour, 10); !slices.Equal(got, []hub.MediaSID{gone.SID}) {
		w.Errorf("at once %v", got)
	}
	if got := find(-time.Hour, time.Hour, 10); len(got) != 2 || !slices.Contains(got, whole.SID) {
		w.Errorf("not attached are %v", got)
	}
	if got := find(time.Hour, -time.Hour, 10); len(got) != 2 || !slices.Contains(got, half.SID) {
		w.Errorf("not whole are %v", got)
	}
	if got := find(-time.Hour, -time.Hour, 2); len(got) != 2 {
		w.Errorf("two of them are %v", got)
	}
	w.must(func(tx hub.Tx) error { return tx.DropMedia(gone.SID) })
	if got := find(time.Hour, time.Hour, 10); got != nil {
		w.Errorf("dropped, there is %v", got)
	}
}
