package history

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Write writes the history as JSON Lines, a record on each.
func (h History) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	for i := range h {
		if err := enc.Encode(&h[i]); err != nil {
			return err
		}
	}
	return b.Flush()
}

// Load reads what Write wrote.
func Load(r io.Reader) (History, error) {
	var h History
	dec := json.NewDecoder(r)
	for {
		var rec Record
		err := dec.Decode(&rec)
		if errors.Is(err, io.EOF) {
			return h, nil
		}
		if err != nil {
			return h, fmt.Errorf("history: record %d: %w", len(h)+1, err)
		}
		h = append(h, rec)
	}
}

// Dump writes the history into a new file of the temporary folder and gives its name. It is the caller's to remove.
func (h History) Dump() (name string, err error) {
	f, err := os.CreateTemp("", "parley-history-*.jsonl")
	if err != nil {
		return "", err
	}
	err = h.Write(f)
	return f.Name(), errors.Join(err, f.Close())
}
