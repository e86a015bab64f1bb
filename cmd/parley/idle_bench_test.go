package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/session/token"
)

// BenchmarkIdleConnection measures what one idle, connected client costs a server in another process: resident memory with
// 10,000 of them, less what it takes with the first 500, by when the caches that all share are warm. It runs once whatever -benchtime says.
//
//	go test -run '^$' -bench IdleConnection -benchtime 1x ./cmd/parley
func BenchmarkIdleConnection(b *testing.B) {
	const clients, warm = 10_000, 500
	path, err := binary()
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	ready := filepath.Join(dir, "ready")
	cmd := exec.Command(path, "dev", "--listen", "127.0.0.1:0", "--admin", "", "--log-level", "error", "--ready-file", ready,
		"--drain", "0s", "--store", "sqlite:"+filepath.Join(dir, "parley.db"))
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill() //nolint:errcheck // it is over
		cmd.Wait()         //nolint:errcheck // killed
	}()
	url := awaitFile(b, ready)
	creds := readCredentials(b, filepath.Join(dir, "dev-credentials.json"))
	conns := make([]*websocket.Conn, clients)
	connect := func(from, to int) int64 {
		var wg sync.WaitGroup
		for worker := range 8 {
			wg.Go(func() {
				for i := from + worker; i < to; i += 8 {
					conns[i] = connectIdle(b, url, creds, i)
				}
			})
		}
		wg.Wait()
		settle := time.NewTimer(10 * time.Second) // until the server has given back what the burst left
		<-settle.C
		return resident(b, cmd.Process.Pid)
	}
	defer func() {
		for _, c := range conns {
			if c != nil {
				c.CloseNow() //nolint:errcheck // it is over
			}
		}
	}()
	before := connect(0, warm)
	after := connect(warm, clients)
	b.ReportMetric(float64(after-before)/(clients-warm), "KiB/connection")
	b.ReportMetric(0, "ns/op")
}

func awaitFile(b *testing.B, path string) string {
	b.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		<-tick.C
		if text, err := os.ReadFile(path); err == nil && len(text) > 0 {
			return strings.TrimSpace(string(text))
		}
	}
	b.Fatal("the server is not ready")
	return ""
}

func readCredentials(b *testing.B, path string) (creds credentials) {
	b.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &creds)
	}
	if err != nil {
		b.Fatal(err)
	}
	return creds
}

func connectIdle(b *testing.B, url string, creds credentials, i int) *websocket.Conn {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	jwt, err := token.Mint(creds.APIKey, creds.APISecret, creds.AccountSID, fmt.Sprintf("user%d", i), "", time.Hour, time.Now())
	if err != nil {
		b.Error(err)
		return nil
	}
	c, _, err := websocket.Dial(ctx, url+"/v1/ws", nil) //nolint:bodyclose // the library says not to
	if err != nil {
		b.Error(err)
		return nil
	}
	if err := c.Write(ctx, websocket.MessageText, []byte(`{"jsonrpc":"2.0","id":1,"method":"connect","params":{"token":"`+jwt+`"}}`)); err != nil {
		b.Error(err)
	} else if _, answer, err := c.Read(ctx); err != nil || !strings.Contains(string(answer), `"result"`) {
		b.Errorf("connect: %s %v", answer, err)
	}
	return c
}

// resident is a process's memory in KiB.
func resident(b *testing.B, pid int) int64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
