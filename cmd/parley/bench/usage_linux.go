package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// usage is CPU time, user and system.
type usage struct {
	server, client time.Duration
}

// tickRate is how many ticks of /proc/PID/stat make a second; Linux shows 100 to programs on every architecture.
const tickRate = 100

// used reads what the servers and this process have used so far.
func (f *fleet) used() (u usage, err error) {
	var self unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &self); err != nil {
		return u, err
	}
	u.client = time.Duration(self.Utime.Nano() + self.Stime.Nano())
	for _, p := range f.opts.Processes {
		spent, err := familyTime(p.PID)
		if err != nil {
			return u, fmt.Errorf("process %s: %w", p.Name, err)
		}
		u.server += spent
	}
	return u, nil
}

func (u usage) since(before usage) usage {
	return usage{u.server - before.server, u.client - before.client}
}

// familyTime is the CPU time of a process and all that it started, also of those that have ended.
func familyTime(pid int) (time.Duration, error) {
	total, err := cpuTime(pid)
	if err != nil {
		return 0, err
	}
	children, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, name := range children {
		list, err := os.ReadFile(name)
		if err != nil {
			continue // a thread that has ended
		}
		for child := range strings.FieldsSeq(string(list)) {
			n, _ := strconv.Atoi(child)
			if spent, err := familyTime(n); err == nil {
				total += spent
			}
		}
	}
	return total, nil
}

// cpuTime is that of a process and of its children that have ended.
func cpuTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:]) // from the third field on: state, parent ...
	var ticks int64
	for _, field := range fields[11:15] { // utime, stime, cutime, cstime
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / tickRate, nil
}

// resident is how many bytes of memory the servers hold.
func (f *fleet) resident() (total int64, err error) {
	for _, p := range f.opts.Processes {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.PID))
		if err != nil {
			return 0, fmt.Errorf("process %s: %w", p.Name, err)
		}
		pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
		if err != nil {
			return 0, err
		}
		total += pages * int64(os.Getpagesize())
	}
	return total, nil
}
