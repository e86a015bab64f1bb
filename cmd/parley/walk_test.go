package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"parley/session/client"
)

// chatter is a chat process.
type chatter struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	said processLog
}

// newChatter starts a chat with the process in the conversation lobby.
func newChatter(t *testing.T, p *process, identity string) *chatter {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	c := &chatter{cmd: exec.Command(path, "chat", "--url", "http://"+p.addr, "--identity", identity, "--conversation", "lobby")}
	c.cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	c.cmd.Stdout, c.cmd.Stderr = &c.said, &c.said
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if c.cmd.ProcessState == nil {
			c.cmd.Process.Kill() //nolint:errcheck // it may be gone
			c.cmd.Wait()         //nolint:errcheck // it was killed
		}
	})
	c.hears(t, "-- lobby as "+identity)
	return c
}

// says types a line.
func (c *chatter) says(t *testing.T, line string) {
	t.Helper()
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

// hears waits until something was printed.
func (c *chatter) hears(t *testing.T, text string) {
	t.Helper()
	if !soon(func() bool { return strings.Contains(c.said.String(), text) }) {
		t.Fatalf("the chat does not print %q, but\n%s", text, c.said.String())
	}
}

// leaves ends the input and with it the chat.
func (c *chatter) leaves(t *testing.T) {
	t.Helper()
	c.in.Close() //nolint:errcheck // the process sees its end
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("a chat ended with %v:\n%s", err, c.said.String())
	}
}

// TestWalk is the first hour with Parley: a server in an empty folder with nothing configured, two people who talk, Ctrl-C,
// and everything is there again.
func TestWalk(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("dev and chat", func(t *testing.T) {
		if _, err := binary(); err != nil { // while this is still the folder that it is built in
			t.Fatal(err)
		}
		home := t.TempDir()
		t.Chdir(home) // where processes start
		p := newProcess(t, "dev", "--drain", "0s")
		p.start()
		first := credentialsOf(t, home)
		if !strings.Contains(p.log.String(), first.APIKey+":"+first.APISecret) || !strings.Contains(p.log.String(), first.AccountSID) {
			t.Errorf("the start does not tell account and key:\n%s", p.log.String())
		}
		ann, bob := newChatter(t, p, "ann"), newChatter(t, p, "bob")
		ann.says(t, "Tea at five?")
		bob.hears(t, "  ann: Tea at five?\n")
		bob.says(t, "With pleasure.")
		ann.hears(t, "  bob: With pleasure.\n")
		bob.leaves(t)
		ann.says(t, "Bring cake.")
		ann.hears(t, "  ann: Bring cake.\n")
		ann.leaves(t)
		p.interrupt()

		p.start()
		if got := credentialsOf(t, home); got != first {
			t.Error("account and key are others after a restart")
		}
		unread(t, p, "ann", 2, 0)
		unread(t, p, "bob", 1, 1)
		bob = newChatter(t, p, "bob")
		bob.hears(t, "-- 1 unread\n")
		bob.hears(t, "  ann: Tea at five?\n")
		bob.hears(t, "  bob: With pleasure.\n")
		bob.hears(t, "  ann: Bring cake.\n")
		bob.leaves(t)
		unread(t, p, "bob", 2, 0)
		p.interrupt()
	})
}

// interrupt is Ctrl-C.
func (p *process) interrupt() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
		p.t.Fatal(err)
	}
	if err := p.wait(); err != nil {
		p.t.Errorf("after SIGINT it ended with %v", err)
	}
}

// credentialsOf reads what dev made in a folder.
func credentialsOf(t *testing.T, folder string) credentials {
	t.Helper()
	dev := devCommand{hubFlags: hubFlags{Store: "sqlite:" + filepath.Join(folder, "parley-data", "parley.db")}}
	if _, err := os.Stat(filepath.Join(folder, "parley-data", "dev-credentials.json")); err != nil {
		t.Fatal(err)
	}
	creds, err := dev.credentials()
	if err != nil {
		t.Fatal(err)
	}
	return creds
}

// unread looks at somebody's read horizon and unread count.
func unread(t *testing.T, p *process, identity string, horizon, count int64) {
	t.Helper()
	c := userOf(t, p, identity, client.Config{Token: func(ctx context.Context) (string, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, processURL+"/dev/token?identity="+identity, nil)
		if err != nil {
			return "", err
		}
		resp, err := p.http.Do(req)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close() //nolint:errcheck // it is read
		text, err := io.ReadAll(resp.Body)
		return strings.TrimSpace(string(text)), err
	}})
	defer c.Close()
	all := c.Session().Conversations
	i := slices.IndexFunc(all, func(c client.Conversation) bool { return c.UniqueName == "lobby" })
	if i < 0 {
		t.Fatalf("%s is not in the lobby", identity)
	}
	at, left := all[i].LastReadMessageIndex, all[i].UnreadMessagesCount
	if at == nil || *at != horizon || left == nil || *left != count {
		t.Errorf("%s has read up to %v, %v are unread; want %d, %d", identity, at, left, horizon, count)
	}
}
