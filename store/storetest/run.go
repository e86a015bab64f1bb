package storetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/hub"
)

// cases are grouped by subject, a file each.
var cases = []struct {
	name string
	run  func(w *world)
}{
	{"Conversations", (*world).conversations},
	{"NamesInOneBatch", (*world).namesInOneBatch},
	{"FreshInOneBatch", (*world).freshInOneBatch},
	{"Delete", (*world).deleteAndPurge},
	{"DeleteEmpty", (*world).deleteEmpty},
	{"Due", (*world).due},
	{"Directory", (*world).directory},
	{"DirectoryLists", (*world).directoryLists},
	{"Dropped", (*world).dropped},
	{"DeleteService", (*world).deleteService},
	{"Records", (*world).records},
	{"RecordKeys", (*world).recordKeys},
	{"RecordLists", (*world).recordLists},
	{"Pairs", (*world).pairs},
	{"PairsOfClosed", (*world).pairsOfClosed},
	{"Contiguous", (*world).contiguous},
	{"Nonces", (*world).nonces},
	{"BadOpAlone", (*world).badOpAlone},
	{"Messages", (*world).messages},
	{"MessageBytes", (*world).messageBytes},
	{"MessagePaging", (*world).messagePaging},
	{"ParticipantPaging", (*world).participantPaging},
	{"ConversationPaging", (*world).conversationPaging},
	{"Imported", (*world).imported},
	{"AtAddress", (*world).atAddress},
	{"ServiceConversations", (*world).serviceConversations},
	{"Seats", (*world).seats},
	{"Receipts", (*world).receipts},
	{"BadTokens", (*world).badTokens},
	{"Horizons", (*world).horizons},
	{"Reactions", (*world).reactions},
	{"Privacy", (*world).privacy},
	{"Memberships", (*world).memberships},
	{"Changes", (*world).changes},
	{"ChangesTooMany", (*world).changesTooMany},
	{"ChangesBytes", (*world).changesBytes},
	{"Gaps", (*world).gaps},
	{"GapsBounds", (*world).gapsBounds},
	{"Searching", (*world).searching},
	{"IndexPositions", (*world).indexPositions},
	{"BadSearches", (*world).badSearches},
	{"SearchCorpus", (*world).searchCorpus},
	{"Everything", (*world).everything},
	{"Epoch", (*world).epoch},
	{"Closed", (*world).closed},
	{"Media", (*world).media},
	{"MediaPages", (*world).mediaPages},
	{"Garbage", (*world).garbage},
	{"Once", (*world).once},
	{"Erasing", (*world).erasing},
}

// Run puts an engine to every test. open gives an empty store, and closes it when its test ends; closing twice is
// harmless.
func Run(t *testing.T, open func(t *testing.T) hub.Store) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(newWorld(t, open(t))) })
	}
}

// RunSearch puts an engine to what is about searching alone.
func RunSearch(t *testing.T, open func(t *testing.T) hub.Store) {
	t.Helper()
	for _, c := range cases {
		if strings.Contains(c.name, "Search") {
			t.Run(c.name, func(t *testing.T) { c.run(newWorld(t, open(t))) })
		}
	}
}

// world is a store with one service.
type world struct {
	*testing.T
	store   hub.Store
	service *hub.Service
}

func newWorld(t *testing.T, store hub.Store) *world {
	t.Helper()
	w := &world{T: t, store: store}
	w.service = w.newService("tests")
	return w
}

func (w *world) newService(name string) *hub.Service {
	w.Helper()
	s, roles := hub.NewService(name, time.Now().UTC().Truncate(time.Millisecond))
	w.must(func(tx hub.Tx) error {
		for _, r := range roles {
			if err := tx.PutRole(r); err != nil {
				return err
			}
		}
		return tx.PutService(s)
	})
	return s
}

// write is an op's Run.
type write = func(hub.Tx) error

// try commits writes in one batch and gives each one's error.
func (w *world) try(writes ...write) []error {
	ops := make([]*hub.Op, len(writes))
	for i, f := range writes {
		ops[i] = &hub.Op{Run: f}
	}
	w.store.Commit(ops)
	errs := make([]error, len(ops))
	for i, op := range ops {
		errs[i] = op.Err
	}
	return errs
}

// must commits writes in one batch, and all must succeed.
func (w *world) must(writes ...write) {
	w.Helper()
	for i, err := range w.try(writes...) {
		if err != nil {
			w.Fatalf("op %d of %d: %v", i, len(writes), err)
		}
	}
}

// ok ends the test at an error.
func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// code demands an error of this code.
func (w *world) code(err error, want hub.Code, what string) {
	w.Helper()
	if e, ok := errors.AsType[*hub.Error](err); !ok || e.Code != want {
		w.Errorf("%s: got %v, want code %d", what, err, want)
	}
}

// equal demands that two values are alike.
func equal[T comparable](w *world, what string, got, want T) {
	w.Helper()
	if got != want {
		w.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func (w *world) account() hub.Viewer { return hub.Viewer{Service: w.service.SID} }

func (w *world) as(identity string) hub.Viewer {
	return hub.Viewer{Service: w.service.SID, Identity: identity}
}

// view reads a conversation as the account does.
func (w *world) view(c hub.ConversationSID) *hub.ConversationView {
	w.Helper()
	v, _, err := w.store.Conversation(w.Context(), w.account(), hub.ConversationRef(c))
	w.ok(err)
	return v
}
