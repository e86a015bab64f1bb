package rest_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// want holds an answer to a failure.
func (a answer) want(t *testing.T, what string, status, code int) {
	t.Helper()
	if a.status != status || a.Code != code || a.Status != status || a.Message == "" || !strings.HasSuffix(a.MoreInfo, "/"+strconv.Itoa(code)) {
		t.Errorf("%s: %d %s, want %d and %d", what, a.status, a.raw, status, code)
	}
	if a.header.Get("Content-Type") != "application/json" || len(a.header.Get("Twilio-Request-Id")) != 34 {
		t.Errorf("%s: headers are %v", what, a.header)
	}
}

// TestCredentials: the account and its keys get in. Nobody else learns anything, not even which paths there are.
func TestCredentials(t *testing.T) {
	p := newPlace(t)
	const path = "/v1/parley/Users/ann/Bar"
	for user, password := range map[string]string{account: authToken, key: secret} {
		if a := p.askAs(http.MethodDelete, path, user, password); a.status != http.StatusNoContent {
			t.Errorf("%s: %d %s", user, a.status, a.raw)
		}
	}
	for _, c := range [][2]string{
		{"", ""},
		{account, ""},
		{account, secret},
		{account, authToken + " "},
		{key, authToken},
		{key, ""},
		{"AC00000000000000000000000000000002", authToken},
		{"nobody", ""},
	} {
		for _, path := range []string{path, "/v1/parley/", "/v1/parley/nothing"} {
			a := p.askAs(http.MethodPost, path, c[0], c[1])
			a.want(t, c[0]+":"+c[1], http.StatusUnauthorized, 20003)
			if !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Basic ") {
				t.Error("no challenge")
			}
		}
	}
	p.in("ann")
}

// TestRefusals: what cannot be served is told in Twilio's form.
func TestRefusals(t *testing.T) {
	p := newPlace(t)
	for _, c := range []struct {
		method, path string
		status, code int
	}{
		{"POST", "/v1/parley/", 404, 20404},
		{"POST", "/v1/parley/Users/ann", 404, 20404},
		{"POST", "/v1/parley/Users//Bar", 404, 20404},
		{"POST", "/v1/parley/Users/ann/Bar/", 404, 20404},
		{"POST", "/v1/parley/Services/IS00000000000000000000000000000000/Users/ann/Bar", 404, 20404},
		{"GET", "/v1/parley/Users/ann/Bar", 405, 20004},
		{"POST", "/v1/parley/search%ff", 404, 20404},
		{"POST", "/v1/parley/Sessions/x", 405, 20004},
		{"POST", "/v1/parley/Users/%ff/Bar", 400, 20001},
		{"POST", "/v1/parley/Users/a%00/Bar", 400, 20001},
		{"POST", "/v1/parley/Users/" + strings.Repeat("x", 257) + "/Bar", 400, 50207},
		{"POST", "/v1/parley/Users/US00000000000000000000000000000000/Bar", 400, 50206},
	} {
		p.ask(c.method, c.path).want(t, c.method+" "+c.path, c.status, c.code)
	}
	if got := p.ask("PUT", "/v1/parley/Users/ann/Bar").header.Get("Allow"); got != "DELETE, POST" {
		t.Errorf("Allow: %s", got)
	}
}

// TestForeignPage: a browser that knows the credentials does not lend them to pages of others.
func TestForeignPage(t *testing.T) {
	p := newPlace(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+p.addr+"/v1/parley/Users/ann/Bar", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(account, authToken)
	r.Header.Set("Origin", "https://evil.test")
	p.do(r).want(t, "a foreign page", http.StatusForbidden, 50107)
}

// TestBodies: a body that is too large is refused, and one that does not come is not waited for.
func TestBodies(t *testing.T) {
	p := newPlace(t)
	for name, c := range map[string]struct {
		length, sent int
		status       string
	}{
		"small": {100, 100, "204"}, "too large": {256<<10 + 1, 256<<10 + 1, "413"}, "never comes": {100, 10, "408"},
	} {
		conn, err := net.Dial("tcp", p.addr)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodDelete, "/", nil)
		r.SetBasicAuth(account, authToken)
		head := "DELETE /v1/parley/Sessions/x HTTP/1.1\r\nHost: parley\r\nAuthorization: " + r.Header.Get("Authorization") +
			"\r\nContent-Length: " + strconv.Itoa(c.length) + "\r\n\r\n"
		if _, err := io.WriteString(conn, head+strings.Repeat("x", c.sent)); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil || !strings.Contains(line, " "+c.status+" ") {
			t.Errorf("%s: %q %v, want %s", name, line, err, c.status)
		}
		_ = conn.Close()
	}
}
