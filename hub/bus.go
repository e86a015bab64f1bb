package hub

import "context"

// A Bus carries hints between the hubs that share a store. It makes delivery fast and nothing more: it may lose, repeat,
// delay and reorder what it carries, and the store makes delivery complete (rules R16, R17). Its methods never wait.
type Bus interface {
	// Join says who listens. It is called once, before everything else.
	Join(l Listener)
	// Subscribe asks for what is published to topics from now on; when that is sure, Subscribed says so, also for
	// topics that were subscribed to before. A bus that is unwell remembers the wish.
	Subscribe(topics ...string)
	// Unsubscribe ends the wish. Some more may be heard.
	Unsubscribe(topics ...string)
	// Publish hands a payload, which the bus may keep, to every hub that is subscribed to the topic; to this one too,
	// or not. Payloads of one hub to one topic are carried in order as long as all is well.
	Publish(topic string, payload []byte)
	// Close ends the bus. Nothing is heard once it has returned.
	Close()
}

// A Listener is a hub as its bus sees it. Calls come from the bus's own goroutines, several at a time.
type Listener interface {
	// Heard brings one payload. It must not be kept or changed after the call.
	Heard(payload []byte)
	// Subscribed says that what is published to these topics from now on will be heard.
	Subscribed(topics []string)
	// Health says whether the bus works; err is why it does not. Until it does nothing is waited for that may have
	// been lost (rule R16).
	Health(well bool, err error)
	// Doubt says that payloads may have been lost that nobody will ever bring: everything must be compared with the
	// store (rule R17). It comes when the bus is well again, and when another hub ended without a word.
	Doubt(reason string)
	// Missed says that what this hub published to the topics may have reached nobody; it is called when publishing
	// works again. No topics at all: it is not known which.
	Missed(topics []string)
}

// Whereabouts knows which users have sessions on any hub. What it says of a hub that was killed is wrong for at most
// one lease. Without one a hub knows of its own sessions only.
type Whereabouts interface {
	// Arrive says that this hub has sessions of a user, and Depart that it has none any more. They never wait; what
	// they said is kept up until it is taken back, whatever the service behind them forgets.
	Arrive(user UserSID)
	Depart(user UserSID)
	// Online reports for each user whether some hub has sessions of it.
	Online(ctx context.Context, users []UserSID) ([]bool, error)
}
