package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// CheckURL reports what is wrong with a URL, or with the files that it names. The error holds no secret.
func CheckURL(url string) error {
	_, err := parseAddress(url)
	return err
}

// leastVersion is the first with sharded pub/sub.
const leastVersion = 7

// Check connects to the Redis of a URL and reports what keeps a bus from working there: it does all that one does.
func Check(ctx context.Context, url string) error {
	address, err := parseAddress(url)
	if err != nil {
		return err
	}
	s := connect(address, 2*time.Second)
	defer s.Close() //nolint:errcheck // nothing is left that could be lost
	info, err := s.Info(ctx, "server").Result()
	if err != nil {
		return err
	}
	version := line(info, "redis_version")
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); err != nil || n < leastVersion {
		return fmt.Errorf("its version is %q, and at least %d is needed", version, leastVersion)
	}
	if clustered := line(info, "redis_mode") == "cluster"; clustered != s.sharded {
		return errors.New("redis+cluster is for a cluster, and only a cluster")
	}
	if err := s.publish(ctx, s, s.channel(s.prefix+"check"), nil).Err(); err != nil {
		return err
	}
	for _, topic := range []string{"CH", "US", "hubs", s.prefix + "check"} {
		if err := s.hears(ctx, topic); err != nil {
			return err
		}
	}
	return s.remembers(ctx)
}

// hears reports why a topic cannot be subscribed to.
func (s *service) hears(ctx context.Context, topic string) error {
	ps := s.pubSub(ctx)
	defer ps.Close() //nolint:errcheck // nothing is left that could be lost
	channel := []string{s.channel(topic)}
	for _, command := range []subscribing{s.subscribe, s.unsubscribe} {
		if err := command(ctx, ps, channel); err != nil {
			return err
		}
		if _, err := ps.Receive(ctx); err != nil {
			return err
		}
	}
	return nil
}

// remembers reports why whereabouts cannot be kept.
func (s *service) remembers(ctx context.Context) error {
	key, set := s.prefix+"check", s.prefix+"check:set"
	err := s.SetArgs(ctx, key, present, redis.SetArgs{TTL: time.Minute, Get: true}).Err()
	if err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	return errors.Join(
		s.Get(ctx, key).Err(), s.SAdd(ctx, set, present).Err(), s.Expire(ctx, set, time.Minute).Err(),
		s.SMembers(ctx, set).Err(), s.SRem(ctx, set, present).Err(),
	)
}

// line is what INFO says of a name.
func line(info, name string) string {
	for l := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(l, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
