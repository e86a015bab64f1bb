package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"parley/hub"
	"parley/session/wire"
)

const (
	protocolPage   = "../../docs/protocol.md"
	transcriptMark = "<!-- What follows is copied from session/wire/testdata/transcripts by `go test ./cmd/parley -run TestProtocolPage -update`. -->\n"
)

func readProtocol(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(protocolPage)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// TestProtocolPageShowsTranscripts holds the end of docs/protocol.md to the transcripts, which are replayed.
func TestProtocolPageShowsTranscripts(t *testing.T) {
	page := readProtocol(t)
	written, shown, ok := strings.Cut(page, transcriptMark)
	if !ok {
		t.Fatalf("docs/protocol.md has no line\n%s", transcriptMark)
	}
	var want strings.Builder
	for _, script := range readTranscripts(t) {
		fmt.Fprintf(&want, "\n### %s\n\n```\n%s\n```\n", script.name, strings.Join(script.lines, "\n"))
	}
	if shown == want.String() {
		return
	}
	if !*updateTranscripts {
		t.Fatal("docs/protocol.md does not show the transcripts as they are; run this test with -update")
	}
	if err := os.WriteFile(protocolPage, []byte(written+transcriptMark+want.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// firstCells gives the rows of the page's tables whose first cell fits, by that cell's first group.
func firstCells(page, form string) map[string][]string {
	rows := map[string][]string{}
	cell := regexp.MustCompile("^(?:" + form + ")$")
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(line, "| \n"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if m := cell.FindStringSubmatch(cells[0]); m != nil && len(cells) > 1 {
			rows[m[1]] = cells[1:]
		}
	}
	return rows
}

// TestProtocolPageListsCodes holds the table of errors to the hub's.
func TestProtocolPageListsCodes(t *testing.T) {
	rows := firstCells(readProtocol(t), `(-3\d{4}|[125]\d{4})`)
	for _, code := range hub.Codes() {
		name := strconv.Itoa(int(code))
		info := code.Info()
		want := []string{strconv.Itoa(info.Status), yes(info.Definite), yes(info.Retry)}
		if row := rows[name]; len(row) < 4 || !slices.Equal(row[:3], want) {
			t.Errorf("docs/protocol.md: code %s must say status, definite, retry: %v; it says %v", name, want, row)
		}
		delete(rows, name)
	}
	for name := range rows {
		t.Errorf("docs/protocol.md: there is no code %s", name)
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// TestProtocolPageListsNames holds the tables of methods, events and close codes to the wire's.
func TestProtocolPageListsNames(t *testing.T) {
	page := readProtocol(t)
	listed := firstCells(page, "`([a-zA-Z_.]+)`")
	for _, name := range slices.Concat(wire.Methods(), events(t)) {
		if listed[name] == nil {
			t.Errorf("docs/protocol.md: %s has no line", name)
		}
	}
	listed = firstCells(page, `(\d{4})`)
	for code := range wire.CloseCode(5000) {
		known := code.Reason() != "" || code == wire.CloseDraining || code == wire.CloseFull
		if known != (listed[strconv.Itoa(int(code))] != nil) {
			t.Errorf("docs/protocol.md: close code %d: known is %v, listed is %v", code, known, !known)
		}
	}
}

// events are the names of all events, as the golden files of package wire have them.
func events(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("../../session/wire/testdata/events/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no events found: %v", err)
	}
	for _, file := range files {
		name, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".json"), "-")
		names = append(names, name)
	}
	return slices.Compact(names)
}

// notShown are methods that are not offered yet, and an event that only a stopping server sends.
var notShown = []string{
	wire.MethodMessageReceipts, wire.MethodMediaURLs,
	wire.EventServerDraining,
}

// TestTranscriptsCoverTheProtocol sees that every method and every event has its scene.
func TestTranscriptsCoverTheProtocol(t *testing.T) {
	var said strings.Builder
	for _, script := range readTranscripts(t) {
		said.WriteString(strings.Join(script.lines, "\n"))
	}
	for _, name := range slices.Concat(wire.Methods(), events(t)) {
		shown := strings.Contains(said.String(), `"method":"`+name+`"`)
		if shown == slices.Contains(notShown, name) {
			t.Errorf("%s: shown in a transcript is %v", name, shown)
		}
	}
}
