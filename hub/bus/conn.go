package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// conn is one pub/sub connection of a link, from its making to its first fault.
type conn struct {
	link  *link
	ps    *redis.PubSub
	ended chan error // size 1: why it cannot be read any more
	done  sync.WaitGroup

	// Of the link's goroutine.
	probes  int64       // how many were sent
	sent    []time.Time // when those were that are away, the latest last
	proven  bool        // one came back
	refused error       // why the latest could not be published

	// Written by the receive loop.
	confirmed atomic.Bool  // the probes' channel is subscribed, and so is all that was wished for before
	back      atomic.Int64 // the latest probe that came back
	heard     atomic.Int64 // when something was read last, in nanoseconds since 1970
}

// close ends the connection and waits for its receive loop.
func (c *conn) close() {
	c.ps.Close() //nolint:errcheck // it is over one way or the other
	c.done.Wait()
}

// away is for how long the oldest probe has been away; 0 when all came back.
func (c *conn) away() time.Duration {
	if away := int(c.probes - c.back.Load()); away < len(c.sent) {
		c.sent = c.sent[len(c.sent)-away:]
	}
	if len(c.sent) == 0 {
		return 0
	}
	return time.Since(c.sent[0])
}

// receive reads until the connection fails, which it does at the first doubt: a read that was broken off in the middle,
// a reply that was not expected, a subscription that nobody asked for.
func (c *conn) receive(ctx context.Context) error {
	ctx = context.WithValue(ctx, listening{}, true)
	patience := 4 * c.link.bus.config.Probe // probes come more often than that
	var payload []byte
	for {
		got, err := c.ps.ReceiveTimeout(ctx, patience)
		if err != nil {
			return err
		}
		c.heard.Store(time.Now().UnixNano())
		switch m := got.(type) {
		case *redis.Message:
			if m.Channel == c.link.probe {
				err = c.probed(m.Payload)
				break
			}
			payload = append(payload[:0], m.Payload...)
			c.link.bus.counters.received.Add(1)
			c.link.bus.counters.receivedBytes.Add(int64(len(payload)))
			c.link.bus.listener.Heard(payload)
		case *redis.Subscription:
			err = c.subscription(m)
		}
		if err != nil {
			return err
		}
	}
}

// probed notes that a probe came back.
func (c *conn) probed(payload string) error {
	n, err := strconv.ParseInt(payload, 10, 64)
	if err != nil {
		return fmt.Errorf("a strange probe: %w", err)
	}
	c.back.Store(n)
	c.link.nudge()
	return nil
}

// subscription takes the confirmation of a subscription, or of its end.
func (c *conn) subscription(m *redis.Subscription) error {
	l, kind := c.link, m.Kind
	if l.bus.service.sharded {
		kind = strings.TrimPrefix(kind, "s")
	}
	if m.Channel == l.probe {
		if kind != subscribed || c.confirmed.Swap(true) {
			return errors.New("the server subscribed or ended the probes by itself: " + m.Kind)
		}
		l.nudge()
		return nil
	}
	topic := l.bus.service.topic(m.Channel, l.partition)
	l.mu.Lock()
	tell, expected := l.wishes.confirm(topic, kind)
	if tell {
		l.sure = append(l.sure, topic)
	}
	l.mu.Unlock()
	if !expected {
		return errors.New("the server subscribed or ended a topic by itself: " + m.Kind)
	}
	if tell {
		l.nudge()
	}
	return nil
}
