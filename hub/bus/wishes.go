package bus

import "slices"

// wishes is which topics a connection is to be subscribed to, and how far that is. It knows what was sent on the
// connection and what came back: confirmations come in the order of the commands, so a topic is sure when the last
// command about it was confirmed. Whoever has it guards it.
type wishes struct {
	topics  map[string]*wish
	changed map[string]struct{} // there is something to send about them
	wanted  int
}

type wish struct {
	wanted bool
	told   bool // Subscribed was called since it was wished for last
	sent   []string
}

const (
	subscribed   = "subscribe"
	unsubscribed = "unsubscribe"
)

func newWishes() wishes {
	return wishes{topics: map[string]*wish{}, changed: map[string]struct{}{}}
}

// want wishes for a topic, again perhaps: it is to be confirmed anew.
func (w *wishes) want(topic string) {
	t := w.topics[topic]
	if t == nil {
		t = new(wish)
		w.topics[topic] = t
	}
	if !t.wanted {
		w.wanted++
	}
	t.wanted, t.told = true, false
	w.changed[topic] = struct{}{}
}

// drop ends a wish.
func (w *wishes) drop(topic string) {
	if t := w.topics[topic]; t != nil && t.wanted {
		w.wanted--
		t.wanted = false
		w.changed[topic] = struct{}{}
	}
}

// take gives what is to be sent now, and counts on its being sent.
func (w *wishes) take() (subscribe, unsubscribe []string) {
	for topic := range w.changed {
		t := w.topics[topic]
		if t.wanted {
			subscribe = append(subscribe, topic)
			t.sent = append(t.sent, subscribed)
		} else {
			unsubscribe = append(unsubscribe, topic)
			t.sent = append(t.sent, unsubscribed)
		}
	}
	clear(w.changed)
	return subscribe, unsubscribe
}

// restart forgets what was sent, for a new connection, and gives what take does for it.
func (w *wishes) restart() (subscribe []string) {
	for topic, t := range w.topics {
		t.sent = nil
		if t.wanted {
			w.changed[topic] = struct{}{}
			continue
		}
		delete(w.topics, topic)
		delete(w.changed, topic)
	}
	subscribe, _ = w.take()
	return subscribe
}

// confirm notes what the server says about a topic. It reports whether the topic is sure by that and this must be told,
// and false for expected when nobody asked for it: the server, or the library, did something by itself.
func (w *wishes) confirm(topic, kind string) (tell, expected bool) {
	t := w.topics[topic]
	if t == nil || len(t.sent) == 0 || t.sent[0] != kind {
		return false, false
	}
	t.sent = slices.Delete(t.sent, 0, 1)
	if len(t.sent) > 0 {
		return false, true
	}
	if _, more := w.changed[topic]; more {
		return false, true
	}
	if !t.wanted {
		delete(w.topics, topic)
		return false, true
	}
	tell, t.told = !t.told, true
	return tell, true
}

// untell takes back that topics were told: it did not come to that.
func (w *wishes) untell(topics []string) {
	for _, topic := range topics {
		if t := w.topics[topic]; t != nil {
			t.told = false
		}
	}
}
