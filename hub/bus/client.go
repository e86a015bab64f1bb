package bus

import (
	"context"
	"errors"
	"hash/fnv"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

// partitions is how many slots of a cluster topics are spread over (rule R25).
const partitions = 64

// A service is a Redis of whatever kind.
type service struct {
	redis.UniversalClient
	sharded bool
	prefix  string
}

// The library speaks to standard error unless told otherwise. What it would say comes back as an error as well.
var silence = sync.OnceFunc(logging.Disable)

// connect makes a client for an address. It connects when it is used first; nothing takes much longer than patience.
func connect(a *address, patience time.Duration) *service {
	silence()
	options := &redis.UniversalOptions{
		Addrs: a.hosts, DB: a.db, Username: a.user, Password: a.password, TLSConfig: a.tls,
		MasterName: a.master, SentinelUsername: a.sentinelUser, SentinelPassword: a.sentinelPassword,
		IsClusterMode: a.kind == cluster, Dialer: dialer(a, patience),
		Protocol:        2, // with 3 the library's reader of pushes has lost messages and hung on short names
		DisableIdentity: true,
		MaxRetries:      -1, DialerRetries: 1, // a late hint is not useful, and the loops here have a pace of their own
		DialTimeout: patience, ReadTimeout: patience, WriteTimeout: patience, PoolTimeout: patience,
		ContextTimeoutEnabled: true,
	}
	return &service{
		UniversalClient: redis.NewUniversalClient(options), sharded: a.kind == cluster, prefix: a.prefix,
	}
}

// listening marks the context of a receive loop: no connection may be made under it.
type listening struct{}

var errOver = errors.New("the connection has ended")

// dialer is the library's own, except that it refuses a receive loop. A PubSub that loses its connection would make and
// subscribe another one in silence, while here it is to be known that something was missed.
func dialer(a *address, patience time.Duration) func(context.Context, string, string) (net.Conn, error) {
	dial := redis.NewDialer(&redis.Options{DialTimeout: patience, TLSConfig: a.tls})
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if ctx.Value(listening{}) != nil {
			return nil, errOver
		}
		return dial(ctx, network, addr)
	}
}

// partition is the slot group that a topic belongs to; without a cluster there is one.
func (s *service) partition(topic string) int {
	if !s.sharded {
		return 0
	}
	h := fnv.New32a()
	h.Write([]byte(topic))
	return int(h.Sum32() % partitions)
}

// partitions is how many there are.
func (s *service) partitions() int {
	if s.sharded {
		return partitions
	}
	return 1
}

// channel is what a topic is called on Redis.
func (s *service) channel(topic string) string { return s.tag(s.partition(topic)) + topic }

// tag keeps a partition's channels together on one node: Redis hashes what stands in braces.
func (s *service) tag(partition int) string {
	if !s.sharded {
		return ""
	}
	return "{p" + strconv.Itoa(partition) + "}"
}

// topic undoes channel.
func (s *service) topic(channel string, partition int) string {
	return strings.TrimPrefix(channel, s.tag(partition))
}

// publisher is a client or a pipeline.
type publisher interface {
	Publish(ctx context.Context, channel string, message any) *redis.IntCmd
	SPublish(ctx context.Context, channel string, message any) *redis.IntCmd
}

func (s *service) publish(ctx context.Context, to publisher, channel string, payload []byte) *redis.IntCmd {
	if s.sharded {
		return to.SPublish(ctx, channel, payload)
	}
	return to.Publish(ctx, channel, payload)
}

// pubSub begins a connection that hears nothing yet; the first subscription makes it.
func (s *service) pubSub(ctx context.Context) *redis.PubSub {
	if s.sharded {
		return s.SSubscribe(ctx)
	}
	return s.Subscribe(ctx)
}

func (s *service) subscribe(ctx context.Context, ps *redis.PubSub, channels []string) error {
	if s.sharded {
		return ps.SSubscribe(ctx, channels...)
	}
	return ps.Subscribe(ctx, channels...)
}

func (s *service) unsubscribe(ctx context.Context, ps *redis.PubSub, channels []string) error {
	if s.sharded {
		return ps.SUnsubscribe(ctx, channels...)
	}
	return ps.Unsubscribe(ctx, channels...)
}

// relearn has a cluster's client ask again which node has which slot. By itself it does so when it is redirected, not
// when a node is gone.
func (s *service) relearn(ctx context.Context) {
	if c, ok := s.UniversalClient.(*redis.ClusterClient); ok {
		c.ReloadState(ctx)
	}
}
