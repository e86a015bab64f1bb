package hub

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Config is what a Hub is made from. Store and Encoder are required; every other zero value is useful.
type Config struct {
	Store   Store
	Encoder Encoder
	Logger  *slog.Logger // none: discarded

	Limits      Limits // as they are: see DefaultLimits
	Blobs       Blobs  // that the content of media is deleted from; nil: there are no media
	PrivateJoin bool   // only a conversation's creator may join by oneself

	MediaAge     time.Duration // after which media that no message carries are deleted; 5 min (Twilio)
	RingEvents   int           // events that a room keeps for its subscribers; 256
	RingBytes    int           // of one room; 256 KiB
	AllRingBytes int64         // of all rooms together; 64 MiB
	RingIdle     time.Duration // after which a quiet room's ring is emptied; 30 s
	Readers      int           // store reads at a time for those who are behind; 4
	BatchOps     int           // commands in one commit, at most; 512

	// What joins several hubs of one store; none of them: this hub is alone.
	Bus         Bus
	Whereabouts Whereabouts
	Compare     time.Duration // in which every room and user is compared with the store once; 30 s (rule R17)
}

func (c *Config) setDefaults() {
	def := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	def(&c.RingEvents, 256)
	def(&c.RingBytes, 256<<10)
	def(&c.Readers, 4)
	def(&c.BatchOps, 512)
	if c.AllRingBytes == 0 {
		c.AllRingBytes = 64 << 20
	}
	if c.MediaAge == 0 {
		c.MediaAge = 5 * time.Minute
	}
	if c.Compare == 0 {
		c.Compare = 30 * time.Second
	}
	if c.RingIdle == 0 {
		c.RingIdle = 30 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
}

// A Hub takes commands, makes them durable and hands the events to whoever is subscribed. All methods may be
// called by any number of goroutines.
type Hub struct {
	config Config // static after New
	store  Store
	enc    Encoder
	log    *slog.Logger
	id     [8]byte // of this run of the hub, random
	bus    Bus     // nil: alone

	committer committer
	rooms     roomTable
	presence  presence
	loader    loader
	counters  counters
	known     known
	met       met

	well   atomic.Bool // the bus works
	doubts chan struct{}
	// altered has what is known of services read again.
	altered chan struct{}
	epoch   atomic.Pointer[epoch] // as it was last seen
	topics  sync.Mutex            // orders subscribing and unsubscribing
	feedN   atomic.Uint64

	// What waits to be looked at.
	gaps      dueQueue[*room]           // events are missing
	syncs     dueQueue[*room]           // the topic is subscribed to
	marks     dueQueue[UserSID]         // likewise
	entries   dueQueue[entrance]        // memberships that have begun
	watched   dueQueue[UserSID]         // may have come or gone
	lingering dueQueue[string]          // topics that nobody wants any more
	astray    dueQueue[ConversationSID] // of which other hubs may have missed something
	strayed   dueQueue[UserSID]         // likewise
	unindexed dueQueue[ConversationSID] // committed to, and not in the index of words yet

	stop context.CancelFunc
	wg   sync.WaitGroup
}

// New starts a hub. It owns its goroutines until Close, and the store not at all.
func New(config Config) *Hub {
	config.setDefaults()
	ctx, stop := context.WithCancel(context.Background()) //nolint:forbidigo // the root of the hub's own lifetime; Close ends it
	h := &Hub{
		config: config, enc: config.Encoder, log: config.Logger, bus: config.Bus,
		stop: stop, doubts: make(chan struct{}, 1), altered: make(chan struct{}, 1),
	}
	h.store = &sameHistory{config.Store, h}
	rand.Read(h.id[:]) // never fails: it crashes the process instead
	h.checkEpoch()
	h.committer.init()
	h.rooms.init(&h.counters.ringBytes)
	h.presence.init()
	h.loader.init()
	h.counters.armed, h.counters.keep = make(chan struct{}, 1), make(chan struct{}, 1)
	h.start(ctx)
	return h
}

// start starts the hub's goroutines. It joins the bus last: from then on other hubs are heard.
func (h *Hub) start(ctx context.Context) {
	for _, loop := range []func(context.Context){
		h.commitLoop, h.pulseLoop, h.timerLoop, h.keepLoop, h.compareLoop, h.watchLoop, h.learnLoop, h.indexLoop, h.surveyLoop,
	} {
		h.wg.Go(func() { loop(ctx) })
	}
	for range h.config.Readers {
		h.wg.Go(func() { h.loadLoop(ctx) })
	}
	for range gapReaders {
		h.wg.Go(func() { h.gapLoop(ctx) })
	}
	for range entryReaders {
		h.wg.Go(func() { h.entryLoop(ctx) })
	}
	if h.config.Blobs != nil {
		h.wg.Go(func() { h.garbageLoop(ctx) })
	}
	if h.bus == nil {
		return
	}
	for _, loop := range []func(context.Context){h.syncLoop, h.markLoop, h.strayLoop, h.strayedLoop, h.lingerLoop} {
		h.wg.Go(func() { loop(ctx) })
	}
	h.bus.Join(h)
	h.bus.Subscribe(everyHub)
}

// Close refuses new commands, finishes those that were accepted, and waits for the hub's goroutines. Sessions must
// have ended before.
func (h *Hub) Close() {
	h.committer.close()
	h.committer.drained()
	if h.bus != nil {
		h.bus.Close()
	}
	h.resign()
	h.stop()
	h.loader.close()
	h.wg.Wait()
}

// Limits are the limits in force.
func (h *Hub) Limits() Limits { return h.config.Limits }

// Epoch names the history that revisions belong to (rule R4).
func (h *Hub) Epoch() string {
	h.checkEpoch()
	return h.epoch.Load().name
}

// Ping reports whether the store can be used.
func (h *Hub) Ping(ctx context.Context) error { return h.store.Ping(ctx) }
