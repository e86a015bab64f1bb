//go:build !linux

package bench

import (
	"context"
	"errors"
)

// Run says that it needs Linux.
func Run(context.Context, Options) (*Result, error) {
	return nil, errors.New("bench needs Linux: it counts on epoll and /proc")
}
