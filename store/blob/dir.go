package blob

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"parley/hub"
)

// Dir keeps each content in a file below a folder, which is made where it is not there. The last digits of a sid are random:
// two of them are the file's own folder, so that none holds very many.
type Dir string

var _ Store = Dir("")

const (
	folderMode = 0o700 // nobody else is to read what people send each other
	// partial is what names of files end with that are not whole. Those of a hub that was killed are found by the rows of
	// their media, and deleted with them.
	partial = ".part"
)

func (d Dir) path(sid hub.MediaSID) (string, error) {
	name, err := name(sid)
	if err != nil {
		return "", err
	}
	return filepath.Join(string(d), name[len(name)-2:], name), nil
}

// Put implements Store.
func (d Dir) Put(_ context.Context, sid hub.MediaSID, r io.Reader) (int64, error) {
	path, err := d.path(sid)
	if err != nil {
		return 0, err
	}
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return 0, err
	}
	size, err := write(path+partial, r)
	if err == nil {
		err = os.Rename(path+partial, path)
	}
	if err != nil {
		return 0, errors.Join(err, gone(os.Remove(path+partial)))
	}
	return size, syncFolder(filepath.Dir(path))
}

// write makes a file that is on the disk when it returns.
func write(path string, r io.Reader) (size int64, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if size, err = io.Copy(f, r); err != nil {
		return 0, err
	}
	return size, f.Sync()
}

// makeFolder makes a folder, and what it is in, and has their names on the disk.
func makeFolder(path string) error {
	if _, err := os.Stat(path); err == nil || path == filepath.Dir(path) {
		return err
	}
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	if err := os.Mkdir(path, folderMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder has a folder's names on the disk.
func syncFolder(path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return f.Sync()
}

// Open implements Store.
func (d Dir) Open(_ context.Context, sid hub.MediaSID) (io.ReadSeekCloser, error) {
	path, err := d.path(sid)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrAbsent
	}
	return f, err
}

// Delete implements hub.Blobs.
func (d Dir) Delete(_ context.Context, sid hub.MediaSID) error {
	path, err := d.path(sid)
	if err != nil {
		return err
	}
	return errors.Join(gone(os.Remove(path)), gone(os.Remove(path+partial)))
}

// Check implements Store.
func (d Dir) Check(ctx context.Context) error {
	return check(ctx, d)
}

// gone takes what is not there for deleted.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
