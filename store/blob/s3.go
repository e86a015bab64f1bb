package blob

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"parley/hub"
)

// S3 keeps each content as an object of a bucket, which must be there.
type S3 struct {
	client *minio.Client
	bucket string
}

var _ Store = (*S3)(nil)

// partBytes is how much of an upload is in memory at a time: what S3 takes as a part of an object whose size is not known
// yet. Ten thousand of them, which is the most, are 80 GB.
const partBytes = 8 << 20

var errS3 = errors.New("want s3://KEY:SECRET@HOST[:PORT]/BUCKET, with ?region=NAME and ?tls=false where they are needed")

func openS3(setting string) (*S3, error) {
	u, err := url.Parse(setting)
	if err != nil {
		return nil, errS3 // not its own error, which would tell the secret
	}
	secret, given := u.User.Password()
	bucket := strings.Trim(u.Path, "/")
	tls := u.Query().Get("tls")
	if u.Host == "" || !given || bucket == "" || strings.Contains(bucket, "/") || tls != "" && tls != "true" && tls != "false" {
		return nil, errS3
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(u.User.Username(), secret, ""), Secure: tls != "false", Region: u.Query().Get("region"),
	})
	if err != nil {
		return nil, errS3
	}
	return &S3{client: client, bucket: bucket}, nil
}

// Put implements Store.
func (s *S3) Put(ctx context.Context, sid hub.MediaSID, r io.Reader) (int64, error) {
	name, err := name(sid)
	if err != nil {
		return 0, err
	}
	info, err := s.client.PutObject(ctx, s.bucket, name, r, -1, minio.PutObjectOptions{
		PartSize: partBytes, NumThreads: 1, DisableContentSha256: true, // a checksum goes along, and TLS guards the rest
	})
	return info.Size, err
}

// Open implements Store.
func (s *S3) Open(ctx context.Context, sid hub.MediaSID) (io.ReadSeekCloser, error) {
	name, err := name(sid)
	if err != nil {
		return nil, err
	}
	o, err := s.client.GetObject(ctx, s.bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	if _, err := o.Stat(); err != nil {
		if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
			err = ErrAbsent
		}
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

// Delete implements hub.Blobs.
func (s *S3) Delete(ctx context.Context, sid hub.MediaSID) error {
	name, err := name(sid)
	if err != nil {
		return err
	}
	return errors.Join(
		s.client.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{}),
		s.client.RemoveIncompleteUpload(ctx, s.bucket, name),
	)
}

// Check implements Store.
func (s *S3) Check(ctx context.Context) error { return check(ctx, s) }
