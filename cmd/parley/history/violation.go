package history

import (
	"fmt"
	"strings"
)

// Kind says which promise was broken.
type Kind string

// The kinds.
const (
	Lost          Kind = "lost"           // acknowledged, and not in the store
	Duplicate     Kind = "duplicate"      // stored or seen twice
	Reorder       Kind = "reorder"        // ahead of what must come before it
	Revision      Kind = "revision"       // of an event, not above that of the one before
	Hole          Kind = "hole"           // an index that is missing
	Unseen        Kind = "unseen"         // never shown to a client that had time to see it
	PartialReplay Kind = "partial replay" // a replay that ended, or went on, without something
	AfterRemoval  Kind = "after removal"  // shown to somebody who was out
	Disagreement  Kind = "disagreement"   // one index, two messages
	Contradiction Kind = "contradiction"  // against a definite answer: refused and stored, deleted and there
	Phantom       Kind = "phantom"        // stored though nobody sent it, or shown and not stored
)

// A Violation is a broken promise with what it takes to look into it.
type Violation struct {
	Kind         Kind
	Conversation string
	Client       string // who saw it, "" for the store
	Connection   int    // on which
	Index        int64  // of the message; -1 for none
	At           []int64
	Detail       string
}

// String is one line.
func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: conversation %s", v.Kind, v.Conversation)
	if v.Index >= 0 {
		fmt.Fprintf(&b, " index %d", v.Index)
	}
	if v.Client != "" {
		fmt.Fprintf(&b, ", client %s", v.Client)
	}
	if v.Connection > 0 {
		fmt.Fprintf(&b, " on connection %d", v.Connection)
	}
	fmt.Fprintf(&b, ": %s", v.Detail)
	if len(v.At) > 0 {
		fmt.Fprintf(&b, " (records %v)", v.At)
	}
	return b.String()
}
