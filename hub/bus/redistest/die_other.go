//go:build !linux

package redistest

import "syscall"

// dieToo has no equal here.
func dieToo() *syscall.SysProcAttr { return nil }
