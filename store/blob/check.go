package blob

import (
	"context"
	"errors"
	"strings"

	"parley/hub"
)

// check puts something and deletes it again.
func check(ctx context.Context, s Store) error {
	sid := hub.NewMediaSID()
	_, err := s.Put(ctx, sid, strings.NewReader("parley"))
	return errors.Join(err, s.Delete(ctx, sid))
}
