package clustertest

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A Hub is a `parley serve` of a cluster, with its own ways to the services.
type Hub struct {
	*Process
	Name            string
	Redis, Postgres *Link
	admin           string
	runs            int
}

// Start starts a run and waits until it serves.
func (h *Hub) Start() {
	h.tb.Helper()
	h.Launch()
	h.Up()
}

// Up waits until a run serves.
func (h *Hub) Up() {
	h.tb.Helper()
	h.Ready()
	h.runs++
	var found [][]string
	ok := Soon(time.Minute, func() bool { // what it said comes by another way than the file that says it is ready
		found = adminLine.FindAllStringSubmatch(h.log.String(), -1)
		return len(found) == h.runs
	})
	if !ok {
		h.tb.Fatalf("%s said %d times in %d runs where its admin listener is", h.Name, len(found), h.runs)
	}
	h.admin = found[len(found)-1][1]
}

var adminLine = regexp.MustCompile(`"msg":"admin listener","addr":"([^"]+)"`)

// Check is what /debug/check finds.
func (h *Hub) Check() error {
	status, text, err := h.ask("/debug/check")
	if err != nil || status == http.StatusOK {
		return err
	}
	return fmt.Errorf("%s: %s", h.Name, strings.TrimSpace(text))
}

// Metric is a figure of /metrics: all that have the name, whatever their labels, added up.
func (h *Hub) Metric(name string) (sum float64) {
	h.tb.Helper()
	_, text, err := h.ask("/metrics")
	if err != nil {
		h.tb.Fatalf("%s: %v", h.Name, err)
	}
	found := false
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line, ok := strings.CutPrefix(lines.Text(), name)
		if !ok || line == "" || line[0] != ' ' && line[0] != '{' {
			continue
		}
		n, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
		if err != nil {
			h.tb.Fatal(err)
		}
		sum, found = sum+n, true
	}
	if !found {
		h.tb.Fatalf("%s has no figure %s", h.Name, name)
	}
	return sum
}

func (h *Hub) ask(path string) (status int, text string, err error) {
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + h.admin + path)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}

// A Footprint is what a process takes.
type Footprint struct{ Goroutines, Files, Bytes float64 }

// Footprint is what the hub takes now.
func (h *Hub) Footprint() Footprint {
	h.tb.Helper()
	return Footprint{h.Metric("go_goroutines"), h.Metric("process_open_fds"), h.Metric("process_resident_memory_bytes")}
}

// Settles waits until the hub takes no more than it did, but for what a pool of connections may keep and what the
// allocator has not given back.
func (h *Hub) Settles(tb testing.TB, base Footprint) {
	tb.Helper()
	var now Footprint
	ok := Soon(20*time.Second, func() bool {
		now = h.Footprint()
		return now.Goroutines <= base.Goroutines+20 && now.Files <= base.Files+20 && now.Bytes <= base.Bytes+128<<20
	})
	if !ok {
		tb.Errorf("%s took %+v before there were clients, and takes %+v after", h.Name, base, now)
	}
}
