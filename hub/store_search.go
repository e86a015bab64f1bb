package hub

import (
	"context"
	"slices"

	"parley/hub/words"
)

// Searcher keeps the index that messages are found by. It is written after the commits that it is about (rule R13): for
// each conversation it has a position, the revision up to which messages are in it as they were then.
type Searcher interface {
	// Indexed reads the positions of conversations; those that are absent or deleted are left out.
	Indexed(ctx context.Context, sids []ConversationSID) ([]IndexMark, error)
	// Behind looks at so many conversations of all services, by sid from behind the given one on, and lists those
	// whose index is behind. next is the last that it looked at, "" at the end.
	Behind(ctx context.Context, after ConversationSID, limit int) (behind []IndexMark, next ConversationSID, err error)
	// BehindFor lists conversations that the viewer is in whose index is behind, at most so many; ref narrows it to
	// one, for the account too. What the viewer is not in is left out.
	BehindFor(ctx context.Context, v Viewer, ref ConversationRef, limit int) ([]IndexMark, error)
	// Index brings conversations from one position to another, each in whole or, where its position is another by
	// now or it is deleted, not at all. It may take several in one transaction.
	Index(ctx context.Context, steps []IndexStep) error
	// Search reads a page of messages, newest sid first. Messages that do not exist any more, are of deleted
	// conversations or of such as the viewer is not in are not found, whatever the index says (rule R22). Where the
	// query names a conversation that the viewer is not in, it is ErrAbsent.
	Search(ctx context.Context, v Viewer, q SearchQuery) (*SearchPage, error)
}

// IndexMark is how far the index of a conversation is.
type IndexMark struct {
	Service      ServiceSID
	Conversation ConversationSID
	Indexed      Revision // 0: nothing yet
	Revision     Revision // of the conversation
}

// IndexStep is one net change of a conversation, for its index.
type IndexStep struct {
	Conversation ConversationSID
	From, To     Revision
	Put          []IndexRow   // in place of what is there for these messages
	Drop         []MessageSID // may be absent
}

// IndexRow is what of a message can be found.
type IndexRow struct {
	Message MessageSID
	Words   []string // in their places; nothing is found at an empty one
}

// A SearchTerm is words that a message holds one after the other.
type SearchTerm = words.Term

// SearchQuery says which messages.
type SearchQuery struct {
	Terms        []SearchTerm    // at least one; all must be in a message
	Conversation ConversationRef // "": all that the viewer is in
	After        string          // page token, "" for the first page; a bad one is CodePageToken
	Limit        int
	Bytes        int // of content; a page ends before it would exceed them, but holds at least one message
}

// SearchPage is a part of what was found. It may hold fewer messages than asked for, or none, and yet have a next page.
type SearchPage struct {
	Messages []*Message
	Next     string // page token, "" at the end
	Complete bool   // the index had all of the scope when it was read; only the hub knows
}

// indexRow is the message as the index has it: its subject and its body, which no phrase spans.
func (m *Message) indexRow() IndexRow {
	all := words.Split(m.Body)
	if m.Subject != "" {
		all = append(append(words.Split(m.Subject), ""), all...)
	}
	return IndexRow{Message: m.SID, Words: all}
}

// Holds reports whether a message is found by a query: what the index of words says of it when that is up to date.
func (m *Message) Holds(terms []SearchTerm) bool {
	all := m.indexRow().Words
	return !slices.ContainsFunc(terms, func(t SearchTerm) bool { return !t.In(all) })
}

// ParseSearch reads a query.
func ParseSearch(query string) ([]SearchTerm, error) {
	terms, err := words.Parse(query)
	if err != nil {
		return nil, Errorf(CodeInvalidParams, "query %s", err)
	}
	return terms, nil
}

// NewIndexStep makes the step that a net read is for the index.
func NewIndexStep(c ConversationSID, from Revision, changes *Changes) IndexStep {
	s := IndexStep{Conversation: c, From: from, To: changes.To}
	for _, e := range changes.Events {
		switch e.Kind {
		case MessageAdded, MessageUpdated:
			s.Put = append(s.Put, e.Message.indexRow())
		case MessageRemoved:
			s.Drop = append(s.Drop, e.Message.SID)
		default: // holds no words
		}
	}
	return s
}
