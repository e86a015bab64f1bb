package rest_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/hub"
	"parley/session/client"
	"parley/store/blob"
	"parley/web/rest"
)

// newMediaPlace is a place that keeps media, of 200 MB at most.
func newMediaPlace(t *testing.T) *place {
	t.Helper()
	return newPlaceWith(t, func(c *rest.Config) { c.MostMedia = 200 << 20 })
}

// upload sends a file by the account, or with headers of one's own in place of its credentials.
func (p *place) upload(path, kind string, body io.Reader, header http.Header) answer {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, "http://"+p.addr+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	if header == nil {
		r.SetBasicAuth(account, authToken)
	}
	maps.Copy(r.Header, header)
	return p.do(r)
}

func tokenOf(identity string) http.Header { return http.Header{"X-Twilio-Token": {identity}} }

// basic are the account's credentials.
func basic() http.Header {
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth(account, authToken)
	return r.Header
}

// content gets what an address gives, with some headers; a body is posted.
func (p *place) content(address string, header http.Header, body ...string) answer {
	p.t.Helper()
	method := http.MethodGet
	if len(body) > 0 {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, address, strings.NewReader(strings.Join(body, "")))
	if err != nil {
		p.t.Fatal(err)
	}
	maps.Copy(r.Header, header)
	resp, err := p.http.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer{status: resp.StatusCode, header: resp.Header, raw: string(text)}
}

// link is where the content of a media is to be had for a while.
func link(o object) string { return o["links"].(map[string]any)["content_direct_temporary"].(string) }

// TestMedia: a file is uploaded as it is or as a part of a form, read, found by a link that needs nothing, and deleted.
func TestMedia(t *testing.T) {
	p := newMediaPlace(t)
	scoped := "/v1/Services/" + string(p.service) + "/Media"
	made := p.upload(scoped+"?Filename=cat.png&Category=media", "image/png", strings.NewReader("miaow"), nil).object(t)
	id := made["sid"].(string)
	at := "http://" + p.addr + scoped + "/" + id
	for member, want := range map[string]any{
		"service_sid": string(p.service), "channel_sid": nil, "message_sid": nil, "size": 5.0, "content_type": "image/png",
		"author": nil, "filename": "cat.png", "category": "media", "url": at, "is_multipart_upstream": false,
	} {
		if made[member] != want {
			t.Errorf("%s is %v, want %v", member, made[member], want)
		}
	}
	if got := p.get(scoped + "/" + id); got["size"] != 5.0 {
		t.Errorf("read as %v", got)
	}
	got := p.content(link(made), nil)
	if got.status != 200 || got.raw != "miaow" || got.header.Get("Content-Type") != "image/png" ||
		got.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(got.header.Get("Content-Security-Policy"), "sandbox") ||
		got.header.Get("Content-Disposition") != "inline; filename=cat.png" {
		t.Errorf("content: %d %q %v", got.status, got.raw, got.header)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, _ := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="anything"; filename="a\\..\\../b.svg"`}, "Content-Type": {"image/svg+xml"},
	})
	_, _ = part.Write([]byte("<svg onload=alert(1)>"))
	_ = w.Close()
	svg := p.upload("/v1/Media", w.FormDataContentType(), &form, tokenOf("ann")).object(t)
	if svg["author"] != "ann" || svg["content_type"] != "image/svg+xml" {
		t.Errorf("of the form came %v", svg)
	}
	if got = p.content(link(svg), nil); !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("a picture that can hold scripts is %q", got.header.Get("Content-Disposition"))
	}
	asked := `{"command":"get","list":[{"media_sid":"` + id + `"},{"media_sid":"ME1"}]}`
	set := p.content("http://"+p.addr+"/v1/MediaSet", tokenOf("nobody"), asked)
	if set.status != 200 || !strings.HasPrefix(set.raw, `[{"code":404,"media_sid":"`+id+`"},{"code":404,"media_sid":"ME1"}]`) {
		t.Errorf("a set for somebody else: %d %s", set.status, set.raw)
	}
	set = p.content("http://"+p.addr+"/v1/MediaSet", basic(), asked)
	if set.status != 200 || !strings.HasPrefix(set.raw, `[{"code":200,"media_sid":"`+id+`","media_record":{`) {
		t.Errorf("a set: %d %s", set.status, set.raw)
	}
	if a := p.send(http.MethodDelete, scoped+"/"+id); a.status != 204 {
		t.Errorf("deleting: %d", a.status)
	}
	p.send(http.MethodGet, scoped+"/"+id).want(t, "deleted", 404, 20404)
	if got = p.content(link(made), nil); got.status != 404 {
		t.Errorf("the content of what is deleted: %d", got.status)
	}
}

// TestMediaOfUsers: what a user uploaded is that user's alone, until a message carries it to others.
func TestMediaOfUsers(t *testing.T) {
	p := newMediaPlace(t)
	ann, bob := p.in("ann"), p.in("bob")
	conversation, err := ann.CreateConversation(t.Context(), client.NewConversation{})
	if err != nil {
		t.Fatal(err)
	}
	sid := string(conversation.SID)
	if _, err := ann.Join(t.Context(), sid); err != nil {
		t.Fatal(err)
	}
	id := p.upload("/v1/Media", "image/gif", strings.NewReader("GIF89a"), tokenOf("ann")).object(t)["sid"].(string)
	at := "http://" + p.addr + "/v1/Media/" + id + "/Content"
	see := func(who string) int { got := p.content(at, tokenOf(who)); return got.status }
	if see("ann") != 200 || see("bob") != 404 {
		t.Error("who may see what is uploaded")
	}
	if _, err := bob.MediaURLs(t.Context(), id); err != nil {
		t.Error(err)
	}
	if _, err := ann.AddParticipant(t.Context(), sid, client.NewParticipant{Identity: "bob"}); err != nil {
		t.Fatal(err)
	}
	_, err = bob.Send(t.Context(), sid, client.Draft{Media: []string{id}})
	if e, _ := errors.AsType[*client.Error](err); e == nil || e.Code != hub.CodeMediaAbsent {
		t.Errorf("another's media was sent: %v", err)
	}
	m, err := ann.Send(t.Context(), sid, client.Draft{Media: []string{id}})
	if err != nil || len(m.Media) != 1 || m.Media[0].SID != id || m.Media[0].Size != 6 || m.Media[0].Category != "media" {
		t.Fatalf("sent %+v %v", m, err)
	}
	if _, err = ann.Send(t.Context(), sid, client.Draft{Media: []string{id}}); err == nil {
		t.Error("one media in two messages")
	}
	urls, err := bob.MediaURLs(t.Context(), id, "ME00000000000000000000000000000000")
	if err != nil || len(urls.URLs) != 1 || time.Until(urls.ExpiresAt) > rest.LinkFor {
		t.Fatalf("%+v %v", urls, err)
	}
	if got := p.content(urls.URLs[id], nil); got.status != 200 || got.raw != "GIF89a" {
		t.Errorf("by link: %d %q", got.status, got.raw)
	}
	if see("bob") != 200 || see("carl") != 404 {
		t.Error("who may see what a message carries")
	}
	for name, change := range map[string][2]string{"signature": {"signature=", "signature=0"}, "time": {"expires=", "expires=9"}, "sid": {"/Media/ME", "/Media/MEf"}} {
		if got := p.content(strings.Replace(urls.URLs[id], change[0], change[1], 1), nil); got.status != 403 {
			t.Errorf("another %s: %d", name, got.status)
		}
	}
	posted := p.post("/v1/Conversations/"+sid+"/Messages", 201, "MediaSid", p.upload("/v1/Media", "a/b", strings.NewReader("x"), nil).object(t)["sid"].(string))
	if media := posted["media"].([]any); len(media) != 1 || media[0].(map[string]any)["content_type"] != "a/b" || posted["body"] != nil {
		t.Errorf("posted %v", posted)
	}
	p.send(http.MethodPost, "/v1/Conversations/"+sid+"/Messages", "MediaSid", id).want(t, "another message's", 409, 50508)
	if err := ann.DeleteMessage(t.Context(), sid, client.Index(m.Index)); err != nil {
		t.Fatal(err)
	}
	if see("ann") != 404 {
		t.Error("what was removed with its message is there")
	}
}

// TestRanges: a part of a content is to be had, many parts at once are not.
func TestRanges(t *testing.T) {
	p := newMediaPlace(t)
	made := p.upload("/v1/Media", "video/mp4", strings.NewReader("0123456789"), nil).object(t)
	for asked, want := range map[string]string{
		"bytes=2-4": "206 234", "bytes=-3": "206 789", "bytes=8-": "206 89", "bytes=20-": "416", "bytes=5-2": "416",
		"bytes=0-0,2-2,4-4": "200 0123456789", "items=1": "416", "": "200 0123456789",
	} {
		got := p.content(link(made), http.Header{"Range": {asked}})
		if got := strconv.Itoa(got.status) + " " + got.raw; !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", asked, got, want)
		}
	}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodHead, link(made), nil)
	if a := p.do(r); a.status != 200 || a.header.Get("Content-Length") != "10" || a.raw != "" {
		t.Errorf("HEAD: %d %v", a.status, a.header)
	}
	got := p.content(link(made), http.Header{"If-None-Match": {`"` + made["sid"].(string) + `"`}})
	if got.status != http.StatusNotModified {
		t.Errorf("unchanged: %d", got.status)
	}
}

// TestBadUploads: what is no whole file of a size that is taken is refused, and nothing of it stays.
func TestBadUploads(t *testing.T) {
	folder := t.TempDir()
	p := newPlaceWith(t, func(c *rest.Config) { c.MostMedia, c.Blobs = 1000, blob.Dir(folder) })
	form := func(rest string) io.Reader {
		return strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"x\"; filename=\"f\"\r\n\r\n" + rest)
	}
	const kind = "multipart/form-data; boundary=b"
	for name, c := range map[string]struct {
		path, kind   string
		body         io.Reader
		header       http.Header
		status, code int
	}{
		"too large":            {"", "a/b", strings.NewReader(strings.Repeat("x", 1001)), nil, 413, 50512},
		"too large, unsaid":    {"", "a/b", io.MultiReader(strings.NewReader(strings.Repeat("x", 1001))), nil, 413, 50512},
		"empty":                {"", "a/b", strings.NewReader(""), nil, 400, 20001},
		"packed":               {"", "a/b", strings.NewReader("x"), http.Header{"X-Twilio-Token": {"ann"}, "Content-Encoding": {"gzip"}}, 415, 20415},
		"no type":              {"", "no type", strings.NewReader("x"), nil, 400, 50511},
		"a name that is long":  {"?Filename=" + strings.Repeat("x", 257), "a/b", strings.NewReader("x"), nil, 400, 50510},
		"no category":          {"?Category=other", "a/b", strings.NewReader("x"), nil, 400, 50509},
		"half a form":          {"", kind, form("abc"), nil, 400, 20408},
		"no form":              {"", kind, strings.NewReader("abc"), nil, 400, 20408},
		"two files":            {"", kind, form("abc\r\n--b\r\nContent-Disposition: form-data; name=\"y\"\r\n\r\nd\r\n--b--\r\n"), nil, 400, 20001},
		"nobody":               {"", "a/b", strings.NewReader("x"), http.Header{}, 401, 20003},
		"of another's service": {"/../Services/IS00000000000000000000000000000000/Media", "a/b", strings.NewReader("x"), nil, 404, 20404},
	} {
		path := "/v1/Media" + c.path
		if rest, elsewhere := strings.CutPrefix(c.path, "/.."); elsewhere {
			path = "/v1" + rest
		}
		p.upload(path, c.kind, c.body, c.header).want(t, name, c.status, c.code)
	}
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(conn, "POST /v1/Media HTTP/1.1\r\nHost: x\r\nX-Twilio-Token: ann\r\nContent-Type: a/b\r\nContent-Length: 100\r\n\r\nhalf")
	_ = conn.(*net.TCPConn).CloseWrite()
	said, _ := io.ReadAll(conn)
	_ = conn.Close()
	if !strings.HasPrefix(string(said), "HTTP/1.1 400") {
		t.Errorf("cut off: %s", said)
	}
	left, err := filepath.Glob(filepath.Join(folder, "*", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left are %v %v", left, err)
	}
}

// zeros gives so many bytes, and notes how much memory is in use meanwhile.
type zeros struct {
	left int64
	most uint64
}

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	if z.left/(16<<20) != (z.left-n)/(16<<20) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		z.most = max(z.most, m.HeapAlloc)
	}
	z.left -= n
	return int(n), nil
}

// TestLargeMedia: 150 MB stream in and out through a memory that does not grow with them.
func TestLargeMedia(t *testing.T) {
	p := newMediaPlace(t)
	const size = 150 << 20
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	source := &zeros{left: size}
	made := p.upload("/v1/Media", "application/zip", source, nil).object(t)
	if made["size"] != float64(size) {
		t.Fatalf("uploaded %v", made)
	}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, link(made), nil)
	resp, err := p.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	if err != nil || n != size {
		t.Errorf("%d came back: %v", n, err)
	}
	if grown := int64(source.most) - int64(before.HeapAlloc); grown > 32<<20 {
		t.Errorf("the memory grew by %d MiB", grown>>20)
	}
}

// TestNoMedia: a server without a place for files says that there are none.
func TestNoMedia(t *testing.T) {
	p := newPlaceWith(t, func(c *rest.Config) { c.Blobs = nil })
	p.upload("/v1/Media", "a/b", strings.NewReader("x"), nil).want(t, "uploading", 404, 20404)
}
