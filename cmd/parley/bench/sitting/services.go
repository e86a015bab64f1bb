package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"parley/hub/bus/redistest"
	"parley/store/postgres/pgtest"
)

// services are a PostgreSQL and a Redis of the sitting's own, for hubs that are joined: those that tests start. They end when
// the context does. What is returned is how bench gets to them, and whose CPU is the servers' too.
func services(ctx context.Context) (args []string, end func(), err error) {
	t := &test{ctx: ctx}
	defer func() {
		if failed, ok := recover().(failure); ok {
			t.end()
			err = failed
		}
	}()
	postgres, redis := pgtest.Start(t), redistest.Start(t)
	return []string{
		"--store", postgres.Database(t), "--redis", redis.URL(),
		"--pid", fmt.Sprintf("postgres=%d", postgres.Pid()), "--pid", fmt.Sprintf("redis=%d", redis.Pid()),
	}, t.end, nil
}

// test is as much of a test as the servers ask for.
type test struct {
	testing.TB
	ctx      context.Context //nolint:containedctx // as a test has one
	cleanups []func()
}

// failure is what a test ends with.
type failure string

func (f failure) Error() string { return string(f) }

func (t *test) Helper()                  {}
func (t *test) Failed() bool             { return false }
func (t *test) Context() context.Context { return t.ctx }
func (t *test) Cleanup(f func())         { t.cleanups = append(t.cleanups, f) }
func (t *test) Fatal(args ...any)        { panic(failure(fmt.Sprint(args...))) }

func (t *test) Fatalf(format string, args ...any) { panic(failure(fmt.Sprintf(format, args...))) }
func (t *test) Skip(args ...any)                  { t.Fatal(args...) }
func (t *test) Skipf(format string, args ...any)  { t.Fatalf(format, args...) }

func (t *test) TempDir() string {
	name, err := os.MkdirTemp("", "parley-sitting-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(name) }) //nolint:errcheck // a folder of temporary files
	return name
}

func (t *test) end() {
	for _, cleanup := range slices.Backward(t.cleanups) {
		cleanup()
	}
}
