package sqlite_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sync"

	sqlite3 "modernc.org/sqlite/lib"
	"pgregory.net/rapid"
)

// sector is what a disk writes whole or not at all.
const sector = 512

// deed is something done to a file, or an acknowledgement between two of them.
type deed struct {
	path   string
	kind   deedKind
	offset int64 // of a write; the size that a truncate leaves
	data   []byte
	acked  int64 // messages
}

type deedKind int

const (
	write deedKind = iota
	truncate
	synced
	acknowledged
)

// recording is all that was done to the files since they were made.
type recording struct {
	mu    sync.Mutex
	deeds []deed
}

func (r *recording) add(d deed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deeds = append(r.deeds, d)
}

func (r *recording) wrote(path string, offset int64, data []byte) {
	r.add(deed{path: path, kind: write, offset: offset, data: data})
}

func (r *recording) truncated(path string, size int64) {
	r.add(deed{path: path, kind: truncate, offset: size})
}

func (r *recording) ask(string, deedKind) (code int32) { return sqlite3.SQLITE_OK }

func (r *recording) synced(path string) { r.add(deed{path: path, kind: synced}) }

// all is the deeds so far.
func (r *recording) all() []deed {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.deeds)
}

// cut gives what is on the disk when the power fails after these deeds. What was synced is there. Of what was written
// since, each sector has any of the contents that it had meanwhile, whatever became of the others, and the file any of its
// lengths. A truncate happened in whole or not at all, and what was written behind it is not there without it, as on file
// systems that keep a journal.
func cut(t *rapid.T, deeds []deed) map[string][]byte {
	files, loose := map[string][]byte{}, map[string][]deed{}
	for _, d := range deeds {
		switch d.kind {
		case write, truncate:
			loose[d.path] = append(loose[d.path], d)
		case synced:
			for _, l := range loose[d.path] {
				files[d.path] = l.apply(files[d.path])
			}
			loose[d.path] = nil
		case acknowledged:
		}
	}
	luck := &luck{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "sectors"), 0)), rapid.IntRange(0, 4).Draw(t, "luck")}
	for _, path := range slices.Sorted(maps.Keys(loose)) {
		files[path] = luck.settle(files[path], loose[path])
	}
	return files
}

// apply does a deed to a file's bytes.
func (d deed) apply(file []byte) []byte {
	if d.kind == truncate {
		return file[:d.offset]
	}
	file = grow(file, d.offset+int64(len(d.data)))
	copy(file[d.offset:], d.data)
	return file
}

// grow has a file be of a size at least.
func grow(file []byte, size int64) []byte {
	if more := size - int64(len(file)); more > 0 {
		return append(file, make([]byte, more)...)
	}
	return file
}

// luck decides what becomes of what was not synced. With a share of 0 all of it is lost, with 4 nothing.
type luck struct {
	*rand.Rand
	share int
}

// of is how many of n things happened.
func (l *luck) of(n int) int {
	switch l.share {
	case 0:
		return 0
	case 4:
		return n
	}
	return l.IntN(n + 1)
}

// settle takes the truncates that happened one by one, with what was written between them.
func (l *luck) settle(file []byte, loose []deed) []byte {
	truncates := 0
	for _, d := range loose {
		if d.kind == truncate {
			truncates++
		}
	}
	for left := l.of(truncates); ; left-- {
		next := slices.IndexFunc(loose, func(d deed) bool { return d.kind == truncate })
		if next < 0 {
			return l.bySector(file, loose)
		}
		file = l.bySector(file, loose[:next])
		if left == 0 {
			return file
		}
		file = loose[next].apply(grow(file, loose[next].offset))
		loose = loose[next+1:]
	}
}

// bySector gives each sector the content that it had after some of the writes to it, and the file the length that it had
// after some of the writes.
func (l *luck) bySector(file []byte, writes []deed) []byte {
	length := int64(len(file))
	for _, d := range writes[:l.of(len(writes))] {
		length = max(length, d.offset+int64(len(d.data)))
	}
	to := map[int64][]deed{}
	for _, d := range writes {
		for s := d.offset / sector; s*sector < d.offset+int64(len(d.data)); s++ {
			to[s] = append(to[s], d)
		}
	}
	file = grow(slices.Clone(file), length)
	for _, s := range slices.Sorted(maps.Keys(to)) {
		for _, d := range to[s][:l.of(len(to[s]))] {
			from, end := max(d.offset, s*sector), min(d.offset+int64(len(d.data)), (s+1)*sector)
			file = grow(file, end)
			copy(file[from:end], d.data[from-d.offset:])
		}
	}
	return file[:length]
}
