package rest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"parley/hub"
)

// A POST with an Idempotency-Key is carried out once: sent again, it answers with what it made the first time, as that is
// now. The key is kept by the very commit that the request brings about, for hub.OnceFor.

const (
	onceHeader     = "Idempotency-Key"
	repeatedHeader = "Idempotent-Replayed" // in the answer to a repeated request
)

// once is what a request's key stands for, nil where it has none.
func (c *call) readOnce(r *http.Request) {
	if key := r.Header.Get(onceHeader); r.Method == http.MethodPost && len(r.Header.Values(onceHeader)) > 0 {
		digest := sha256.Sum256([]byte(c.self + "\n" + c.sent.Encode()))
		c.once = &hub.Once{Key: key, Print: hex.EncodeToString(digest[:])}
	}
}

// repeatedError is why an operation is not carried out: it was.
type repeatedError struct{ made string }

func (*repeatedError) Error() string { return "the request was carried out before" }

// do has the hub carry out a command. A POST has one, so that its key is kept with all it did.
func (c *call) do(ctx context.Context, cmd hub.Command) (any, error) {
	if c.once != nil {
		once := *c.once
		once.Of = cmd
		cmd = &once
	}
	answer, err := c.api.hub.Do(ctx, c.actor(), cmd)
	if before, ok := answer.(*hub.Repeated); ok {
		return nil, &repeatedError{before.Made}
	}
	return answer, err
}

// again answers a repeated request with what it made, as that is now; where that is gone, as if it were asked for.
func (c *call) again(ctx context.Context, cause error) (any, error) {
	before, ok := errors.AsType[*repeatedError](cause)
	if !ok {
		return nil, cause
	}
	if c.place.answer == nil {
		return nil, nil
	}
	path := c.self
	if c.place.status == http.StatusCreated {
		path += "/" + before.made
		if c.place.made != "" {
			path = strings.TrimPrefix(c.base, c.origin) + c.place.made + "/" + before.made
		}
	}
	made, err := c.api.route(http.MethodGet, path)
	if err != nil {
		return nil, err
	}
	made.service, made.origin, made.base = c.service, c.origin, c.base
	return made.place.serve(ctx, made)
}
