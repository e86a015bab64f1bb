package main

import (
	"flag"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/session/token"
)

var updateTranscripts = flag.Bool("update", false, "write what the server says into the transcripts")

// transcriptFolder is where the transcripts are: clients in other languages replay the same files.
const transcriptFolder = "../../session/wire/testdata/transcripts"

// TestTranscripts replays every transcript against a server of its own.
func TestTranscripts(t *testing.T) {
	for _, script := range readTranscripts(t) {
		t.Run(script.name, func(t *testing.T) {
			t.Parallel()
			p := newPlayer(startFor(t, script).url())
			defer p.end()
			if *updateTranscripts {
				rewrite(t, p, script)
				return
			}
			noticeAlterations(t, p)
			p.overheard = newEavesdropper(t).hear
			if err := p.play(t.Context(), script); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// readTranscripts reads all of them.
func readTranscripts(t *testing.T) []*transcript {
	t.Helper()
	files, err := filepath.Glob(transcriptFolder + "/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts in %s: %v", transcriptFolder, err)
	}
	var all []*transcript
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		script, err := parseTranscript(strings.TrimSuffix(filepath.Base(file), ".txt"), string(text))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, script)
	}
	return all
}

// startFor starts a server on a store of its own with the flags of a transcript. It ends with the test, which fails
// where the hub's own maps do not fit together then.
func startFor(t *testing.T, script *transcript) *server {
	t.Helper()
	var cli commands
	parser, err := newParser(&cli, t.Context(), stdio{out: io.Discard, err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"dev", "--hub-name=hub-1"}, script.flags...)); err != nil {
		t.Fatalf("%s: flags: %v", script.name, err)
	}
	flags := &cli.Dev.hubFlags
	flags.Store = "sqlite:" + filepath.Join(t.TempDir(), "parley.db")
	s, err := start(t.Context(), flags, setup{
		listen: "127.0.0.1:0",
		tokens: token.Config{AccountSID: transcriptAccount, APIKeys: map[string]string{transcriptKey: transcriptSecret}},
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.hub.Check(); err != nil {
			t.Errorf("consistency: %v", err)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
		if err := <-s.failed; err != nil { // the listener has ended
			t.Error(err)
		}
	})
	return s
}
