package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// CheckURL reports what is wrong with a URL, or with the files that it names. The error holds no secret.
func CheckURL(url string) error {
	_, err := parseAddress(url)
	return err
}

// leastVersion is the first with sharded pub/sub.
const leastVersion = 7

// Check connects to the Redis of a URL and reports what keeps a bus from working there.
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
	return s.publish(ctx, s, s.channel(s.prefix+"check"), nil).Err()
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
