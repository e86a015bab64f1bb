package clustertest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A Process is one run of a program after the other, one at a time, that says where it listens in a file.
type Process struct {
	tb    testing.TB
	path  string
	args  []string
	env   []string // besides PATH and HOME
	ready string   // the file
	log   output

	cmd    *exec.Cmd
	exited chan struct{} // closed when cmd has ended
	result error         // of cmd, then

	mu   sync.Mutex
	addr string // "" while it is not up
}

// NewProcess prepares runs of a program, to which the ready file is added. At the test's end it is killed.
func NewProcess(tb testing.TB, path string, env []string, args ...string) *Process {
	tb.Helper()
	ready := filepath.Join(tb.TempDir(), "ready")
	p := &Process{tb: tb, path: path, env: env, ready: ready, args: append(args, "--ready-file", ready)}
	tb.Cleanup(func() {
		p.Kill()
		if tb.Failed() {
			tb.Logf("what %s said:\n%s", strings.Join(p.args, " "), p.log.telling(40))
		}
	})
	return p
}

// Addr is where it listens, "" while it is not up.
func (p *Process) Addr() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.addr
}

func (p *Process) setAddr(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.addr = addr
}

// Pid is that of the run, 0 while there is none.
func (p *Process) Pid() int {
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// Launch starts a run and does not wait for it.
func (p *Process) Launch() {
	p.tb.Helper()
	if err := os.Remove(p.ready); err != nil && !errors.Is(err, os.ErrNotExist) {
		p.tb.Fatal(err)
	}
	p.cmd = exec.Command(p.path, p.args...)
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Dir(p.ready)}, p.env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	p.cmd.SysProcAttr = dieToo()
	if err := p.cmd.Start(); err != nil {
		p.tb.Fatal(err)
	}
	cmd, exited := p.cmd, make(chan struct{})
	p.exited = exited
	go func() {
		p.result = cmd.Wait()
		close(exited)
	}()
}

// Ready waits until a run says where it listens.
func (p *Process) Ready() {
	p.tb.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-p.exited:
			p.tb.Fatalf("the process ended before it was ready: %v\n%s", p.result, p.log.tail(4000))
		case <-deadline.C:
			p.tb.Fatal("the process does not come up")
		}
		if url, err := os.ReadFile(p.ready); err == nil && bytes.HasSuffix(url, []byte("\n")) {
			p.setAddr(strings.TrimPrefix(strings.TrimSpace(string(url)), "http://"))
			return
		}
	}
}

// Kill is kill -9; it returns when the process is gone.
func (p *Process) Kill() {
	if p.cmd == nil {
		return
	}
	p.cmd.Process.Kill() //nolint:errcheck // it may be gone
	<-p.exited
	p.cmd = nil
	p.setAddr("")
}

// Terminate is SIGTERM: nobody is sent there any more. It gives how the process ended.
func (p *Process) Terminate() error {
	p.tb.Helper()
	p.setAddr("")
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.tb.Fatal(err)
	}
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	select {
	case <-p.exited:
	case <-deadline.C:
		p.tb.Fatal("the process does not end")
	}
	p.cmd = nil
	return p.result
}

// Said counts a text in what all runs printed.
func (p *Process) Said(text string) int { return strings.Count(p.log.String(), text) }

// output is what a process printed.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write appends, for exec.Cmd.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// tail is the last bytes of it.
func (o *output) tail(n int) string {
	s := o.String()
	return s[max(0, len(s)-n):]
}

// telling is the last lines of it, without those that each session ends with.
func (o *output) telling(n int) string {
	lines := slices.DeleteFunc(strings.Split(o.String(), "\n"), func(line string) bool {
		return strings.Contains(line, `"msg":"session ended"`)
	})
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// Soon polls a condition and reports whether it came true in time.
func Soon(within time.Duration, ok func() bool) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(within)
	for time.Now().Before(deadline) {
		if ok() {
			return true
		}
		<-tick.C
	}
	return ok()
}
