package web

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// pacer admits upgrades at a bounded rate and in bounded number: a few are held until their turn comes, the others
// are told to come back.
type pacer struct {
	limit *rate.Limiter // nil: no limit
	wait  time.Duration
	most  int64 // negative: no limit
	now   atomic.Int64
}

func newPacer(p Pace) *pacer {
	pc := &pacer{wait: max(p.Wait, 0), most: int64(p.Upgrades)}
	if p.Rate > 0 {
		pc.limit = rate.NewLimiter(rate.Limit(p.Rate), p.Burst)
	}
	return pc
}

var errPace = errors.New("too many connections at once")

// enter waits for a turn. On success leave must be called when the upgrade is done. Otherwise retry is when a turn
// is to be had, or ctx ended.
func (p *pacer) enter(ctx context.Context) (retry time.Duration, err error) {
	if n := p.now.Add(1); p.most >= 0 && n > p.most {
		p.leave()
		return time.Second, errPace
	}
	if retry, err = p.turn(ctx); err != nil {
		p.leave()
	}
	return retry, err
}

func (p *pacer) leave() { p.now.Add(-1) }

func (p *pacer) turn(ctx context.Context) (time.Duration, error) {
	if p.limit == nil {
		return 0, nil
	}
	r := p.limit.Reserve()
	delay := r.Delay()
	if delay == 0 {
		return 0, nil
	}
	if delay > p.wait {
		r.Cancel()
		return delay, errPace
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return 0, nil
	case <-ctx.Done():
		r.Cancel()
		return delay, ctx.Err()
	}
}

// census counts websockets by address, those of one neighbourhood together.
type census struct {
	most int // 0: not counted

	mu    sync.Mutex
	count map[netip.Addr]int
}

func newCensus(most int) *census {
	return &census{most: most, count: make(map[netip.Addr]int)}
}

// enter counts one in, unless there are too many; leave may be called more than once.
func (c *census) enter(addr netip.Addr) (leave func(), ok bool) {
	if c.most <= 0 || !addr.IsValid() {
		return func() {}, true
	}
	key := neighbourhood(addr)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count[key] >= c.most {
		return nil, false
	}
	c.count[key]++
	return sync.OnceFunc(func() { c.leave(key) }), true
}

func (c *census) leave(key netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count[key]--; c.count[key] == 0 {
		delete(c.count, key)
	}
}

// neighbourhood is what one customer of a provider commands: an IPv4 address or an IPv6 /64.
func neighbourhood(addr netip.Addr) netip.Addr {
	if addr = addr.Unmap(); addr.Is4() {
		return addr
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return addr
	}
	return prefix.Addr()
}
