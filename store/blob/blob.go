package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"parley/hub"
)

// Store keeps contents.
type Store interface {
	hub.Blobs
	// Put keeps all that r gives, which is something: S3 has no way to stream nothing. Where that fails, or r does, nothing is kept.
	Put(ctx context.Context, sid hub.MediaSID, r io.Reader) (size int64, err error)
	// Open gives a content; ErrAbsent where there is none. ctx holds for as long as it is read.
	Open(ctx context.Context, sid hub.MediaSID) (io.ReadSeekCloser, error)
	// Check reports why nothing could be put.
	Check(ctx context.Context) error
}

// ErrAbsent says that there is no content under a sid.
var ErrAbsent = errors.New("blob: no such content")

// Open finds the store that a setting names: dir:PATH, or s3://KEY:SECRET@HOST/BUCKET?region=NAME&tls=false. Nothing is
// made or asked yet. The error holds no secret.
func Open(setting string) (Store, error) {
	switch scheme, rest, _ := strings.Cut(setting, ":"); {
	case scheme == "dir" && rest != "":
		return Dir(rest), nil
	case scheme == "s3":
		return openS3(setting)
	default:
		return nil, errors.New("want dir:PATH or s3://KEY:SECRET@HOST/BUCKET")
	}
}

// name refuses what is no media's sid: nothing else ever becomes part of a path.
func name(sid hub.MediaSID) (string, error) {
	if !hub.IsSID(string(sid), "ME") {
		return "", fmt.Errorf("blob: %q is not a media's sid", sid)
	}
	return string(sid), nil
}
