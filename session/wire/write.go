package wire

import (
	"strconv"
	"time"

	"parley/hub"
)

// A writer appends the members of objects. Answers carry null members, events leave them and empty ones out;
// all of that is decided here.
type writer struct {
	buf    []byte
	answer bool
}

func (w *writer) open()  { w.buf = append(w.buf, '{') }
func (w *writer) close() { w.buf = append(w.buf, '}') }

// key begins a member; its value is to follow.
func (w *writer) key(name string) {
	if w.buf[len(w.buf)-1] != '{' {
		w.buf = append(w.buf, ',')
	}
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, '"', ':')
}

// literal writes a member whose value is JSON text already.
func (w *writer) literal(name, text string) {
	w.key(name)
	w.buf = append(w.buf, text...)
}

// absent writes what an answer says in place of nothing.
func (w *writer) absent(name, text string) {
	if w.answer {
		w.literal(name, text)
	}
}

// must writes a string, the empty one too.
func (w *writer) must(name, s string) {
	w.key(name)
	w.buf = AppendString(w.buf, s)
}

// text writes a string for which the empty one stands for null.
func (w *writer) text(name, s string) {
	if s == "" {
		w.absent(name, "null")
		return
	}
	w.must(name, s)
}

func (w *writer) int(name string, n int64) {
	w.key(name)
	w.buf = strconv.AppendInt(w.buf, n, 10)
}

// index writes a message's index, for which NoIndex stands for null.
func (w *writer) index(name string, n int64) {
	if n == hub.NoIndex {
		w.absent(name, "null")
		return
	}
	w.int(name, n)
}

func (w *writer) optInt(name string, n *int64) {
	if n == nil {
		w.absent(name, "null")
		return
	}
	w.int(name, *n)
}

func (w *writer) optBool(name string, b *bool) {
	if b == nil {
		w.absent(name, "null")
		return
	}
	w.bool(name, *b)
}

func (w *writer) bool(name string, b bool) {
	w.key(name)
	w.buf = strconv.AppendBool(w.buf, b)
}

// time writes a time, for which the zero one stands for null.
func (w *writer) time(name string, t time.Time) {
	if t.IsZero() {
		w.absent(name, "null")
		return
	}
	w.key(name)
	w.buf = append(w.buf, '"')
	w.buf = AppendTime(w.buf, t)
	w.buf = append(w.buf, '"')
}

// attributes writes an app's value. An empty object counts as empty; null is a value like others.
func (w *writer) attributes(a hub.Attributes) {
	if a == "" || a == "{}" {
		w.absent("attributes", "{}")
		return
	}
	w.literal("attributes", string(a))
}

// texts writes a list of strings.
func texts[S ~string](w *writer, name string, list []S) {
	if len(list) == 0 {
		w.absent(name, "[]")
		return
	}
	w.key(name)
	w.buf = append(w.buf, '[')
	for i, s := range list {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = AppendString(w.buf, string(s))
	}
	w.buf = append(w.buf, ']')
}

// list writes an array with one value per item.
func list[T any](w *writer, name string, items []T, value func(dst []byte, item T) []byte) {
	w.key(name)
	w.buf = append(w.buf, '[')
	for i, item := range items {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = value(w.buf, item)
	}
	w.buf = append(w.buf, ']')
}
