package sqlite_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"parley/hub"
	"parley/session/wire"
	"parley/store/sqlite"
)

// TestErasedBytes: of what was erased no byte is left in the store's files, in the index of words neither, while what others
// said is there and found.
func TestErasedBytes(t *testing.T) {
	path := t.TempDir() + "/parley.db"
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(hub.Config{Store: store, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits()})
	defer func() {
		h.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	service, roles := hub.NewService("tests", time.Now().UTC().Truncate(time.Millisecond))
	account := hub.Actor{Service: service.SID}
	do := func(cmd hub.Command) any {
		t.Helper()
		answer, err := h.Do(t.Context(), account, cmd)
		if err != nil {
			t.Fatalf("%T: %v", cmd, err)
		}
		return answer
	}
	do(&hub.PutService{Service: service, Roles: roles})
	ref := hub.ConversationRef(do(&hub.CreateConversation{}).(*hub.ConversationView).SID)
	const author = "mallory-identity"
	do(&hub.AddParticipant{Conversation: ref, Identity: author})
	for i := range 300 {
		do(&hub.SendMessage{
			Conversation: ref, Author: author, ReplyTo: hub.NoIndex, Body: fmt.Sprintf("xylophone secretive%04d", i),
			Attributes: `{"hidden":"attributive"}`, Nonce: fmt.Sprintf("nonsense-%d", i),
		})
		do(&hub.SendMessage{Conversation: ref, Author: "ann", ReplyTo: hub.NoIndex, Body: fmt.Sprintf("harmless words%04d", i)})
	}
	if found, err := h.Search(t.Context(), account, hub.Search{Query: "secretive0123", Limit: 10}); err != nil || len(found.Messages) != 1 {
		t.Fatalf("it cannot be found before: %v", err)
	}
	if !inFiles(t, path, "secretive0123") {
		t.Fatal("the bytes of what was said are not where they are looked for")
	}
	if err := h.EraseUser(t.Context(), account, author); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"xylophone", "secretive", "0123\" ", "attributive", "nonsense-", author} {
		if inFiles(t, path, text) {
			t.Errorf("%q is still in the store's files", text)
		}
	}
	found, err := h.Search(t.Context(), account, hub.Search{Query: "words0123", Limit: 10})
	if err != nil || len(found.Messages) != 1 || !inFiles(t, path, "harmless") {
		t.Errorf("what ann said is not found: %v", err)
	}
}

// inFiles reports whether a text is in the store's file or its log, as it is.
func inFiles(t *testing.T, path, text string) bool {
	t.Helper()
	for _, name := range []string{path, path + "-wal"} {
		held, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(held, []byte(text)) {
			t.Logf("%q is in %s", text, name)
			return true
		}
	}
	return false
}
