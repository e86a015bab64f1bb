package rest_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// line is one of an export.
type line struct {
	Type         string
	Export       struct{ Kind, Of string }
	Conversation struct{ SID string }
	Participant  struct{ Identity *string }
	Message      struct {
		Index int64
		Body  *string
	}
	Media    struct{ SID string }
	Content  struct{ Base64 []byte }
	Reaction struct{ Reaction string }
	End      struct{ Lines int }
}

// export reads one, which must be whole.
func (p *place) export(path string) (all []line, kinds string, content []byte) {
	p.t.Helper()
	a := p.ask(http.MethodGet, path)
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/x-ndjson" {
		p.t.Fatalf("%s: %d %s %s", path, a.status, a.header, a.raw)
	}
	lines := bufio.NewScanner(strings.NewReader(a.raw))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			p.t.Fatalf("%s: %v", lines.Text(), err)
		}
		all, content = append(all, l), append(content, l.Content.Base64...)
		if l.Type != "content" {
			kinds += l.Type + " "
		}
	}
	if last := all[len(all)-1]; last.Type != "end" || last.End.Lines != len(all) {
		p.t.Errorf("it ends with %+v after %d lines", last, len(all))
	}
	return all, strings.TrimSpace(kinds), content
}

// TestExport: everything of a conversation, and of a user, files included; nobody else's.
func TestExport(t *testing.T) {
	p := newPlace(t)
	tea := p.post("/v1/Conversations", http.StatusCreated, "UniqueName", "tea")["sid"].(string)
	at := "/v1/Conversations/" + tea
	for _, who := range []string{"ann", "bob"} {
		p.post(at+"/Participants", http.StatusCreated, "Identity", who)
	}
	file := bytes.Repeat([]byte("0123456789abcdef"), 20_000) // more than a line holds
	uploaded := p.upload("/v1/Services/"+string(p.service)+"/Media", "image/png", bytes.NewReader(file), nil).object(t)["sid"].(string)
	p.post(at+"/Messages", http.StatusCreated, "Author", "ann", "Body", "hello \"there\"")
	p.post(at+"/Messages", http.StatusCreated, "Author", "bob", "Body", "look", "MediaSid", uploaded)
	p.post("/v1/Conversations", http.StatusCreated) // nothing of theirs

	for _, path := range []string{"/v1/parley/Conversations/tea/Export", "/v1/parley/Services/" + string(p.service) + "/Conversations/" + tea + "/Export"} {
		all, kinds, content := p.export(path)
		if kinds != "export conversation participant participant message message media end" || !bytes.Equal(content, file) {
			t.Errorf("%s: %s, and %d bytes of a file", path, kinds, len(content))
		}
		if all[0].Export.Kind != "conversation" || all[0].Export.Of != tea || *all[4].Message.Body != `hello "there"` {
			t.Errorf("it begins with %+v, and the message is %+v", all[0], all[4])
		}
	}
	all, kinds, content := p.export("/v1/parley/Users/bob/Export")
	if kinds != "export user conversation participant message media end" || !bytes.Equal(content, file) || *all[3].Participant.Identity != "bob" {
		t.Errorf("bob: %s, and %d bytes of a file", kinds, len(content))
	}
	if _, kinds, _ := p.export("/v1/parley/Users/nobody/Export"); kinds != "export end" {
		t.Errorf("nobody: %s", kinds)
	}
	p.ask(http.MethodGet, "/v1/parley/Conversations/none/Export").want(t, "no conversation", http.StatusNotFound, 20404)
	foreign := "/v1/parley/Services/" + string(p.newService()) + "/Conversations/" + tea
	p.ask(http.MethodGet, foreign+"/Export").want(t, "another service's", http.StatusNotFound, 20404)
	p.askAs(http.MethodGet, "/v1/parley/Users/bob/Export", "", "").want(t, "nobody's credentials", http.StatusUnauthorized, 20003)
}

// TestErase: what is erased is gone when it is answered, and erasing again is no failure.
func TestErase(t *testing.T) {
	p := newPlace(t)
	at := "/v1/Conversations/" + p.post("/v1/Conversations", http.StatusCreated, "UniqueName", "tea")["sid"].(string)
	p.post(at+"/Participants", http.StatusCreated, "Identity", "bob")
	p.post(at+"/Messages", http.StatusCreated, "Author", "bob", "Body", "hello")
	p.post(at+"/Messages", http.StatusCreated, "Author", "ann", "Body", "hello, bob")
	in, err := p.connect("bob")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	foreign := "/v1/parley/Services/" + string(p.newService())
	for _, path := range []string{foreign + "/Users/bob/Erase", foreign + at[len("/v1"):] + "/Erase"} {
		if a := p.ask(http.MethodPost, path); a.status != http.StatusNoContent {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
		}
	}
	if n := len(p.get(at + "/Messages")["messages"].([]any)); n != 2 {
		t.Fatalf("another service erased %d messages", 2-n)
	}
	for range 2 {
		if a := p.ask(http.MethodPost, "/v1/parley/Users/bob/Erase"); a.status != http.StatusNoContent || a.raw != "" {
			t.Errorf("%d %s", a.status, a.raw)
		}
	}
	if all := p.get(at + "/Messages")["messages"].([]any); len(all) != 1 || all[0].(map[string]any)["index"] != 1.0 {
		t.Errorf("left are %v", all)
	}
	p.ask(http.MethodGet, "/v1/Users/bob").want(t, "bob", http.StatusNotFound, 20404)
	for range 2 {
		if a := p.ask(http.MethodPost, "/v1/parley/Conversations/tea/Erase"); a.status != http.StatusNoContent {
			t.Errorf("%d %s", a.status, a.raw)
		}
	}
	p.ask(http.MethodGet, at).want(t, "the conversation", http.StatusNotFound, 20404)
	p.askAs(http.MethodPost, "/v1/parley/Users/ann/Erase", "", "").want(t, "nobody's credentials", http.StatusUnauthorized, 20003)
}
