package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"parley/session/client"
)

// TestExportAndErase are done through a running server, and to a store that no hub holds.
func TestExportAndErase(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	dir := t.TempDir()
	file := filepath.Join(dir, "parley.db")
	p := newServe(t, file)
	p.start()
	ann, bob := newTalker(t, p, "ann"), newTalker(t, p, "bob")
	sid := placeOf(t, ann.Client)
	if _, err := ann.Add(t.Context(), sid, "bob"); err != nil {
		t.Fatal(err)
	}
	for _, who := range []*talker{ann, bob} {
		if _, err := who.Send(t.Context(), sid, client.Draft{Body: "I am " + who.identity}); err != nil {
			t.Fatal(err)
		}
	}
	running := []string{"--url", "http://" + p.addr, "--api-key", testKey + ":" + testSecret}
	held := []string{"--store", "sqlite:" + file, "--media", "dir:" + dir}
	mustCall(t, exitOK, `{"type":"end"`, append([]string{"export", "--user", "bob"}, running...)...)
	mustCall(t, exitError, "held by another hub", append([]string{"export", "--user", "bob"}, held...)...)
	mustCall(t, exitError, "20404", append([]string{"export", "--conversation", "none"}, running...)...)
	mustCall(t, exitUsage, "--yes", append([]string{"erase", "--user", "bob"}, running...)...)
	mustCall(t, exitOK, "user bob is erased", append([]string{"erase", "--user", "bob", "--yes"}, running...)...)
	ann.Close()
	bob.Close()
	if err := p.terminate(); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "all.jsonl")
	export := append([]string{"export", "--conversation", sid, "--to", to}, held...)
	mustCall(t, exitOK, "", export...)
	mustCall(t, exitUsage, "exists already", export...)
	text, err := os.ReadFile(to)
	if err != nil || strings.Contains(string(text), "bob") || strings.Count(string(text), `"type":"message"`) != 1 {
		t.Errorf("exported is %s, %v", text, err)
	}
	mustCall(t, exitOK, "is erased", append([]string{"erase", "--conversation", sid, "--yes"}, held...)...)
	mustCall(t, exitError, "20404", append([]string{"export", "--conversation", sid}, held...)...)
	mustCall(t, exitUsage, "no such file", "export", "--user", "bob", "--store", "sqlite:"+filepath.Join(dir, "none.db"))
	mustCall(t, exitUsage, "--api-key", "export", "--user", "bob", "--url", "http://127.0.0.1:1")
	mustCall(t, exitUsage, "missing flags", "export")
}
