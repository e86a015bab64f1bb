//go:build !linux

package clustertest

import "syscall"

// dieToo has no equal here.
func dieToo() *syscall.SysProcAttr { return nil }
