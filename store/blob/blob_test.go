package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"go.uber.org/goleak"

	"parley/hub"
	"parley/store/blob"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stores are both kinds. The bucket is in the memory of this process, behind real HTTP.
func stores(t *testing.T) map[string]blob.Store {
	t.Helper()
	memory := s3mem.New()
	if err := memory.CreateBucket("parley"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(memory).Server())
	t.Cleanup(func() {
		server.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	opened := map[string]blob.Store{}
	for name, setting := range map[string]string{
		"dir": "dir:" + filepath.Join(t.TempDir(), "a", "media"),
		"s3":  "s3://key:secret@" + strings.TrimPrefix(server.URL, "http://") + "/parley?tls=false&region=eu",
	} {
		s, err := blob.Open(setting)
		if err != nil {
			t.Fatal(err)
		}
		opened[name] = s
	}
	return opened
}

func each(t *testing.T, test func(t *testing.T, s blob.Store)) {
	t.Helper()
	for name, s := range stores(t) {
		t.Run(name, func(t *testing.T) { test(t, s) })
	}
}

func read(t *testing.T, s blob.Store, sid hub.MediaSID, from int64) ([]byte, error) {
	t.Helper()
	r, err := s.Open(t.Context(), sid)
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // only read
	if _, err := r.Seek(from, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	return io.ReadAll(r)
}

// TestContent: what is put is there, from any place on, until it is deleted; deleting again is nothing.
func TestContent(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		t.Helper()
		source := rand.NewChaCha8([32]byte{1})
		for _, size := range []int{1, 100_000, 17 << 20} {
			content := make([]byte, size)
			_, _ = source.Read(content)
			sid := hub.NewMediaSID()
			n, err := s.Put(t.Context(), sid, io.MultiReader(bytes.NewReader(content))) // a size that cannot be seen
			if err != nil || n != int64(size) {
				t.Fatalf("%d bytes: %d %v", size, n, err)
			}
			for _, from := range []int{0, size / 2, size} {
				if got, err := read(t, s, sid, int64(from)); err != nil || !bytes.Equal(got, content[from:]) {
					t.Errorf("of %d bytes from %d: %d %v", size, from, len(got), err)
				}
			}
			for range 2 {
				if err := s.Delete(t.Context(), sid); err != nil {
					t.Error(err)
				}
			}
			if _, err := read(t, s, sid, 0); !errors.Is(err, blob.ErrAbsent) {
				t.Errorf("deleted: %v", err)
			}
		}
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

type cutOff struct{ io.Reader }

var errCut = errors.New("cut off")

func (c cutOff) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err == io.EOF {
		err = errCut
	}
	return n, err
}

// TestHalf: of what does not come whole nothing stays, and nothing of it was to be seen.
func TestHalf(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		t.Helper()
		sid := hub.NewMediaSID()
		for _, size := range []int{10, 9 << 20} {
			if _, err := s.Put(t.Context(), sid, cutOff{bytes.NewReader(make([]byte, size))}); !errors.Is(err, errCut) {
				t.Errorf("%d bytes: %v", size, err)
			}
			if _, err := read(t, s, sid, 0); !errors.Is(err, blob.ErrAbsent) {
				t.Errorf("%d bytes: there is %v", size, err)
			}
		}
		if d, ok := s.(blob.Dir); ok {
			files, err := filepath.Glob(filepath.Join(string(d), "*", "*"))
			if err != nil || len(files) != 0 {
				t.Errorf("left are %v %v", files, err)
			}
		}
		if _, err := s.Put(t.Context(), sid, strings.NewReader("whole")); err != nil {
			t.Errorf("another time: %v", err)
		}
	})
}

// TestNames: nothing but a sid becomes part of a path.
func TestNames(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		t.Helper()
		for _, sid := range []hub.MediaSID{"", "..", "ME../../../../../../../../etc/passwd", "IM" + hub.NewMediaSID()[2:], "ME0123456789abcdef0123456789abcde/"} {
			_, err := s.Put(t.Context(), sid, strings.NewReader("x"))
			_, opening := s.Open(t.Context(), sid)
			if err == nil || opening == nil || s.Delete(t.Context(), sid) == nil {
				t.Errorf("%q was taken", sid)
			}
		}
	})
}

// TestSettings: what is no store says so, and tells no secret.
func TestSettings(t *testing.T) {
	for _, setting := range []string{
		"", "dir:", "file:x", "s3://host/bucket", "s3://key:hush@/bucket", "s3://key:hush@host", "s3://key:hush@host/a/b",
		"s3://key:hush@host/b?tls=maybe", "s3://key:hush@ho st/b", "s3://key:hush@host:x/b",
	} {
		if _, err := blob.Open(setting); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v", setting, err)
		}
	}
}

// TestCheck: what cannot be written is found.
func TestCheck(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if blob.Dir(file).Check(context.Background()) == nil {
		t.Error("a file was taken for a folder")
	}
}
