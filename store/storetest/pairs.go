package storetest

import (
	"errors"

	"parley/hub"
)

func (w *world) pairTaken(err error, by hub.ConversationSID) {
	w.Helper()
	taken, ok := errors.AsType[*hub.PairTakenError](err)
	if !ok || taken.Conversation != by {
		w.Errorf("got %v, want the pair taken by %s", err, by)
	}
}

// pairs of addresses belong to one open conversation, over all services.
func (w *world) pairs() {
	a, b := w.thread(), w.thread()
	p, q := &hub.Participant{}, &hub.Participant{}
	w.must(w.bind(a, p, "+1", "+9"), w.bind(a, &hub.Participant{}, "+2", "+9"))
	equal(w, "non-chat", w.view(a).NonChat, 2)
	w.pairTaken(w.try(w.bind(b, q, "+1", "+9"))[0], a)
	w.pairTaken(w.try(w.bind(a, &hub.Participant{}, "+1", "+9"))[0], a)
	equal(w, "a refused one leaves nothing", w.view(b).Revision, 1)
	w.must(w.bind(b, &hub.Participant{}, "+1", "+8"))
	// Leaving frees it, also inside a batch, and the newcomer keeps it.
	w.must(w.unseat(a, hub.ParticipantRef(p.SID), hub.Left), w.bind(b, q, "+1", "+9"))
	w.pairTaken(w.try(w.bind(a, &hub.Participant{}, "+1", "+9"))[0], b)
	// So do closing and deleting.
	w.must(w.closing(b))
	c := w.thread()
	w.must(w.bind(c, &hub.Participant{}, "+1", "+9"), w.deleting(a))
	w.must(w.bind(c, &hub.Participant{}, "+2", "+9"))
	w.pairTaken(w.try(w.bind(w.thread(), &hub.Participant{}, "+2", "+9"))[0], c)
	page, err := w.store.Participants(w.Context(), w.account(), hub.ConversationRef(c), hub.PageQuery{Limit: 10})
	w.ok(err)
	if len(page.Participants) != 2 || *page.Participants[0].Binding != (hub.Binding{Kind: hub.KindSMS, Address: "+1", ProxyAddress: "+9"}) {
		w.Errorf("read back %+v", page.Participants)
	}
}

// pairsOfClosed: a participant of a closed conversation that is saved or leaves neither takes nor frees another's pair.
func (w *world) pairsOfClosed() {
	a, b := w.thread(), w.thread()
	p := &hub.Participant{}
	w.must(w.bind(a, p, "+1", "+9"), w.closing(a))
	w.must(w.decorate(a, string(p.SID), `{"later":1}`))
	w.must(w.bind(b, &hub.Participant{}, "+1", "+9"))
	w.must(w.decorate(a, string(p.SID), `{"later":2}`), w.unseat(a, hub.ParticipantRef(p.SID), hub.Removed))
	w.pairTaken(w.try(w.bind(w.thread(), &hub.Participant{}, "+1", "+9"))[0], b)
}
