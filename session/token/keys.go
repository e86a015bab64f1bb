package token

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
)

// fetchGap is the least time from the end of a fetch to the next one, whatever asks for it: a flood of tokens with
// made-up kids costs the issuer two requests a minute.
const fetchGap = 30 * time.Second

// keys keeps the key set of a JWKS URL fresh. The library's own way to do that is not used, because nobody could
// wait for its goroutine, its answers have no bound, its keys no age, and one broken key fails the whole set.
type keys struct {
	// set at construction
	url             string
	client          *http.Client
	log             *slog.Logger
	refresh, maxAge time.Duration
	wake            chan struct{} // room for one
	stop            context.CancelFunc
	stopped         chan struct{}

	failing bool // owned by whoever fetches: start, then run

	current atomic.Pointer[keySet] // nil until a fetch succeeds

	mu      sync.Mutex
	attempt chan struct{} // closed at the end of the fetch that is wanted or under way; nil when there is none
	last    time.Time     // end of the last fetch
}

func newKeys(cfg Config) *keys {
	return &keys{
		url: cfg.JWKS, client: cfg.Client, log: cfg.Log, refresh: cfg.KeysRefresh, maxAge: cfg.KeysMaxAge,
		wake: make(chan struct{}, 1), stopped: make(chan struct{}),
	}
}

// start fetches once, then starts the goroutine that close ends. It fails when ctx is done by then.
func (k *keys) start(ctx context.Context) error {
	k.update(ctx)
	if err := context.Cause(ctx); err != nil {
		return err
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	k.stop = stop
	go k.run(life)
	return nil
}

func (k *keys) close() {
	k.stop()
	<-k.stopped
}

// run fetches when it is time, and when a token is in want of a key.
func (k *keys) run(ctx context.Context) {
	defer close(k.stopped)
	for {
		timer := time.NewTimer(k.pause())
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		case <-k.wake:
			timer.Stop()
		}
		k.update(ctx)
	}
}

func (k *keys) pause() time.Duration {
	if k.failing {
		return fetchGap
	}
	return k.refresh
}

// update fetches once and tells those who wait. A failure leaves the keys as they are.
func (k *keys) update(ctx context.Context) {
	k.begin()
	set, err := fetchKeySet(ctx, k.client, k.url)
	if err == nil {
		k.current.Store(set)
	}
	k.end()
	k.report(ctx, err)
}

// begin takes up the wish for a fetch, if there is one, so that it does not cause another.
func (k *keys) begin() {
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case <-k.wake:
	default:
	}
	if k.attempt == nil {
		k.attempt = make(chan struct{})
	}
}

func (k *keys) end() {
	k.mu.Lock()
	defer k.mu.Unlock()
	close(k.attempt)
	k.attempt = nil
	k.last = time.Now()
}

// report logs where things change, not every failure.
func (k *keys) report(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil: // stopped: no news
		return
	case err != nil && !k.failing:
		k.log.WarnContext(ctx, "JWKS not available; the keys known so far go on until they are too old", "error", err)
	case err == nil && k.failing:
		k.log.InfoContext(ctx, "JWKS available again")
	}
	k.failing = err != nil
}

// find gives the key of a token. When it is not known it waits for a fetch, if one is under way or may be made now.
func (k *keys) find(t *jwt.Token) (any, error) {
	key, err := k.look(t)
	if !errors.Is(err, jwkset.ErrKeyNotFound) && !errors.Is(err, ErrKeysUnavailable) {
		return key, err
	}
	k.await(k.want())
	return k.look(t) // even without a wait: a fetch may have ended in between
}

// look asks the keys at hand. Their age is measured with the monotonic clock: a wall clock that jumps changes nothing.
func (k *keys) look(t *jwt.Token) (any, error) {
	set := k.current.Load()
	if set == nil || time.Since(set.fetched) > k.maxAge {
		return nil, ErrKeysUnavailable
	}
	return set.key(t)
}

// want asks for a fetch and gives what is closed when it has ended; nil when the last one is too recent.
func (k *keys) want() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.attempt != nil {
		return k.attempt
	}
	if time.Since(k.last) < fetchGap {
		return nil
	}
	k.attempt = make(chan struct{})
	k.wake <- struct{}{} // never blocks: begin has emptied it before attempt could become nil
	return k.attempt
}

// await waits for the end of a fetch; for nothing when end is nil.
func (k *keys) await(end <-chan struct{}) {
	if end == nil {
		return
	}
	timer := time.NewTimer(fetchTimeout)
	defer timer.Stop()
	select {
	case <-end:
	case <-k.stopped:
	case <-timer.C:
	}
}
