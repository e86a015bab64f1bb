package main

import (
	"fmt"
	"os"
	"strings"

	hist "parley/cmd/parley/history"
	"parley/session/client"
)

// judge reads everything through the protocol, gives all clients time to see it, and has the history judged. It gives
// what was found.
func (w *town) judge(places []place) []hist.Violation {
	w.t.Helper()
	for i := range places {
		at := &places[i]
		all := w.readAll(at)
		w.record.Read(at.sid, all)
		in := w.participants(at)
		for _, p := range at.town {
			if in[p.identity] {
				soon(func() bool { next := p.due(at.sid); return len(all) == 0 || next > all[len(all)-1].Index })
				w.record.Settled(p.name, at.sid)
			}
		}
	}
	return w.record.History().Verify()
}

// readAll pages through a conversation from its beginning.
func (w *town) readAll(at *place) (all []hist.Message) {
	w.t.Helper()
	from := int64(0)
	for {
		page, err := at.town[creator].Messages(w.t.Context(), at.sid, client.MessageQuery{Anchor: &from, Forward: true, Size: 100})
		if err != nil {
			w.t.Fatal(err)
		}
		for i := range page.Messages {
			all = append(all, recorded(&page.Messages[i]))
			from = page.Messages[i].Index + 1
		}
		if !page.HasNext || len(page.Messages) == 0 {
			return all
		}
	}
}

// participants is who is in a conversation.
func (w *town) participants(at *place) map[string]bool {
	w.t.Helper()
	page, err := at.town[creator].Participants(w.t.Context(), at.sid, client.Page{Size: 100})
	if err != nil {
		w.t.Fatal(err)
	}
	in := map[string]bool{}
	for i := range page.Participants {
		in[page.Participants[i].Identity] = true
	}
	return in
}

// blame fails the test with what was found, and leaves the history in a file.
func (w *town) blame(found []hist.Violation) {
	w.t.Helper()
	if len(found) == 0 {
		return
	}
	file, err := w.record.History().Dump()
	if err != nil {
		w.t.Error(err)
	}
	var b strings.Builder
	for _, v := range found[:min(len(found), 30)] {
		fmt.Fprintln(&b, " ", v)
	}
	w.t.Errorf("seed %d: %d promises broken; the history is in %s\n%s", w.seed, len(found), file, b.String())
}

// unread holds each reader's horizon and unread count against what was acknowledged and what is stored. It gives what
// does not fit.
func (w *town) unread(places []place) (wrong []string) {
	w.t.Helper()
	for i := range places {
		at := &places[i]
		h := at.town[reader].horizons[at.sid]
		if h == nil {
			continue
		}
		c, err := at.town[reader].Conversation(w.t.Context(), at.sid)
		if err != nil {
			w.t.Fatal(err)
		}
		if bad := h.misfit(c, w.readAll(at)); bad != "" {
			wrong = append(wrong, at.sid+": "+bad)
		}
	}
	return wrong
}

// misfit says what is wrong with a conversation as its reader sees it; "" for nothing.
func (h *horizon) misfit(c *client.Conversation, stored []hist.Message) string {
	at := int64(-1)
	if c.LastReadMessageIndex != nil {
		at = *c.LastReadMessageIndex
	}
	if at < h.acked || at > h.asked {
		return fmt.Sprintf("the read horizon is %d, acknowledged was %d, asked for %d", at, h.acked, h.asked)
	}
	above := int64(0)
	for _, m := range stored {
		if m.Index > at {
			above++
		}
	}
	switch {
	case at < 0 && c.UnreadMessagesCount == nil:
	case c.UnreadMessagesCount == nil:
		return "there is no unread count"
	case *c.UnreadMessagesCount != above:
		return fmt.Sprintf("%d messages are unread, counted are %d above %d", *c.UnreadMessagesCount, above, at)
	}
	return ""
}

// copyStore copies the files of the store, whose process is not running.
func copyStore(from, to string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		text, err := os.ReadFile(from + suffix)
		switch {
		case os.IsNotExist(err):
			err = os.RemoveAll(to + suffix)
		case err == nil:
			err = os.WriteFile(to+suffix, text, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
