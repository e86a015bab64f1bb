package sqlite_test

import (
	"slices"
	"sync"
	"testing"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// The shim is SQLite's own layer above the operating system, through which the writes, syncs and truncates of watched
// files pass. It is the default one of the tests of this package; all that it does not watch goes to SQLite's own directly.
var shim struct {
	once  sync.Once
	below uintptr // SQLite's own; fixed once registered

	mu      sync.Mutex
	above   map[uintptr]uintptr // the methods that stand before others; never freed
	watched map[string]watcher  // by path
	open    map[uintptr]opened  // by SQLite's handle
}

type opened struct {
	path    string
	watcher watcher
	below   *sqlite3.Tsqlite3_io_methods
}

// A watcher is asked before something is done to a file, and may wait or answer another code than SQLITE_OK, with which it
// fails; and is told of it after it was done.
type watcher interface {
	ask(path string, kind deedKind) (code int32)
	wrote(path string, offset int64, data []byte)
	truncated(path string, size int64)
	synced(path string)
}

// watch has a watcher told of a database and its log until the test ends.
func watch(t *testing.T, path string, w watcher) {
	t.Helper()
	shim.once.Do(func() {
		if code := install(); code != sqlite3.SQLITE_OK {
			t.Fatalf("registering it failed with %d", code)
		}
	})
	shim.mu.Lock()
	defer shim.mu.Unlock()
	names := []string{path, path + "-wal"}
	for _, name := range names {
		shim.watched[name] = w
	}
	t.Cleanup(func() {
		shim.mu.Lock()
		defer shim.mu.Unlock()
		for _, name := range names {
			delete(shim.watched, name)
		}
	})
}

func install() int32 {
	tls := libc.NewTLS()
	defer tls.Close()
	shim.above, shim.watched, shim.open = map[uintptr]uintptr{}, map[string]watcher{}, map[uintptr]opened{}
	shim.below = sqlite3.Xsqlite3_vfs_find(tls, 0)
	table := twin[sqlite3.Tsqlite3_vfs](tls, shim.below)
	name, err := libc.CString("watched") // never freed, as the table
	if err != nil {
		return sqlite3.SQLITE_NOMEM
	}
	at[sqlite3.Tsqlite3_vfs](table).FzName = name
	at[sqlite3.Tsqlite3_vfs](table).FpNext = 0
	at[sqlite3.Tsqlite3_vfs](table).FxOpen = entry(shimOpen)
	return sqlite3.Xsqlite3_vfs_register(tls, table, 1)
}

// twin is a copy, in C's memory.
func twin[T any](tls *libc.TLS, of uintptr) uintptr {
	p := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(*at[T](of))))
	*at[T](p) = *at[T](of)
	return p
}

// at is what stands at an address of C's.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// entry is a function as C has it, and call the reverse.
func entry[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

func call[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) }

type (
	openFunc     = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32
	closeFunc    = func(tls *libc.TLS, file uintptr) int32
	writeFunc    = func(tls *libc.TLS, file, data uintptr, n int32, offset int64) int32
	truncateFunc = func(tls *libc.TLS, file uintptr, size int64) int32
	syncFunc     = func(tls *libc.TLS, file uintptr, flags int32) int32
)

func shimOpen(tls *libc.TLS, _, name, file uintptr, flags int32, out uintptr) int32 {
	code := call[openFunc](at[sqlite3.Tsqlite3_vfs](shim.below).FxOpen)(tls, shim.below, name, file, flags, out)
	if code != sqlite3.SQLITE_OK || name == 0 {
		return code
	}
	shim.mu.Lock()
	defer shim.mu.Unlock()
	path := libc.GoString(name)
	w := shim.watched[path]
	if w == nil {
		return code
	}
	methods := &at[sqlite3.Tsqlite3_file](file).FpMethods
	below := *methods
	if shim.above[below] == 0 {
		shim.above[below] = cover(tls, below)
	}
	*methods = shim.above[below]
	shim.open[file] = opened{path, w, at[sqlite3.Tsqlite3_io_methods](below)}
	return code
}

// cover makes methods that stand before others.
func cover(tls *libc.TLS, below uintptr) uintptr {
	p := twin[sqlite3.Tsqlite3_io_methods](tls, below)
	methods := at[sqlite3.Tsqlite3_io_methods](p)
	methods.FxClose, methods.FxWrite = entry(shimClose), entry(shimWrite)
	methods.FxTruncate, methods.FxSync = entry(shimTruncate), entry(shimSync)
	return p
}

func handle(file uintptr) opened {
	shim.mu.Lock()
	defer shim.mu.Unlock()
	return shim.open[file]
}

func shimClose(tls *libc.TLS, file uintptr) int32 {
	o := handle(file)
	shim.mu.Lock()
	delete(shim.open, file) // before: the address may be used again at once
	shim.mu.Unlock()
	return call[closeFunc](o.below.FxClose)(tls, file)
}

func shimWrite(tls *libc.TLS, file, data uintptr, n int32, offset int64) int32 {
	o := handle(file)
	code := o.watcher.ask(o.path, write)
	if code != sqlite3.SQLITE_OK {
		return code
	}
	if code = call[writeFunc](o.below.FxWrite)(tls, file, data, n, offset); code == sqlite3.SQLITE_OK {
		o.watcher.wrote(o.path, offset, slices.Clone(unsafe.Slice(at[byte](data), n)))
	}
	return code
}

func shimTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	o := handle(file)
	code := o.watcher.ask(o.path, truncate)
	if code != sqlite3.SQLITE_OK {
		return code
	}
	if code = call[truncateFunc](o.below.FxTruncate)(tls, file, size); code == sqlite3.SQLITE_OK {
		o.watcher.truncated(o.path, size)
	}
	return code
}

func shimSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	o := handle(file)
	code := o.watcher.ask(o.path, synced)
	if code != sqlite3.SQLITE_OK {
		return code
	}
	if code = call[syncFunc](o.below.FxSync)(tls, file, flags); code == sqlite3.SQLITE_OK {
		o.watcher.synced(o.path)
	}
	return code
}
